// AXI4-Stream input edge: gathers the vector of a time step and starts the step.
//
// A step starts when its vector is complete, the previous step started at least INTERVAL cycles
// ago, and there is room for it where the segment ends. From there on everything is timed: this
// module sends the vector as a stream, one beat per cycle, and no part of the design stalls.
//
// s_axis_tdata holds LANES slots of SLOT_W bits, lowest element first, each a signed W-bit word
// in its low bits; with UNSIGNED = 1 an unsigned word of W-1 bits, which a zero extends to W.
// s_axis_tlast with the last beat of a vector ends the sequence; the tag {last, first} tells
// every block. step_tag_o is the tag of the step that waits to start, if one does; step_room_i
// may depend on it in the same cycle.
//
// With MAX_LENGTH > 0 the MAX_LENGTH-th step of a sequence ends it, whatever s_axis_tlast says,
// and the next step is the first of a new one. A sequence is cut when the last beat of that
// step is taken; protocol_o rises in the next cycle, unless s_axis_tlast came with that beat.
//
// With ALIGNED = 1 all steps start whole multiples of INTERVAL after the first one since reset: a
// step that is late waits for the next such cycle. Blocks that take turns with multipliers then
// meet as little as if no step were ever late.
//
// Latency   step starts at the earliest one cycle after its last beat; first beat out one later
// Reset     control only; a vector half received is forgotten
`default_nettype none

module qs5_axis_in #(
    parameter ELEMENTS   = 4,  // elements per vector
    parameter LANES      = 1,  // elements per beat
    parameter W          = 8,  // bits per element
    parameter SLOT_W     = 8,  // bits per element on the bus, a multiple of 8
    parameter INTERVAL   = 8,  // cycles from step to step, at least ELEMENTS/LANES
    parameter MAX_LENGTH = 0,  // steps of the longest sequence; 0: no limit
    parameter ALIGNED    = 0,  // 1: starts are whole intervals apart
    parameter UNSIGNED   = 0,  // 1: the bus carries unsigned words of W-1 bits
    parameter RAM_STYLE  = "auto"  // as in qs5_ram
) (
    input  wire                    clk_i,
    input  wire                    rst_i,
    // AXI4-Stream
    input  wire [LANES*SLOT_W-1:0] s_axis_tdata,
    input  wire                    s_axis_tvalid,
    output wire                    s_axis_tready,
    input  wire                    s_axis_tlast,
    // step control
    input  wire                    step_room_i,   // the end has room for the waiting step
    output wire                    step_start_o,  // a step starts
    output wire [             1:0] step_tag_o,    // of the step that waits
    // stream out
    output wire                    out_valid_o,
    output wire [             1:0] out_tag_o,
    output wire [     LANES*W-1:0] out_data_o,
    // sticky: tlast came within a vector, or a sequence was cut
    output wire                    protocol_o
);
  localparam BEATS   = ELEMENTS / LANES;
  localparam BEAT_W  = BEATS > 1 ? $clog2(BEATS) : 1;
  localparam COUNT_W = INTERVAL > 1 ? $clog2(INTERVAL) : 1;
  localparam WORD_W  = (UNSIGNED != 0 && W > 1) ? W - 1 : W;  // bits of a word on the bus
  localparam [BEAT_W-1:0]  LAST_BEAT = BEATS[BEAT_W-1:0] - 1'b1;
  localparam [COUNT_W-1:0] LAST_WAIT = INTERVAL[COUNT_W-1:0] - 1'b1;

  generate
    if (ELEMENTS % LANES != 0) begin : g_bad_lanes
      qs5_error_axis_in_LANES_must_divide_ELEMENTS u_error ();
    end
    if (SLOT_W % 8 != 0 || SLOT_W < WORD_W) begin : g_bad_slot
      qs5_error_axis_in_SLOT_W_must_be_whole_bytes_and_hold_a_word u_error ();
    end
    if (INTERVAL < BEATS) begin : g_bad_interval
      qs5_error_axis_in_INTERVAL_must_cover_the_beats u_error ();
    end
    if (UNSIGNED != 0 && UNSIGNED != 1) begin : g_bad_unsigned
      qs5_error_axis_in_UNSIGNED_must_be_0_or_1 u_error ();
    end
    if (ALIGNED != 0 && ALIGNED != 1) begin : g_bad_aligned
      qs5_error_axis_in_ALIGNED_must_be_0_or_1 u_error ();
    end
    if (W < 1 || (UNSIGNED != 0 && W < 2)) begin : g_bad_width
      qs5_error_axis_in_W_must_exceed_UNSIGNED u_error ();
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

  // The vector that is gathered is the last that its sequence may have.
  wire full;
  generate
    if (MAX_LENGTH < 2) begin : g_no_length
      assign full = MAX_LENGTH == 1;
    end else begin : g_length
      localparam LENGTH_W = $clog2(MAX_LENGTH);
      localparam [LENGTH_W-1:0] LAST_STEP = MAX_LENGTH[LENGTH_W-1:0] - 1'b1;
      reg [LENGTH_W-1:0] length_q;  // vectors gathered of the sequence
      assign full = length_q == LAST_STEP;
      always @(posedge clk_i) begin
        if (gathered) length_q <= (s_axis_tlast | full) ? {LENGTH_W{1'b0}} : length_q + 1'b1;
        if (rst_i) length_q <= {LENGTH_W{1'b0}};
      end
    end
  endgenerate

  reg in_bank_q;
  reg out_bank_q;
  reg [1:0] last_q;  // of each bank: its step ends the sequence
  reg protocol_q;
  always @(posedge clk_i) begin
    if (accept) in_beat_q <= gathered ? {BEAT_W{1'b0}} : in_beat_q + 1'b1;
    used_q     <= used_q + {1'b0, gathered} - {1'b0, sent};
    waiting_q  <= waiting_q + {1'b0, gathered} - {1'b0, start};
    in_bank_q  <= in_bank_q ^ gathered;
    out_bank_q <= out_bank_q ^ start;
    if (gathered) last_q[in_bank_q] <= s_axis_tlast | full;
    protocol_q <= protocol_q | (accept & ~gathered & s_axis_tlast)
                             | (gathered & full & ~s_axis_tlast);
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
  reg               grid_q;   // the first step has set the cycles of all others
  reg               first_q;  // the next step is the first of its sequence
  reg [        1:0] tag_q;
  wire              last = last_q[out_bank_q];
  assign start = (waiting_q != 2'd0) & (wait_q == {COUNT_W{1'b0}}) & step_room_i;
  assign step_start_o = start;
  assign step_tag_o   = {last, first_q};
  always @(posedge clk_i) begin
    if (start) wait_q <= LAST_WAIT;
    else if (wait_q != {COUNT_W{1'b0}}) wait_q <= wait_q - 1'b1;
    else if (grid_q) wait_q <= LAST_WAIT;
    if (start) grid_q <= ALIGNED != 0;
    if (start) first_q <= last;
    if (start) tag_q <= step_tag_o;
    if (rst_i) begin
      wait_q  <= {COUNT_W{1'b0}};
      grid_q  <= 1'b0;
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

  // The banks hold words as they are on the bus.
  wire [LANES*WORD_W-1:0] words;
  wire [LANES*WORD_W-1:0] sent_words;
  genvar l;
  generate
    for (l = 0; l < LANES; l = l + 1) begin : g_slot
      assign words[l*WORD_W+:WORD_W] = s_axis_tdata[l*SLOT_W+:WORD_W];
      if (SLOT_W > WORD_W) begin : g_unused
        wire unused_bits = &{1'b0, s_axis_tdata[l*SLOT_W+WORD_W+:SLOT_W-WORD_W]};
      end
      if (W > WORD_W) begin : g_extend
        assign out_data_o[l*W+:W] = {1'b0, sent_words[l*WORD_W+:WORD_W]};
      end else begin : g_whole
        assign out_data_o[l*W+:W] = sent_words[l*WORD_W+:WORD_W];
      end
    end
  endgenerate

  wire       unused_start;
  wire [1:0] unused_tag;
  qs5_buffer #(
      .W          (WORD_W),
      .ELEMENTS   (ELEMENTS),
      .WRITE_LANES(LANES),
      .READ_LANES (LANES),
      .WORD_LANES (LANES),
      .BANKS      (2),
      .RAM_STYLE  (RAM_STYLE)
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
      .vec_data_o   (sent_words)
  );
endmodule

`default_nettype wire
