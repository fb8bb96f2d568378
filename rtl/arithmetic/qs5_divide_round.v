// Rounding of a quotient from the digits and the rest that qs5_divide_step leaves.
//
// The digits are the quotient rounded down. Half of one more is in the dividend unless the rest is
// negative. Nothing else is left if the rest is 0 or -d.
//
// Stages    1 exactness, 2 increment, 3 sum; rest and sign enter stage 1, digits stage 3
// Latency   3 cycles from the rest, 1 from the digits
// Interval  one quotient per cycle
// Reset     none
`default_nettype none

module qs5_divide_round #(
    parameter W   = 8,  // bits of the quotient
    parameter D_W = 4,  // bits of less_one: the divisor less one
    parameter [8*11-1:0] ROUNDING = "half_even"  // "half_up", "half_even" or "toward_zero"
) (
    input  wire           clk_i,
    input  wire [  D_W:0] rest_i,
    input  wire [D_W-1:0] less_one_i,
    input  wire           odd_i,       // lowest digit, aligned with rest_i
    input  wire           negative_i,  // 1: the dividend is negative, aligned with rest_i
    input  wire [  W-1:0] digits_i,    // two cycles after rest_i
    output wire [  W-1:0] out_o
);
  wire below = rest_i[D_W];
  reg  increment_q;
  reg  [W-1:0] out_q;
  generate
    if (ROUNDING == "half_up") begin : g_half_up
      reg half_q;
      always @(posedge clk_i) begin
        half_q      <= ~below;
        increment_q <= half_q;
      end
      wire unused = &{1'b0, rest_i[D_W-1:0], less_one_i, odd_i, negative_i};
    end else begin : g_exactness
      reg half_q;
      reg inexact_q;
      always @(posedge clk_i) begin
        half_q    <= ~below;
        inexact_q <= |(rest_i[D_W-1:0] ^ ({D_W{below}} & ~less_one_i));
      end
      if (ROUNDING == "half_even") begin : g_half_even
        reg odd_q;
        always @(posedge clk_i) begin
          odd_q       <= odd_i;
          increment_q <= half_q & (inexact_q | odd_q);
        end
        wire unused_sign = &{1'b0, negative_i};
      end else begin : g_toward_zero
        reg negative_q;
        always @(posedge clk_i) begin
          negative_q  <= negative_i;
          increment_q <= negative_q & (half_q | inexact_q);
        end
        wire unused_odd = &{1'b0, odd_i};
      end
    end
  endgenerate
  always @(posedge clk_i) out_q <= digits_i + {{(W - 1) {1'b0}}, increment_q};
  assign out_o = out_q;
endmodule

`default_nettype wire
