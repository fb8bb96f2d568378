// Bench of qs5_recurrence: streams, gaps and resets, checked in every cycle.
//
//   stimulus.hex  {rst, in_valid, in_tag, in_data}
//   expected.hex  {mul_valid, saturated, out_valid, out_tag, out_data};
//                 tag and data count where valid is 1
`default_nettype none

module qs5_recurrence_tb #(
    parameter CYCLES    = 1,     // lines of stimulus.hex and expected.hex
    parameter VECTORS   = "./",  // their folder and that of rom.hex
    parameter STATES    = 4,
    parameter LANES     = 1,
    parameter PRODUCTS  = 4,
    parameter X_W       = 16,
    parameter BU_W      = 16,
    parameter COEF_W    = 8,
    parameter FRAC      = 7,
    parameter ACC_W     = 25,
    parameter [8*11-1:0] ROUNDING  = "toward_zero",
    parameter SATURATE  = 1,
    parameter MUL_A_W = 8,
    parameter MUL_B_W = 8
) (
    input wire clk
);
  localparam IN_DATA_W = 2 * LANES * BU_W;
  localparam OUT_DATA_W = 2 * LANES * X_W;

  // Into the module.
  wire                 rst;
  wire                 in_valid;
  wire [          1:0] in_tag;
  wire [IN_DATA_W-1:0] in_data;

  // Out of it, and what that should be.
  wire                  out_valid;
  wire [           1:0] out_tag;
  wire [OUT_DATA_W-1:0] out_data;
  wire                  saturated;
  wire                  want_saturated;
  wire                  want_out_valid;
  wire [           1:0] want_out_tag;
  wire [OUT_DATA_W-1:0] want_out_data;

  wire mul_valid;
  wire want_mul_valid;
  wire [LANES * PRODUCTS*MUL_A_W-1:0] mul_a;
  wire [LANES * PRODUCTS*MUL_B_W-1:0] mul_b;
  wire [LANES * PRODUCTS*(MUL_A_W+MUL_B_W)-1:0] mul_p;

  wire [31:0] cycle;
  wire        checking;
  wire [31:0] bad_mul_valid;
  wire [31:0] bad_out_valid;
  wire [31:0] bad_out_tag;
  wire [31:0] bad_out_data;
  wire [31:0] bad_saturated;
  qs5_tb_player #(
      .STIMULUS_W(1 + 1 + 2 + IN_DATA_W),
      .EXPECTED_W(1 + 1 + 1 + 2 + OUT_DATA_W),
      .CYCLES    (CYCLES),
      .VECTORS   (VECTORS)
  ) u_player (
      .clk         (clk),
      .cycle_o     (cycle),
      .checking_o  (checking),
      .stimulus_o  ({rst, in_valid, in_tag, in_data}),
      .expected_o  ({want_mul_valid, want_saturated, want_out_valid, want_out_tag, want_out_data}),
      .input_i     (in_valid),
      .output_i    (out_valid),
      .mismatches_i(bad_mul_valid + bad_out_valid + bad_out_tag + bad_out_data + bad_saturated)
  );

  qs5_recurrence #(
      .STATES     (STATES),
      .LANES      (LANES),
      .PRODUCTS   (PRODUCTS),
      .X_W        (X_W),
      .BU_W       (BU_W),
      .COEF_W     (COEF_W),
      .FRAC       (FRAC),
      .ACC_W      (ACC_W),
      .ROUNDING   (ROUNDING),
      .SATURATE   (SATURATE),
      .LAMBDA_FILE({VECTORS, "rom.hex"}),
      .MUL_A_W(MUL_A_W),
      .MUL_B_W(MUL_B_W)
  ) u_dut (
      .clk_i      (clk),
      .rst_i      (rst),
      .in_valid_i (in_valid),
      .in_tag_i   (in_tag),
      .in_data_i  (in_data),
      .out_valid_o(out_valid),
      .out_tag_o  (out_tag),
      .out_data_o (out_data),
      .saturated_o(saturated),
      .mul_valid_o(mul_valid),
      .mul_a_o    (mul_a),
      .mul_b_o    (mul_b),
      .mul_p_i    (mul_p)
  );

  qs5_multiply_array #(
      .COUNT  (LANES * PRODUCTS),
      .CLIENTS(1),
      .A_W    (MUL_A_W),
      .B_W    (MUL_B_W)
  ) u_multiply (
      .clk_i      (clk),
      .rst_i      (rst),
      .mul_valid_i(mul_valid),
      .mul_a_i    (mul_a),
      .mul_b_i    (mul_b),
      .mul_p_o    (mul_p)
  );

  qs5_tb_check #(.SIGNAL("mul_valid_o"), .W(1)) u_mul_valid (
      .clk(clk), .cycle_i(cycle), .care_i(checking),
      .expected_i(want_mul_valid), .actual_i(mul_valid), .mismatches_o(bad_mul_valid));
  qs5_tb_check #(.SIGNAL("out_valid_o"), .W(1)) u_out_valid (
      .clk(clk), .cycle_i(cycle), .care_i(checking),
      .expected_i(want_out_valid), .actual_i(out_valid), .mismatches_o(bad_out_valid));
  qs5_tb_check #(.SIGNAL("out_tag_o"), .W(2)) u_out_tag (
      .clk(clk), .cycle_i(cycle), .care_i(checking & want_out_valid),
      .expected_i(want_out_tag), .actual_i(out_tag), .mismatches_o(bad_out_tag));
  qs5_tb_check #(.SIGNAL("out_data_o"), .W(OUT_DATA_W)) u_out_data (
      .clk(clk), .cycle_i(cycle), .care_i(checking & want_out_valid),
      .expected_i(want_out_data), .actual_i(out_data), .mismatches_o(bad_out_data));
  qs5_tb_check #(.SIGNAL("saturated_o"), .W(1)) u_saturated (
      .clk(clk), .cycle_i(cycle), .care_i(checking),
      .expected_i(want_saturated), .actual_i(saturated), .mismatches_o(bad_saturated));
endmodule

`default_nettype wire
