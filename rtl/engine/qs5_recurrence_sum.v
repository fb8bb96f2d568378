// Registered sum of two products at the width of the result: out = a + b, modulo 2^OUT_W.
//
// The sum has two halves, for a fast clock.
//
// Stages    1 low half, 2 high half
// Latency   2 cycles
// Interval  one sum per cycle
// Reset     none: data registers only
`default_nettype none

module qs5_recurrence_sum #(
    parameter A_W   = 24,  // bits of a and of b
    parameter OUT_W = 25   // bits out
) (
    input  wire                    clk_i,
    input  wire signed [  A_W-1:0] a_i,
    input  wire signed [  A_W-1:0] b_i,
    output wire signed [OUT_W-1:0] out_o
);
  localparam WIDE_W = (A_W > OUT_W ? A_W : OUT_W) + 1;
  localparam LOW_W  = OUT_W / 2;
  localparam HIGH_W = OUT_W - LOW_W;

  wire [WIDE_W-1:0] a = {{(WIDE_W - A_W) {a_i[A_W-1]}}, a_i};
  wire [WIDE_W-1:0] b = {{(WIDE_W - A_W) {b_i[A_W-1]}}, b_i};
  wire unused_bits = &{1'b0, a[WIDE_W-1:OUT_W], b[WIDE_W-1:OUT_W]};

  // Add {s,a} + {s,b}: the top sum bit then equals the carry.
  wire same = a[LOW_W-1];
  reg  [   LOW_W:0] low_q;
  reg  [HIGH_W-1:0] a_q;
  reg  [HIGH_W-1:0] b_q;
  // The lowest bit only makes the carry in.
  wire [  HIGH_W:0] high = {a_q, low_q[LOW_W]} + {b_q, 1'b1};
  wire unused_carry = &{1'b0, high[0]};
  reg  [ OUT_W-1:0] out_q;
  always @(posedge clk_i) begin
    low_q <= {same, a[LOW_W-1:0]} + {same, b[LOW_W-1:0]};
    a_q   <= a[OUT_W-1:LOW_W];
    b_q   <= b[OUT_W-1:LOW_W];
    out_q <= {high[HIGH_W:1], low_q[LOW_W-1:0]};
  end
  assign out_o = out_q;
endmodule

`default_nettype wire
