// Square of a word too wide for one DSP: p = n * n. The word stays for 4 cycles.
//
// Three products in a chain, each with its sum in the DSP where the family has an adder there. With
// n = nh * 2^LOW + nl:
//
//   p = nl*nl + 2*nh*nl * 2^LOW + nh*nh * 2^(2*LOW)
//
// Stages    1 operands, 2 low product, 3 middle sum, 4 high sum
// Latency   4 cycles
// Interval  4 cycles
// Reset     none
`default_nettype none

module qs5_split_square #(
    parameter W   = 21,  // bits of n, signed
    parameter LOW = 15   // bits of its lower part: one less than an operand of a DSP
) (
    input  wire           clk_i,
    input  wire [  W-1:0] n_i,
    output wire [2*W-1:0] p_o
);
  localparam HIGH = W - LOW;
  wire [    LOW:0] nl = {1'b0, n_i[LOW-1:0]};
  wire [ HIGH-1:0] nh = n_i[W-1:LOW];
  wire [2*LOW+1:0] low;
  wire [    W+1:0] middle;
  wire [2*HIGH-1:0] high;
  qs5_multiply #(.A_W(LOW + 1), .B_W(LOW + 1)) u_low (
      .clk_i(clk_i), .a_i(nl), .b_i(nl), .p_o(low));
  qs5_multiply_add #(.A_W(LOW + 1), .B_W(HIGH + 1), .P_W(W + 2)) u_middle (
      .clk_i(clk_i), .a_i(nl), .b_i({nh, 1'b0}),
      .c_i({{HIGH{1'b0}}, low[2*LOW+1:LOW]}), .p_o(middle));
  qs5_multiply_add #(.A_W(HIGH), .B_W(HIGH), .P_W(2 * HIGH)) u_high (
      .clk_i(clk_i), .a_i(nh), .b_i(nh),
      .c_i({{(HIGH - 2) {middle[W+1]}}, middle[W+1:LOW]}), .p_o(high));
  assign p_o = {high, middle[LOW-1:0], low[LOW-1:0]};
endmodule

`default_nettype wire
