// AXI4-Stream input edge: gathers the vector of a time step and starts the step.
//
// A step starts when its vector is complete, the previous step started at least INTERVAL cycles
// ago, and the output edge has room for the result. From there on everything is timed: this
// module sends the vector as a stream, one beat per cycle, and no part of the design stalls.
//
// s_axis_tdata holds LANES slots of SLOT_W bits, lowest element first, each a signed W-bit word
// in its low bits. s_axis_tlast with the last beat of a vector ends the sequence; the tag
// {last, first} tells every block.
//
// Latency   step starts at the earliest one cycle after its last beat; first beat out one later
// Reset     control only; a vector half received is forgotten
`default_nettype none

module qs5_axis_in #(
    parameter ELEMENTS = 4,  // elements per vector
    parameter LANES    = 1,  // elements per beat
    parameter W        = 8,  // bits per element
    parameter SLOT_W   = 8,  // bits per element on the bus, a multiple of 8
    parameter INTERVAL = 8   // cycles from step to step, at least ELEMENTS/LANES
) (
    input  wire                    clk_i,
    input  wire                    rst_i,
    // AXI4-Stream
    input  wire [LANES*SLOT_W-1:0] s_axis_tdata,
    input  wire                    s_axis_tvalid,
    output wire                    s_axis_tready,
    input  wire                    s_axis_tlast,
    // step control
    input  wire                    step_room_i,   // the output edge has room for one more
    output wire                    step_start_o,  // a step starts
    // stream out
    output wire                    out_valid_o,
    output wire [             1:0] out_tag_o,
    output wire [     LANES*W-1:0] out_data_o,
    output wire                    protocol_o     // sticky: tlast came within a vector
);
  localparam BEATS   = ELEMENTS / LANES;
  localparam BEAT_W  = BEATS > 1 ? $clog2(BEATS) : 1;
  localparam COUNT_W = INTERVAL > 1 ? $clog2(INTERVAL) : 1;
  localparam [BEAT_W-1:0]  LAST_BEAT = BEATS[BEAT_W-1:0] - 1'b1;
  localparam [COUNT_W-1:0] LAST_WAIT = INTERVAL[COUNT_W-1:0] - 1'b1;

  generate
    if (ELEMENTS % LANES != 0) begin : g_bad_lanes
      qs5_error_axis_in_LANES_must_divide_ELEMENTS u_error ();
    end
    if (SLOT_W % 8 != 0 || SLOT_W < W) begin : g_bad_slot
      qs5_error_axis_in_SLOT_W_must_be_whole_bytes_and_hold_W u_error ();
    end
    if (INTERVAL < BEATS) begin : g_bad_interval
      qs5_error_axis_in_INTERVAL_must_cover_the_beats u_error ();
    end
  endgenerate

  // Gather into one of two banks.
  reg [BEAT_W-1:0] in_beat_q;
  reg [       1:0] used_q;     // banks complete and not yet sent
  reg [       1:0] waiting_q;  // banks complete and not yet started
  wire accept = s_axis_tvalid & s_axis_tready;
  wire gathered = accept & (in_beat_q == LAST_BEAT);
  wire start;
  wire sent;
  assign s_axis_tready = ~used_q[1];

  reg in_bank_q;
  reg out_bank_q;
  reg [1:0] last_q;  // tlast of each bank
  reg protocol_q;
  always @(posedge clk_i) begin
    if (accept) in_beat_q <= gathered ? {BEAT_W{1'b0}} : in_beat_q + 1'b1;
    used_q     <= used_q + {1'b0, gathered} - {1'b0, sent};
    waiting_q  <= waiting_q + {1'b0, gathered} - {1'b0, start};
    in_bank_q  <= in_bank_q ^ gathered;
    out_bank_q <= out_bank_q ^ start;
    if (gathered) last_q[in_bank_q] <= s_axis_tlast;
    protocol_q <= protocol_q | (accept & ~gathered & s_axis_tlast);
    if (rst_i) begin
      in_beat_q  <= {BEAT_W{1'b0}};
      used_q     <= 2'd0;
      waiting_q  <= 2'd0;
      in_bank_q  <= 1'b0;
      out_bank_q <= 1'b0;
      protocol_q <= 1'b0;
    end
  end
  assign protocol_o = protocol_q;

  // Start a step.
  reg [COUNT_W-1:0] wait_q;
  reg               first_q;  // the next step is the first of its sequence
  reg [        1:0] tag_q;
  wire              last = last_q[out_bank_q];
  assign start = (waiting_q != 2'd0) & (wait_q == {COUNT_W{1'b0}}) & step_room_i;
  assign step_start_o = start;
  always @(posedge clk_i) begin
    if (start) wait_q <= LAST_WAIT;
    else if (wait_q != {COUNT_W{1'b0}}) wait_q <= wait_q - 1'b1;
    if (start) first_q <= last;
    if (start) tag_q <= {last, first_q};
    if (rst_i) begin
      wait_q  <= {COUNT_W{1'b0}};
      first_q <= 1'b1;
    end
  end

  // Send its vector.
  reg [BEAT_W-1:0] out_beat_q;
  reg              busy_q;
  reg              valid_q;
  wire             reading = start | busy_q;
  assign sent = reading & (out_beat_q == LAST_BEAT);
  always @(posedge clk_i) begin
    valid_q <= reading;
    if (reading) busy_q <= ~sent;
    if (reading) out_beat_q <= sent ? {BEAT_W{1'b0}} : out_beat_q + 1'b1;
    if (rst_i) begin
      valid_q    <= 1'b0;
      busy_q     <= 1'b0;
      out_beat_q <= {BEAT_W{1'b0}};
    end
  end
  assign out_valid_o = valid_q;
  assign out_tag_o   = tag_q;

  wire [LANES*W-1:0] words;
  genvar l;
  generate
    for (l = 0; l < LANES; l = l + 1) begin : g_slot
      assign words[l*W+:W] = s_axis_tdata[l*SLOT_W+:W];
      if (SLOT_W > W) begin : g_unused
        wire unused_bits = &{1'b0, s_axis_tdata[l*SLOT_W+W+:SLOT_W-W]};
      end
    end
  endgenerate

  wire       unused_start;
  wire [1:0] unused_tag;
  qs5_buffer #(
      .W          (W),
      .ELEMENTS   (ELEMENTS),
      .WRITE_LANES(LANES),
      .READ_LANES (LANES),
      .WORD_LANES (LANES),
      .BANKS      (2)
  ) u_gather (
      .clk_i        (clk_i),
      .rst_i        (rst_i),
      .in_valid_i   (accept),
      .in_tag_i     (2'b00),
      .in_data_i    (words),
      .vec_start_o  (unused_start),
      .vec_tag_o    (unused_tag),
      .vec_read_i   (reading),
      .vec_release_i(1'b1),
      .vec_data_o   (out_data_o)
  );
endmodule

`default_nettype wire
