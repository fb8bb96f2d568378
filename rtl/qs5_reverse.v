// A store between two segments: the vectors of a sequence come in as a stream, and leave one by
// one in the opposite order when qs5_replay says so.
//
// Two stacks grow towards each other from the ends of one memory of DEPTH vectors; sequences take
// the sides in turn. The side grows with each vector that comes in, from its own end for the
// vector tagged first; the vector tagged last completes it. go_start_i takes the vector on top of
// the side that is being replayed; the go tagged first begins with the next side, at the top that
// its sequence reached. There is no handshake: qs5_replay counts what is in here,
// and its DELAY covers the last write.
//
// Latency   the first beat out one cycle after go_start_i, then a beat every cycle
// Reset     positions only
`default_nettype none

module qs5_reverse #(
    parameter ELEMENTS = 4,  // elements per vector
    parameter LANES    = 1,  // elements per beat
    parameter W        = 8,  // bits per element
    parameter DEPTH    = 8,  // vectors held
    parameter RAM_STYLE = "auto"  // as in qs5_ram
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
  localparam WORDS  = DEPTH * BEATS;
  localparam BEAT_W = BEATS > 1 ? $clog2(BEATS) : 1;
  localparam ADDR_W = WORDS > 2 ? $clog2(WORDS) : 2;
  localparam TOP    = WORDS - BEATS;  // where the last vector begins
  localparam [BEAT_W-1:0] LAST_BEAT = BEATS[BEAT_W-1:0] - 1'b1;
  localparam [ADDR_W-1:0] VECTOR    = BEATS[ADDR_W-1:0];
  localparam [ADDR_W-1:0] HIGH_END  = TOP[ADDR_W-1:0];

  generate
    if (ELEMENTS % LANES != 0) begin : g_bad_lanes
      qs5_error_reverse_LANES_must_divide_ELEMENTS u_error ();
    end
    if (DEPTH < 2) begin : g_bad_depth
      qs5_error_reverse_DEPTH_must_be_at_least_2 u_error ();
    end
  endgenerate

  // Writer: side 0 grows upwards from vector 0, side 1 downwards from the highest.
  reg               wr_side_q;
  reg  [BEAT_W-1:0] wr_beat_q;
  reg  [ADDR_W-1:0] wr_next_q;  // where the next vector of the sequence begins
  wire [ADDR_W-1:0] wr_base =
      in_tag_i[0] ? (wr_side_q ? HIGH_END : {ADDR_W{1'b0}}) : wr_next_q;
  wire [ADDR_W-1:0] wr_addr = wr_base + {{(ADDR_W - BEAT_W) {1'b0}}, wr_beat_q};
  wire              wr_end = in_valid_i & (wr_beat_q == LAST_BEAT);

  // The top of each side's sequence, once it is complete.
  reg  [ADDR_W-1:0] top0_q;
  reg  [ADDR_W-1:0] top1_q;
  always @(posedge clk_i) begin
    if (in_valid_i) wr_beat_q <= wr_end ? {BEAT_W{1'b0}} : wr_beat_q + 1'b1;
    if (wr_end) wr_next_q <= wr_side_q ? wr_base - VECTOR : wr_base + VECTOR;
    if (wr_end & in_tag_i[1]) begin
      if (wr_side_q) top1_q <= wr_base;
      else top0_q <= wr_base;
      wr_side_q <= ~wr_side_q;
    end
    if (rst_i) begin
      wr_side_q <= 1'b0;
      wr_beat_q <= {BEAT_W{1'b0}};
    end
  end

  // Reader: down the side, a vector for each go.
  reg               rd_side_q;
  reg               busy_q;
  reg  [BEAT_W-1:0] rd_beat_q;
  reg  [ADDR_W-1:0] rd_base_q;  // of the vector being read
  reg               rd_down_q;  // towards address 0: side 0
  reg  [       1:0] tag_q;
  reg               valid_q;
  wire [ADDR_W-1:0] rd_below = rd_down_q ? rd_base_q - VECTOR : rd_base_q + VECTOR;
  wire [ADDR_W-1:0] rd_start = go_tag_i[0] ? (rd_side_q ? top1_q : top0_q) : rd_below;
  wire [ADDR_W-1:0] rd_base = go_start_i ? rd_start : rd_base_q;
  wire [ADDR_W-1:0] rd_addr = rd_base + {{(ADDR_W - BEAT_W) {1'b0}}, rd_beat_q};
  wire              reading = go_start_i | busy_q;
  wire              rd_end = reading & (rd_beat_q == LAST_BEAT);
  always @(posedge clk_i) begin
    valid_q <= reading;
    if (reading) rd_beat_q <= rd_end ? {BEAT_W{1'b0}} : rd_beat_q + 1'b1;
    if (reading) busy_q <= ~rd_end;
    if (go_start_i) begin
      rd_base_q <= rd_start;
      tag_q     <= go_tag_i;
      if (go_tag_i[0]) rd_down_q <= ~rd_side_q;
      if (go_tag_i[1]) rd_side_q <= ~rd_side_q;
    end
    if (rst_i) begin
      rd_side_q <= 1'b0;
      busy_q    <= 1'b0;
      rd_beat_q <= {BEAT_W{1'b0}};
      valid_q   <= 1'b0;
    end
  end

  // Unlike in qs5_ram, a word may be read in the cycle in which it is overwritten.
  wire unused_style = &{1'b0, RAM_STYLE};
  (* ram_style = RAM_STYLE *)
  reg [LANES*W-1:0] mem[0:WORDS-1];
  reg [LANES*W-1:0] out_q;
  always @(posedge clk_i) begin
    if (in_valid_i) mem[wr_addr] <= in_data_i;
    out_q <= mem[rd_addr];
  end

  assign out_valid_o = valid_q;
  assign out_tag_o   = tag_q;
  assign out_data_o  = out_q;
endmodule

`default_nettype wire
