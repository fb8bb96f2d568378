// AXI4-Stream output edge: a FIFO that never overflows, because a step is only started when the
// FIFO has a free slot for its whole result.
//
// EMIT says which steps give a result: 0 every step, 1 only those whose tag says last, 2 only
// those whose tag says first (where the stream runs backwards in time). The stream brings the
// vectors of these steps and no other. A slot is taken by step_start_i of such a step, and is free
// again in the second cycle after the last beat of its vector left; for the other steps there is
// always room. step_room_o answers for step_tag_i in the same cycle.
//
// m_axis_tdata holds LANES slots of SLOT_W bits, lowest element first, each a W-bit word
// sign-extended. m_axis_tlast marks the last beat of a sequence; with EMIT other than 0 that is
// the last beat of every vector. m_axis_tvalid does not wait for m_axis_tready; the payload is
// stable until it is taken.
//
// Latency   2 cycles from in_valid_i to m_axis_tvalid when the FIFO is empty
// Reset     control only; results not yet taken are dropped
`default_nettype none

module qs5_axis_out #(
    parameter ELEMENTS = 4,  // elements per vector
    parameter LANES    = 1,  // elements per beat
    parameter W        = 8,  // bits per element
    parameter SLOT_W   = 8,  // bits per element on the bus, a multiple of 8
    parameter SLOTS    = 2,  // vectors held or promised
    parameter EMIT     = 0,  // results: 0 every step, 1 of the last steps, 2 of the first steps
    parameter RAM_STYLE = "auto"  // as in qs5_ram
) (
    input  wire                    clk_i,
    input  wire                    rst_i,
    // step control
    input  wire                    step_start_i,
    input  wire [             1:0] step_tag_i,    // of the step that starts or waits to start
    output wire                    step_room_o,   // that step may start
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
  // Beats are stored with whether they end a sequence, and a vector where that is not the same.
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

  // FIFO of beats: in mem, and the one on the bus.
  wire [LANES*W+MARKS-1:0] out;
  wire [       BEAT_W-1:0] unused_beat;
  wire [       ADDR_W-1:0] wr_addr;
  wire [       ADDR_W-1:0] rd_addr;
  wire [              1:0] unused_last;
  wire                     in_end;
  wire                     in_last = in_end & ((EMIT != 0) | in_tag_i[1]);
  wire [        MARKS-1:0] in_marks;
  reg                      more_q;   // a beat in mem
  reg                      valid_q;  // a beat on the bus
  wire                     take = valid_q & m_axis_tready;
  wire                     read = more_q & (~valid_q | m_axis_tready);
  qs5_count #(
      .N(BEATS)
  ) u_in_beat (
      .clk_i  (clk_i),
      .rst_i  (rst_i),
      .step_i (in_valid_i),
      .count_o(unused_beat),
      .last_o (in_end)
  );
  qs5_count #(
      .N(DEPTH)
  ) u_wr_addr (
      .clk_i  (clk_i),
      .rst_i  (rst_i),
      .step_i (in_valid_i),
      .count_o(wr_addr),
      .last_o (unused_last[0])
  );
  qs5_count #(
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
      .read_i      (read | rst_i),  // the function that enables the addresses
      .clear_i     (1'b0),
      .read_addr_i (rd_addr),
      .read_data_o (out)
  );

  // Beats in all, inverted, so that in_valid_i is what counts down. Whether they are at least
  // three is seen in the low bits, unless there were more than three a cycle ago.
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

  // Slots promised or filled.
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
