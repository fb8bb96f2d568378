// Registered signed multiplier with an adder: p = c + a * b, modulo 2^P_W.
//
// One DSP where the family has the adder in it (checked for iCE40 and 7-series), with all registers.
// There is no subtraction, because synthesis leaves a difference in LUTs: negate a coefficient instead.
// The hierarchy is kept, because synth_ice40 -dsp miscompiles sums of two products.
//
// Stages    1 operands, 2 product, 3 sum
// Latency   3 cycles from a and b; 1 + C_STAGES from c, which comes 2 - C_STAGES cycles after a and b
// Interval  one result per cycle
// Reset     none: data registers only, so that they map into the DSP
`default_nettype none

(* keep_hierarchy *)
module qs5_multiply_add #(
    parameter A_W      = 8,   // bits of a
    parameter B_W      = 8,   // bits of b
    parameter P_W      = 20,  // bits of c and of the sum
    parameter C_STAGES = 0    // registers for c, inside the DSP: 0 or 1
) (
    input  wire                  clk_i,
    input  wire signed [A_W-1:0] a_i,
    input  wire signed [B_W-1:0] b_i,
    input  wire signed [P_W-1:0] c_i,
    output wire signed [P_W-1:0] p_o
);
  localparam M_W = A_W + B_W;
  reg signed  [A_W-1:0] a_q;
  reg signed  [B_W-1:0] b_q;
  reg signed  [M_W-1:0] m_q;
  reg signed  [P_W-1:0] p_q;
  wire signed [P_W-1:0] m_fit;
  wire signed [P_W-1:0] c;

  generate
    if (C_STAGES != 0 && C_STAGES != 1) begin : g_bad_stages
      qs5_error_multiply_add_C_STAGES_must_be_0_or_1 u_error ();
    end
    if (C_STAGES == 1) begin : g_registered
      reg signed [P_W-1:0] c_q;
      always @(posedge clk_i) c_q <= c_i;
      assign c = c_q;
    end else begin : g_at_once
      assign c = c_i;
    end
    if (P_W > M_W) begin : g_extend
      assign m_fit = {{(P_W - M_W) {m_q[M_W-1]}}, m_q};
    end else begin : g_cut
      assign m_fit = m_q[P_W-1:0];
      if (P_W < M_W) begin : g_unused
        wire unused_bits = &{1'b0, m_q[M_W-1:P_W]};
      end
    end
  endgenerate

  always @(posedge clk_i) begin
    a_q <= a_i;
    b_q <= b_i;
    m_q <= a_q * b_q;
    p_q <= c + m_fit;
  end

  assign p_o = p_q;
endmodule

`default_nettype wire
