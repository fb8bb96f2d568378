// Product of a word too wide for one DSP with a factor r that stays: p = a * r.
//
// The highest bit of r is 1. Two products in a chain, each with its sum in the DSP where the family has
// an adder there. With a = ah * 2^LOW + al and r = 2^(FRAC-1) + rr:
//
//   pl = al*2^(FRAC-1) + al*rr                    p = pl mod 2^LOW
//   ph = ah*2^(FRAC-1) + ah*rr + pl / 2^LOW           + ph * 2^LOW
//
// Stages    1 operands, 2 low product, 3 low sum and high product, 4 high sum
// Latency   4 cycles; r stays 1 cycle longer than the word
// Interval  one word per cycle
// Reset     none
`default_nettype none

module qs5_split_multiply #(
    parameter A_W  = 22,  // bits of a, signed
    parameter FRAC = 16,  // bits of r, unsigned
    parameter LOW  = 15   // bits of the lower part of a: one less than an operand of a DSP
) (
    input  wire              clk_i,
    input  wire [   A_W-1:0] a_i,
    input  wire [  FRAC-1:0] r_i,
    output wire [A_W+FRAC:0] p_o
);
  localparam HIGH = A_W - LOW;
  localparam PL_W = LOW + FRAC + 1;
  localparam PH_W = HIGH + FRAC;
  wire [FRAC-1:0] rr = {1'b0, r_i[FRAC-2:0]};
  wire unused_one = &{1'b0, r_i[FRAC-1]};

  reg [ LOW-1:0] al_q;
  reg [ LOW-1:0] al_q2;
  reg [HIGH-1:0] ah_q;
  reg [HIGH-1:0] ah_q2;
  reg [HIGH-1:0] ah_q3;
  reg [ LOW-1:0] low_q;
  wire [PL_W-1:0] pl;
  wire [PH_W-1:0] ph;
  always @(posedge clk_i) begin
    al_q  <= a_i[LOW-1:0];
    al_q2 <= al_q;
    ah_q  <= a_i[A_W-1:LOW];
    ah_q2 <= ah_q;
    ah_q3 <= ah_q2;
    low_q <= pl[LOW-1:0];
  end
  qs5_multiply_add #(.A_W(LOW + 1), .B_W(FRAC), .P_W(PL_W)) u_low (
      .clk_i(clk_i), .a_i({1'b0, a_i[LOW-1:0]}), .b_i(rr),
      .c_i({2'b0, al_q2, {(FRAC - 1) {1'b0}}}), .p_o(pl));

  // The two terms of ph that are not products overlap in one bit only.
  wire [HIGH:0] high = {ah_q3[HIGH-1], ah_q3} + {{HIGH{1'b0}}, pl[LOW+FRAC-1]};
  qs5_multiply_add #(.A_W(HIGH), .B_W(FRAC), .P_W(PH_W)) u_high (
      .clk_i(clk_i), .a_i(ah_q), .b_i(rr), .c_i({high, pl[LOW+FRAC-2:LOW]}), .p_o(ph));
  assign p_o = {ph[PH_W-1], ph, low_q};
  wire unused_sign = &{1'b0, pl[PL_W-1]};
endmodule

`default_nettype wire
