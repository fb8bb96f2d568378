// Bench of qs5_multiply_array: operands of one client or of none in every cycle.
//
//   stimulus.hex  {valid, mul_valid, mul_a, mul_b}
//   expected.hex  {valid, mul_p}
//                 valid is not a port: it marks the words to play and the words to compare
`default_nettype none

module qs5_multiply_array_tb #(
    parameter CYCLES  = 1,     // lines of stimulus.hex and expected.hex
    parameter VECTORS = "./",  // their folder
    parameter COUNT   = 1,
    parameter CLIENTS = 1,
    parameter A_W     = 8,
    parameter B_W     = 8
) (
    input wire clk
);
  localparam A_ALL = CLIENTS * COUNT * A_W;
  localparam B_ALL = CLIENTS * COUNT * B_W;
  localparam P_ALL = COUNT * (A_W + B_W);

  // Into the module.
  wire               valid;
  wire [CLIENTS-1:0] mul_valid;
  wire [  A_ALL-1:0] mul_a;
  wire [  B_ALL-1:0] mul_b;

  // Out of it, and what that should be.
  wire [P_ALL-1:0] mul_p;
  wire             want_valid;
  wire [P_ALL-1:0] want_mul_p;

  wire [31:0] cycle;
  wire        checking;
  wire [31:0] bad_mul_p;
  qs5_tb_player #(
      .STIMULUS_W(1 + CLIENTS + A_ALL + B_ALL),
      .EXPECTED_W(1 + P_ALL),
      .CYCLES    (CYCLES),
      .VECTORS   (VECTORS)
  ) u_player (
      .clk         (clk),
      .cycle_o     (cycle),
      .checking_o  (checking),
      .stimulus_o  ({valid, mul_valid, mul_a, mul_b}),
      .expected_o  ({want_valid, want_mul_p}),
      .input_i     (valid),
      .output_i    (checking & want_valid),
      .mismatches_i(bad_mul_p)
  );

  qs5_multiply_array #(
      .COUNT  (COUNT),
      .CLIENTS(CLIENTS),
      .A_W    (A_W),
      .B_W    (B_W)
  ) u_dut (
      .clk_i      (clk),
      .rst_i      (1'b0),
      .mul_valid_i(mul_valid),
      .mul_a_i    (mul_a),
      .mul_b_i    (mul_b),
      .mul_p_o    (mul_p)
  );

  qs5_tb_check #(.SIGNAL("mul_p_o"), .W(P_ALL)) u_mul_p (
      .clk(clk), .cycle_i(cycle), .care_i(checking & want_valid),
      .expected_i(want_mul_p), .actual_i(mul_p), .mismatches_o(bad_mul_p));
endmodule

`default_nettype wire
