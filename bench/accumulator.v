// Reference for the clocks of other blocks: a signed multiplier with a clearable accumulator and
// all registers, one DSP of iCE40.
`default_nettype none

(* keep_hierarchy *)
module accumulator (
    input  wire               clk_i,
    input  wire signed [15:0] a_i,
    input  wire signed [15:0] b_i,
    input  wire               clear_i,
    output wire signed [31:0] p_o
);
  reg signed [15:0] a_q;
  reg signed [15:0] b_q;
  reg signed [31:0] m_q;
  reg signed [31:0] p_q;

  always @(posedge clk_i) begin
    a_q <= a_i;
    b_q <= b_i;
    m_q <= a_q * b_q;
    if (clear_i) p_q <= 32'd0;
    else p_q <= p_q + m_q;
  end

  assign p_o = p_q;
endmodule

`default_nettype wire
