// Bench of qs5_round_increment: words through it, one per cycle.
//
//   stimulus.hex  {valid, in}
//   expected.hex  {valid, increment}
//                 valid is not a port: it marks the words to play and the words to compare
`default_nettype none

module qs5_round_increment_tb #(
    parameter CYCLES   = 1,     // lines of stimulus.hex and expected.hex
    parameter VECTORS  = "./",  // their folder
    parameter IN_W     = 16,
    parameter SHIFT    = 4,
    parameter [8*11-1:0] ROUNDING = "half_up"
) (
    input wire clk
);
  // Into the module.
  wire            valid;
  wire [IN_W-1:0] in;

  // Out of it, and what that should be.
  wire            increment;
  wire            want_valid;
  wire            want_increment;

  wire [31:0] cycle;
  wire        checking;
  wire [31:0] bad_increment;
  qs5_tb_player #(
      .STIMULUS_W(1 + IN_W),
      .EXPECTED_W(1 + 1),
      .CYCLES    (CYCLES),
      .VECTORS   (VECTORS)
  ) u_player (
      .clk         (clk),
      .cycle_o     (cycle),
      .checking_o  (checking),
      .stimulus_o  ({valid, in}),
      .expected_o  ({want_valid, want_increment}),
      .input_i     (valid),
      .output_i    (checking & want_valid),
      .mismatches_i(bad_increment)
  );

  qs5_round_increment #(
      .IN_W    (IN_W),
      .SHIFT   (SHIFT),
      .ROUNDING(ROUNDING)
  ) u_dut (
      .in_i       (in),
      .increment_o(increment)
  );

  qs5_tb_check #(.SIGNAL("increment_o"), .W(1)) u_increment (
      .clk(clk), .cycle_i(cycle), .care_i(checking & want_valid),
      .expected_i(want_increment), .actual_i(increment), .mismatches_o(bad_increment));
endmodule

`default_nettype wire
