// Registered signed multiplier: p = a * b, full width.
//
// The only plain multiplier of the library. A device family can replace this file. The hierarchy is
// kept: synthesis maps one multiplier here and cannot merge it with adders around it, because
// synth_ice40 -dsp miscompiles such sums.
//
// Stages    1 operands, 2 product
// Latency   2 cycles
// Interval  one product per cycle
// Reset     none: data registers only, so that they map into the DSP
`default_nettype none

(* keep_hierarchy *)
module qs5_multiply #(
    parameter A_W = 8,  // bits of a
    parameter B_W = 8   // bits of b
) (
    input  wire                      clk_i,
    input  wire signed [A_W-1:0]     a_i,
    input  wire signed [B_W-1:0]     b_i,
    output wire signed [A_W+B_W-1:0] p_o
);
  reg signed [A_W-1:0]     a_q;
  reg signed [B_W-1:0]     b_q;
  reg signed [A_W+B_W-1:0] p_q;

  always @(posedge clk_i) begin
    a_q <= a_i;
    b_q <= b_i;
    p_q <= a_q * b_q;
  end

  assign p_o = p_q;
endmodule

`default_nettype wire
