// Multiplier with an adder and a held operand: p = c + a * b, modulo 2^P_W.
//
// a is the last a that was taken. One DSP on iCE40 and 7-series. HOLD chooses the polarity of take_i:
// iCE40 holds its operand register, 7-series enables it. The wrong polarity costs one LUT.
//
// Stages    1 operands, 2 product, 3 sum
// Latency   3 cycles from b and from a taken a; 1 from c, which comes 2 cycles after its b
// Interval  one result per cycle
// Reset     none: data registers only, so that they map into the DSP
`default_nettype none

(* keep_hierarchy *)
module qs5_multiply_add_held #(
    parameter A_W  = 8,   // bits of a
    parameter B_W  = 8,   // bits of b
    parameter P_W  = 20,  // bits of c and of the sum
    parameter HOLD = 0    // 0: take_i is 1 to take a; 1: take_i is 0 to take a
) (
    input  wire                  clk_i,
    input  wire                  take_i,  // take a, aligned with b_i; active low if HOLD = 1
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
    if (take_i != (HOLD != 0)) a_q <= a_i;
    b_q <= b_i;
    m_q <= a_q * b_q;
    p_q <= c_i + m_fit;
  end

  assign p_o = p_q;
endmodule

`default_nettype wire
