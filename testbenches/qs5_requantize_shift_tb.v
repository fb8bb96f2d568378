// Bench of qs5_requantize_shift: streams, gaps and resets, checked in every cycle.
//
//   stimulus.hex  {rst, in_valid, in_tag, in_data}
//   expected.hex  {saturated, out_valid, out_tag, out_data};
//                 tag and data count where valid is 1
`default_nettype none

module qs5_requantize_shift_tb #(
    parameter CYCLES   = 1,     // lines of stimulus.hex and expected.hex
    parameter VECTORS  = "./",  // their folder
    parameter LANES    = 1,
    parameter IN_W     = 18,
    parameter OUT_W    = 8,
    parameter SHIFT    = 8,
    parameter [8*11-1:0] ROUNDING = "half_even"
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

  wire [31:0] cycle;
  wire        checking;
  wire [31:0] bad_out_valid;
  wire [31:0] bad_out_tag;
  wire [31:0] bad_out_data;
  wire [31:0] bad_saturated;
  qs5_tb_player #(
      .STIMULUS_W(1 + 1 + 2 + IN_DATA_W),
      .EXPECTED_W(1 + 1 + 2 + OUT_DATA_W),
      .CYCLES    (CYCLES),
      .VECTORS   (VECTORS)
  ) u_player (
      .clk         (clk),
      .cycle_o     (cycle),
      .checking_o  (checking),
      .stimulus_o  ({rst, in_valid, in_tag, in_data}),
      .expected_o  ({want_saturated, want_out_valid, want_out_tag, want_out_data}),
      .input_i     (in_valid),
      .output_i    (out_valid),
      .mismatches_i(bad_out_valid + bad_out_tag + bad_out_data + bad_saturated)
  );

  qs5_requantize_shift #(
      .LANES   (LANES),
      .IN_W    (IN_W),
      .OUT_W   (OUT_W),
      .SHIFT   (SHIFT),
      .ROUNDING(ROUNDING)
  ) u_dut (
      .clk_i      (clk),
      .rst_i      (rst),
      .in_valid_i (in_valid),
      .in_tag_i   (in_tag),
      .in_data_i  (in_data),
      .out_valid_o(out_valid),
      .out_tag_o  (out_tag),
      .out_data_o (out_data),
      .saturated_o(saturated)
  );

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
