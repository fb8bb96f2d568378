// Sum or difference of two words: out = a + b, or a - b, modulo 2^OUT_W. Combinational.
//
// Latency   0
// Interval  one result per cycle
// Reset     none
`default_nettype none

module qs5_add_sub #(
    parameter A_W      = 24,  // bits of a
    parameter B_W      = 24,  // bits of b
    parameter OUT_W    = 25,  // bits out
    parameter SUBTRACT = 0    // 1: a - b
) (
    input  wire signed [  A_W-1:0] a_i,
    input  wire signed [  B_W-1:0] b_i,
    output wire signed [OUT_W-1:0] out_o
);
  localparam AB_W   = A_W > B_W ? A_W : B_W;
  localparam WIDE_W = (AB_W > OUT_W ? AB_W : OUT_W) + 1;
  wire [WIDE_W-1:0] a = {{(WIDE_W - A_W) {a_i[A_W-1]}}, a_i};
  wire [WIDE_W-1:0] b = {{(WIDE_W - B_W) {b_i[B_W-1]}}, b_i};
  wire [WIDE_W-1:0] sum = SUBTRACT == 1 ? a - b : a + b;
  assign out_o = sum[OUT_W-1:0];
  wire unused_bits = &{1'b0, sum[WIDE_W-1:OUT_W]};
endmodule

`default_nettype wire
