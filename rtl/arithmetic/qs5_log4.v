// Base-4 logarithm of a word d >= 1, rounded down, and d over that power.
//
//   k = floor(log2(d) / 2)        m = floor(d * 2^INDEX_W / 4^k), from 2^INDEX_W to 4 * 2^INDEX_W - 1
//
// d stays until the results are available. The search has two steps: the highest eight bits of d that
// are not 0, then the highest pair of bits in them.
//
// Stages    1 groups of eight bits that are not 0, 2 the highest of them, 3 its number and bits,
//           4 the pair in it, 5 d over the power
// Latency   5 cycles
// Interval  5 cycles
// Reset     none
`default_nettype none

module qs5_log4 #(
    parameter D_W     = 32,  // bits of d, unsigned
    parameter INDEX_W = 8,   // fraction bits of m
    parameter K_W     = 4    // bits of k: those of the highest pair
) (
    input  wire               clk_i,
    input  wire [    D_W-1:0] d_i,
    output wire [    K_W-1:0] k_o,
    output wire [INDEX_W+1:0] m_o
);
  localparam GROUPS = (D_W + 7) / 8;
  localparam WIDE_W = INDEX_W + 8;  // eight bits and the bits below them
  wire [8*GROUPS+INDEX_W-1:0] d = {{(8 * GROUPS - D_W) {1'b0}}, d_i, {INDEX_W{1'b0}}};

  // Stage 1: groups that are not 0. Stage 2: the highest of them alone.
  reg [GROUPS-1:0] any_q;
  reg [GROUPS-1:0] one_q;
  reg [GROUPS:0] above;
  integer i;
  always @* begin
    above = {(GROUPS + 1) {1'b0}};
    for (i = GROUPS - 1; i >= 0; i = i - 1) above[i] = above[i+1] | any_q[i];
  end
  wire unused_above = &{1'b0, above[0]};
  always @(posedge clk_i) begin
    for (i = 0; i < GROUPS; i = i + 1) any_q[i] <= |d[8*i+INDEX_W+:8];
    one_q <= any_q & ~above[GROUPS:1];
  end

  // Stage 3: its number and its bits. Stage 4: the highest pair in it.
  reg [       4:0] group;
  reg [       4:0] group_q;
  reg [WIDE_W-1:0] wide;
  reg [WIDE_W-1:0] wide_q;
  reg [       1:0] pair_q;
  always @* begin
    group = 5'd0;
    wide  = {WIDE_W{1'b0}};
    for (i = 0; i < GROUPS; i = i + 1) begin
      group = group | ({5{one_q[i]}} & i[4:0]);
      wide  = wide | ({WIDE_W{one_q[i]}} & d[8*i+:WIDE_W]);
    end
  end
  wire [3:1] pairs = {|wide_q[WIDE_W-1-:2], |wide_q[WIDE_W-3-:2], |wide_q[WIDE_W-5-:2]};
  always @(posedge clk_i) begin
    group_q <= group;
    wide_q  <= wide;
    pair_q  <= {pairs[3] | pairs[2], pairs[3] | (~pairs[2] & pairs[1])};
  end

  // Stage 5: the word over the power.
  wire [WIDE_W-1:0] over = wide_q >> {pair_q, 1'b0};
  reg [INDEX_W+1:0] m_q;
  always @(posedge clk_i) m_q <= over[INDEX_W+1:0];
  assign m_o = m_q;

  wire [6:0] k = {group_q, pair_q};
  reg [K_W-1:0] k_q;
  always @(posedge clk_i) k_q <= k[K_W-1:0];
  assign k_o = k_q;
  wire unused_bits = &{1'b0, over[WIDE_W-1:INDEX_W+2], k[6:K_W]};
endmodule

`default_nettype wire
