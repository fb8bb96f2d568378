// Registered signed multiplier with an accumulator: p = 0 if clear, else p + a * b, modulo 2^P_W.
//
// One DSP on iCE40 and 7-series, registers included: their accumulators can be cleared or added
// to, but not loaded with a product. A sum of n products takes n + 1 cycles.
//
// Stages    1 operands, 2 product, 3 sum
// Latency   3 cycles from a and b; clear acts on the sum at once, so it comes two cycles after the
//           operands of the same cycle
// Reset     none
`default_nettype none

(* keep_hierarchy *)
module qs5_multiply_accumulate #(
    parameter A_W = 8,  // bits of a
    parameter B_W = 8,  // bits of b
    parameter P_W = 20  // bits of the sum
) (
    input  wire                  clk_i,
    input  wire signed [A_W-1:0] a_i,
    input  wire signed [B_W-1:0] b_i,
    input  wire                  clear_i,
    output wire signed [P_W-1:0] p_o
);
  localparam M_W = A_W + B_W;
  reg signed  [A_W-1:0] a_q;
  reg signed  [B_W-1:0] b_q;
  reg signed  [M_W-1:0] m_q;
  reg signed  [P_W-1:0] p_q;
  wire signed [P_W-1:0] m_fit;

  generate
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
    if (clear_i) p_q <= {P_W{1'b0}};
    else p_q <= p_q + m_fit;
  end

  assign p_o = p_q;
endmodule

`default_nettype wire
