// Bench of qs5_requantize: streams, gaps and resets, checked in every cycle.
//
//   stimulus.hex  {rst, in_valid, in_tag, in_data}
//   expected.hex  {mul_valid, saturated, out_valid, out_tag, out_data};
//                 tag and data count where valid is 1
`default_nettype none

module qs5_requantize_tb #(
    parameter CYCLES       = 1,     // lines of stimulus.hex and expected.hex
    parameter VECTORS      = "./",  // their folder and that of rom00.hex (multipliers), rom01.hex
    parameter CHANNELS     = 4,
    parameter LANES        = 1,
    parameter IN_W         = 18,
    parameter OUT_W        = 8,
    parameter MULTIPLIERS  = 0,
    parameter MULTIPLIER_W = 16,
    parameter MULTIPLIER   = 1,
    parameter OFFSETS      = 0,
    parameter OFFSET_W     = 16,
    parameter SUM_W        = 34,
    parameter PIECES       = 0,
    parameter SHIFT        = 8,
    parameter [8*11-1:0] ROUNDING     = "half_even",
    parameter MUL_A_W = 8,
    parameter MUL_B_W = 8
) (
    input wire clk
);
  localparam IN_DATA_W = LANES * IN_W;
  localparam OUT_DATA_W = LANES * OUT_W;

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
  wire [LANES*MUL_A_W-1:0] mul_a;
  wire [LANES*MUL_B_W-1:0] mul_b;
  wire [LANES*(MUL_A_W+MUL_B_W)-1:0] mul_p;

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

  qs5_requantize #(
      .CHANNELS    (CHANNELS),
      .LANES       (LANES),
      .IN_W        (IN_W),
      .OUT_W       (OUT_W),
      .MULTIPLIERS (MULTIPLIERS),
      .MULTIPLIER_W(MULTIPLIER_W),
      .MULTIPLIER  (MULTIPLIER),
      .OFFSETS     (OFFSETS),
      .OFFSET_W    (OFFSET_W),
      .SUM_W       (SUM_W),
      .PIECES      (PIECES),
      .SHIFT       (SHIFT),
      .ROUNDING    (ROUNDING),
      .MULTIPLIER_FILE({VECTORS, "rom00.hex"}),
      .OFFSET_FILE ({VECTORS, "rom01.hex"}),
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
      .COUNT  (LANES),
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
