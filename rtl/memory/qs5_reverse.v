// Store between two segments: the vectors of a sequence leave in the opposite order.
//
// Two stacks grow towards each other from the ends of one memory. Sequences alternate between the two
// sides. A side grows with each vector that comes in; the vector tagged last completes it. go_start_i
// takes the vector on top of the side that is replayed. The go tagged last moves on to the other side.
// There is no handshake. qs5_replay_control counts the vectors in here, at most DEPTH. Its DELAY
// covers the last write and two cycles more. The distance of two starts is at least three cycles, and
// at least the number of beats of a vector.
//
// Memory    DEPTH + 1 vectors: one more for the vector that is being read. The first beat of a vector
//           is on top, so that a side is read downwards, word by word
// Latency   1 cycle from go_start_i to the first beat
// Interval  one beat per cycle
// Reset     positions only
`default_nettype none

module qs5_reverse #(
    parameter ELEMENTS  = 4,       // elements per vector
    parameter LANES     = 1,       // elements per beat
    parameter W         = 8,       // bits per element
    parameter DEPTH     = 8,       // vectors held
    parameter RAM_STYLE = "auto"   // RAM: "auto", "block", "block_36", "block_18", "distributed", "logic"
) (
    input  wire               clk_i,
    input  wire               rst_i,
    // stream in
    input  wire               in_valid_i,
    input  wire [        1:0] in_tag_i,
    input  wire [LANES*W-1:0] in_data_i,
    // the step that is replayed
    input  wire               go_start_i,
    input  wire [        1:0] go_tag_i,
    // stream out
    output wire               out_valid_o,
    output wire [        1:0] out_tag_o,
    output wire [LANES*W-1:0] out_data_o
);
  localparam BEATS  = ELEMENTS / LANES;
  localparam WORDS  = (DEPTH + 1) * BEATS;
  localparam BEAT_W = BEATS > 1 ? $clog2(BEATS) : 1;
  localparam ADDR_W = $clog2(WORDS);
  localparam JUMP   = 2 * BEATS - 1;  // from the last beat of a vector to the first beat of the next
  localparam LOW_I  = BEATS - 1;      // address of the first beat of either side
  localparam HIGH_I = WORDS - BEATS;
  localparam NEXT_I = BEATS > 1 ? BEATS - 2 : 0;
  localparam [BEAT_W-1:0] NEXT_LAST = NEXT_I[BEAT_W-1:0];
  localparam [ADDR_W-1:0] ONE       = {{(ADDR_W - 1) {1'b0}}, 1'b1};
  localparam [ADDR_W-1:0] UP        = JUMP[ADDR_W-1:0];
  localparam [ADDR_W-1:0] LOW_END   = LOW_I[ADDR_W-1:0];
  localparam [ADDR_W-1:0] HIGH_END  = HIGH_I[ADDR_W-1:0];

  generate
    if (ELEMENTS % LANES != 0) begin : g_bad_lanes
      qs5_error_reverse_LANES_must_divide_ELEMENTS u_error ();
    end
    if (DEPTH < 2) begin : g_bad_depth
      qs5_error_reverse_DEPTH_must_be_at_least_2 u_error ();
    end
  endgenerate

  // Writer: side 0 grows upwards, side 1 downwards. The address step is prepared one beat early.
  wire [BEAT_W-1:0] wr_beat;
  wire              wr_end;
  reg               wr_begin_q;  // the next beat is the first of its vector
  reg               wr_side_q;
  reg  [ADDR_W-1:0] wr_addr_q;
  reg  [ADDR_W-1:0] wr_step_q;
  wire              wr_turn = wr_end & in_tag_i[1];
  wire              unused_first = &{1'b0, in_tag_i[0]};
  wire              side = wr_side_q ^ wr_turn;
  wire              jump = BEATS == 1 ? 1'b1 : wr_beat == NEXT_LAST;
  qs5_counter #(
      .N(BEATS)
  ) u_wr_beat (
      .clk_i  (clk_i),
      .rst_i  (rst_i),
      .step_i (in_valid_i),
      .count_o(wr_beat),
      .last_o (wr_end)
  );
  always @(posedge clk_i) begin
    if (in_valid_i | rst_i) begin
      wr_addr_q  <= wr_addr_q + wr_step_q;
      wr_begin_q <= wr_end;
      wr_side_q  <= side;
      wr_step_q  <= jump ? (side ? -UP : UP) : (side ? ONE : -ONE);
      if (wr_turn) wr_addr_q <= wr_side_q ? LOW_END : HIGH_END;
      if (rst_i) begin
        wr_addr_q  <= LOW_END;
        wr_begin_q <= 1'b1;
        wr_side_q  <= 1'b0;
        wr_step_q  <= BEATS == 1 ? UP : -ONE;
      end
    end
  end
  // Top of each side: the address of its last vector.
  reg [ADDR_W-1:0] top0_q;
  reg [ADDR_W-1:0] top1_q;
  always @(posedge clk_i) begin
    if (in_valid_i & wr_begin_q & ~wr_side_q) top0_q <= wr_addr_q;
    if (in_valid_i & wr_begin_q & wr_side_q) top1_q <= wr_addr_q;
  end

  // Reader: word by word. Before a sequence begins, the reader rests at the top of the next side.
  wire [BEAT_W-1:0] unused_beat;
  wire              rd_end;
  reg               busy_q;
  reg               valid_q;
  reg  [       1:0] tag_q;
  reg               begins_q;  // the next go is the first of a sequence
  reg               next_q;    // side of that sequence
  reg               down_q;    // the reader moves towards address 0: side 0
  reg  [ADDR_W-1:0] rd_addr_q;
  wire              reading = go_start_i | busy_q;
  qs5_counter #(
      .N(BEATS)
  ) u_rd_beat (
      .clk_i  (clk_i),
      .rst_i  (~reading),
      .step_i (1'b1),
      .count_o(unused_beat),
      .last_o (rd_end)
  );
  always @(posedge clk_i) begin
    valid_q <= reading;
    busy_q  <= reading & ~rd_end;
    next_q  <= next_q ^ (go_start_i & go_tag_i[1]);
    if (go_start_i) begin
      tag_q    <= go_tag_i;
      begins_q <= go_tag_i[1];
    end
    if (reading | begins_q) begin
      rd_addr_q <= rd_addr_q + {{(ADDR_W - 1) {down_q}}, 1'b1};
      if (begins_q & ~go_start_i & (~busy_q | rd_end)) begin
        rd_addr_q <= next_q ? top1_q : top0_q;
        down_q    <= ~next_q;
      end
    end
    if (rst_i) begin
      busy_q   <= 1'b0;
      valid_q  <= 1'b0;
      begins_q <= 1'b1;
      next_q   <= 1'b0;
    end
  end

  qs5_ram #(
      .DEPTH(WORDS),
      .W    (LANES*W),
      .STYLE(RAM_STYLE)
  ) u_ram (
      .clk_i       (clk_i),
      .write_i     (in_valid_i),
      .write_addr_i(wr_addr_q),
      .write_data_i(in_data_i),
      .read_i      (1'b1),
      .clear_i     (1'b0),
      .read_addr_i (rd_addr_q),
      .read_data_o (out_data_o)
  );

  assign out_valid_o = valid_q;
  assign out_tag_o   = tag_q;
endmodule

`default_nettype wire
