// Pipelined sum of N signed words: one register per level of the binary tree.
//
// Stages    level k adds pairs; its words have k bits more than the inputs, so that sums are exact
// Latency   ceil(log2 N) cycles, 0 for N = 1
// Interval  one sum per cycle
// Reset     none
`default_nettype none

module qs5_adder_tree #(
    parameter N     = 4,              // words in
    parameter W     = 16,             // bits of a word
    parameter OUT_W = W + $clog2(N)   // bits of the sum
) (
    input  wire                    clk_i,
    input  wire        [  N*W-1:0] in_i,
    output wire signed [OUT_W-1:0] out_o
);
  localparam LEVELS = $clog2(N);

  genvar k, i;
  generate
    if (OUT_W != W + LEVELS) begin : g_bad_width
      qs5_error_adder_tree_OUT_W_must_be_W_plus_clog2_N u_error ();
    end

    // Level k holds ceil(N / 2^k) words of W + k bits.
    for (k = 0; k <= LEVELS; k = k + 1) begin : g_level
      localparam COUNT = (N + (1 << k) - 1) >> k;
      localparam WIDTH = W + k;
      wire [COUNT*WIDTH-1:0] words;
      if (k == 0) begin : g_inputs
        assign words = in_i;
      end else begin : g_sums
        localparam BELOW = (N + (1 << (k - 1)) - 1) >> (k - 1);
        // Neighbours are added. An odd last word passes.
        for (i = 0; i < COUNT; i = i + 1) begin : g_pair
          wire [WIDTH-2:0] a = g_level[k-1].words[2*i*(WIDTH-1)+:WIDTH-1];
          reg  [WIDTH-1:0] sum_q;
          if (2 * i + 1 < BELOW) begin : g_two
            wire [WIDTH-2:0] b = g_level[k-1].words[(2*i+1)*(WIDTH-1)+:WIDTH-1];
            always @(posedge clk_i) sum_q <= {a[WIDTH-2], a} + {b[WIDTH-2], b};
          end else begin : g_one
            always @(posedge clk_i) sum_q <= {a[WIDTH-2], a};
          end
          assign words[i*WIDTH+:WIDTH] = sum_q;
        end
      end
    end
    if (LEVELS == 0) begin : g_wire
      wire unused_clk = &{1'b0, clk_i};
    end
  endgenerate

  assign out_o = g_level[LEVELS].words;
endmodule

`default_nettype wire
