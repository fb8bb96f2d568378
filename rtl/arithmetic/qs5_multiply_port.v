// Adapter between an engine and the multipliers that serve it. Wires only.
//
// Operands of the engine are sign-extended to the multipliers' widths. Products are cut to the engine's
// width, which holds every product of its operands.
//
// Latency   0
// Interval  one set of operands per cycle
// Reset     none
`default_nettype none

module qs5_multiply_port #(
    parameter COUNT   = 1,  // products per cycle
    parameter A_W     = 8,  // bits of the engine's first operand
    parameter B_W     = 8,  // bits of the engine's second operand
    parameter MUL_A_W = 8,  // bits of the multipliers' first operand, at least A_W
    parameter MUL_B_W = 8   // bits of the multipliers' second operand, at least B_W
) (
    // engine
    input  wire [            COUNT*A_W-1:0] a_i,
    input  wire [            COUNT*B_W-1:0] b_i,
    output wire [      COUNT*(A_W+B_W)-1:0] p_o,
    // multipliers
    output wire [        COUNT*MUL_A_W-1:0] mul_a_o,
    output wire [        COUNT*MUL_B_W-1:0] mul_b_o,
    input  wire [COUNT*(MUL_A_W+MUL_B_W)-1:0] mul_p_i
);
  localparam P_W     = A_W + B_W;
  localparam MUL_P_W = MUL_A_W + MUL_B_W;

  generate
    if (MUL_A_W < A_W) begin : g_bad_a
      qs5_error_multiply_port_MUL_A_W_must_hold_A_W u_error ();
    end
    if (MUL_B_W < B_W) begin : g_bad_b
      qs5_error_multiply_port_MUL_B_W_must_hold_B_W u_error ();
    end
  endgenerate

  // Equal widths pass as whole buses, which simulates faster than word by word.
  genvar i;
  generate
    if (MUL_A_W == A_W) begin : g_as_is_a
      assign mul_a_o = a_i;
    end else begin : g_extend_a
      for (i = 0; i < COUNT; i = i + 1) begin : g_operand
        assign mul_a_o[i*MUL_A_W+:MUL_A_W] = {{(MUL_A_W - A_W) {a_i[i*A_W+A_W-1]}}, a_i[i*A_W+:A_W]};
      end
    end
    if (MUL_B_W == B_W) begin : g_as_is_b
      assign mul_b_o = b_i;
    end else begin : g_extend_b
      for (i = 0; i < COUNT; i = i + 1) begin : g_operand
        assign mul_b_o[i*MUL_B_W+:MUL_B_W] = {{(MUL_B_W - B_W) {b_i[i*B_W+B_W-1]}}, b_i[i*B_W+:B_W]};
      end
    end
    if (MUL_P_W == P_W) begin : g_as_is_p
      assign p_o = mul_p_i;
    end else begin : g_cut_p
      for (i = 0; i < COUNT; i = i + 1) begin : g_product
        assign p_o[i*P_W+:P_W] = mul_p_i[i*MUL_P_W+:P_W];
        wire unused_bits = &{1'b0, mul_p_i[i*MUL_P_W+P_W+:MUL_P_W-P_W]};
      end
    end
  endgenerate
endmodule

`default_nettype wire
