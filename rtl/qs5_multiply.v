// Registered signed multiplier: p = a * b, full width.
//
// The only place where the library multiplies, so that a device family can bring its own file
// under this name. The hierarchy is kept so that synthesis maps one multiplier here and cannot
// merge it with the adders around it (synth_ice40 -dsp miscompiles such sums).
//
// Stages    1 operands, 2 product
// Latency   2 cycles; a new pair every cycle
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
