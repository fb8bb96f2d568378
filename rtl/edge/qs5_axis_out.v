// AXI4-Stream output edge: a FIFO that cannot overflow.
//
// A step may start only if the FIFO has a free slot for its whole result. step_room_o answers for
// step_tag_i in the same cycle. EMIT chooses the steps that give a result: 0 every step, 1 steps tagged
// last, 2 steps tagged first (streams that run backwards in time). Only vectors of these steps arrive.
// step_start_i of such a step takes a slot. The slot is free again in the second cycle after the last
// beat of its vector left. Other steps always have room.
//
// m_axis_tdata has LANES slots of SLOT_W bits, lowest element first, each a sign-extended W-bit word.
// m_axis_tlast marks the last beat of a sequence; with EMIT other than 0 the last beat of every vector.
// m_axis_tvalid does not wait for m_axis_tready. The payload is stable until it is taken.
//
// Latency   2 cycles from in_valid_i to m_axis_tvalid when the FIFO is empty
// Interval  one beat per cycle
// Reset     control only; results that were not taken are lost
`default_nettype none

module qs5_axis_out #(
    parameter ELEMENTS  = 4,       // elements per vector
    parameter LANES     = 1,       // elements per beat
    parameter W         = 8,       // bits per element
    parameter SLOT_W    = 8,       // bits per element on the bus, a multiple of 8
    parameter SLOTS     = 2,       // vectors that are held or promised
    parameter EMIT      = 0,       // steps that give a result: 0 all, 1 tagged last, 2 tagged first
    parameter RAM_STYLE = "auto"   // RAM: "auto", "block", "block_36", "block_18", "distributed", "logic"
) (
    input  wire                    clk_i,
    input  wire                    rst_i,
    // step control
    input  wire                    step_start_i,
    input  wire [             1:0] step_tag_i,    // tag of the step that starts or waits
    output wire                    step_room_o,   // the waiting step may start
    // stream in
    input  wire                    in_valid_i,
    input  wire [             1:0] in_tag_i,
    input  wire [     LANES*W-1:0] in_data_i,
    // AXI4-Stream
    output wire [LANES*SLOT_W-1:0] m_axis_tdata,
    output wire                    m_axis_tvalid,
    input  wire                    m_axis_tready,
    output wire                    m_axis_tlast
);
  localparam BEATS   = ELEMENTS / LANES;
  localparam DEPTH   = SLOTS * BEATS;
  localparam BEAT_W  = BEATS > 1 ? $clog2(BEATS) : 1;
  localparam ADDR_W  = DEPTH > 1 ? $clog2(DEPTH) : 1;
  localparam COUNT_W = DEPTH > 3 ? $clog2(DEPTH + 1) : 3;
  localparam SLOTS_W = $clog2(SLOTS + 1);
  localparam [SLOTS_W-1:0] LAST_SLOT = SLOTS[SLOTS_W-1:0] - 1'b1;
  // Each beat is stored with its marks: it ends a sequence, and it ends a vector if that differs.
  localparam MARKS = (EMIT == 0 && BEATS > 1) ? 2 : 1;

  generate
    if (ELEMENTS % LANES != 0) begin : g_bad_lanes
      qs5_error_axis_out_LANES_must_divide_ELEMENTS u_error ();
    end
    if (SLOT_W % 8 != 0 || SLOT_W < W) begin : g_bad_slot
      qs5_error_axis_out_SLOT_W_must_be_whole_bytes_and_hold_W u_error ();
    end
    if (SLOTS < 1) begin : g_bad_slots
      qs5_error_axis_out_SLOTS_must_be_at_least_1 u_error ();
    end
    if (EMIT < 0 || EMIT > 2) begin : g_bad_emit
      qs5_error_axis_out_EMIT_must_be_0_1_or_2 u_error ();
    end
  endgenerate

  // FIFO of beats: some in the memory, one on the bus.
  wire [LANES*W+MARKS-1:0] out;
  wire [       BEAT_W-1:0] unused_beat;
  wire [       ADDR_W-1:0] wr_addr;
  wire [       ADDR_W-1:0] rd_addr;
  wire [              1:0] unused_last;
  wire                     in_end;
  wire                     in_last = in_end & ((EMIT != 0) | in_tag_i[1]);
  wire [        MARKS-1:0] in_marks;
  reg                      more_q;   // the memory has a beat
  reg                      valid_q;  // the bus has a beat
  wire                     take = valid_q & m_axis_tready;
  wire                     read = more_q & (~valid_q | m_axis_tready);
  qs5_counter #(
      .N(BEATS)
  ) u_in_beat (
      .clk_i  (clk_i),
      .rst_i  (rst_i),
      .step_i (in_valid_i),
      .count_o(unused_beat),
      .last_o (in_end)
  );
  qs5_counter #(
      .N(DEPTH)
  ) u_wr_addr (
      .clk_i  (clk_i),
      .rst_i  (rst_i),
      .step_i (in_valid_i),
      .count_o(wr_addr),
      .last_o (unused_last[0])
  );
  qs5_counter #(
      .N(DEPTH)
  ) u_rd_addr (
      .clk_i  (clk_i),
      .rst_i  (rst_i),
      .step_i (read),
      .count_o(rd_addr),
      .last_o (unused_last[1])
  );
  qs5_ram #(
      .DEPTH(DEPTH),
      .W    (LANES*W+MARKS),
      .STYLE(RAM_STYLE)
  ) u_ram (
      .clk_i       (clk_i),
      .write_i     (in_valid_i),
      .write_addr_i(wr_addr),
      .write_data_i({in_marks, in_data_i}),
      .read_i      (read | rst_i),  // the same function enables the address counter
      .clear_i     (1'b0),
      .read_addr_i (rd_addr),
      .read_data_o (out)
  );

  // spare_q is the inverted number of beats, so that in_valid_i counts down. The low bits say if there
  // are at least three beats, unless there were more than three one cycle ago.
  reg  [COUNT_W-1:0] spare_q;
  reg                many_q;
  wire [COUNT_W-1:0] held = ~spare_q;
  wire               three = many_q | held[2] | (held[1] & held[0]);
  always @(posedge clk_i) begin
    if ((in_valid_i ^ take) | rst_i) begin
      spare_q <= spare_q + {{(COUNT_W - 1) {in_valid_i}}, 1'b1};
      if (rst_i) spare_q <= {COUNT_W{1'b1}};
    end
    many_q  <= |held[COUNT_W-1:2];
    valid_q <= read | (valid_q & ~m_axis_tready);
    more_q  <= in_valid_i | three | (more_q & valid_q & ~m_axis_tready);
    if (rst_i) begin
      many_q  <= 1'b0;
      valid_q <= 1'b0;
      more_q  <= 1'b0;
    end
  end

  // Slots that are promised or filled.
  reg  [SLOTS_W-1:0] used_q;
  reg                full_q;
  reg                done_q;  // the last beat of a vector has left
  wire               out_end;
  wire               emits = (EMIT == 0) | (EMIT == 1 ? step_tag_i[1] : step_tag_i[0]);
  wire               promise = step_start_i & emits;
  always @(posedge clk_i) begin
    done_q <= take & out_end & ~rst_i;
    if ((promise ^ done_q) | rst_i) begin
      used_q <= used_q + {{SLOTS_W{done_q}} | {{(SLOTS_W - 1) {1'b0}}, 1'b1}};
      full_q <= ~done_q & (used_q == LAST_SLOT);
      if (rst_i) begin
        used_q <= {SLOTS_W{1'b0}};
        full_q <= 1'b0;
      end
    end
  end
  assign step_room_o = ~(emits & full_q);

  generate
    if (MARKS == 2) begin : g_end
      assign in_marks = {in_end, in_last};
      assign out_end  = out[LANES*W+1];
    end else begin : g_last
      assign in_marks = in_last;
      assign out_end  = (EMIT == 0) | m_axis_tlast;
    end
  endgenerate
  assign m_axis_tvalid = valid_q;
  assign m_axis_tlast  = out[LANES*W];
  genvar l;
  generate
    for (l = 0; l < LANES; l = l + 1) begin : g_slot
      if (SLOT_W > W) begin : g_extend
        assign m_axis_tdata[l*SLOT_W+:SLOT_W] = {{(SLOT_W - W) {out[l*W+W-1]}}, out[l*W+:W]};
      end else begin : g_whole
        assign m_axis_tdata[l*SLOT_W+:SLOT_W] = out[l*W+:W];
      end
    end
  endgenerate
  wire unused_tags = &{1'b0, in_tag_i, step_tag_i};
endmodule

`default_nettype wire
