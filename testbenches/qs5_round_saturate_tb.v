// Bench of qs5_round_saturate: words through it, one per cycle. clipped_o comes a cycle before its word.
//
//   stimulus.hex  {valid, in}
//   expected.hex  {valid, clipped, out}
//                 valid is not a port: it marks the words to play and the words to compare
`default_nettype none

module qs5_round_saturate_tb #(
    parameter CYCLES   = 1,     // lines of stimulus.hex and expected.hex
    parameter VECTORS  = "./",  // their folder
    parameter IN_W     = 18,
    parameter OUT_W    = 8,
    parameter SHIFT    = 8,
    parameter [8*11-1:0] ROUNDING = "half_even",
    parameter ROUNDED  = 0
) (
    input wire clk
);
  // Into the module.
  wire            valid;
  wire [IN_W-1:0] in;

  // Out of it, and what that should be.
  wire [OUT_W-1:0] out;
  wire             clipped;
  reg              clipped_q;
  always @(posedge clk) clipped_q <= clipped;
  wire             want_valid;
  wire             want_clipped;
  wire [OUT_W-1:0] want_out;

  wire [31:0] cycle;
  wire        checking;
  wire [31:0] bad_out;
  wire [31:0] bad_clipped;
  qs5_tb_player #(
      .STIMULUS_W(1 + IN_W),
      .EXPECTED_W(1 + 1 + OUT_W),
      .CYCLES    (CYCLES),
      .VECTORS   (VECTORS)
  ) u_player (
      .clk         (clk),
      .cycle_o     (cycle),
      .checking_o  (checking),
      .stimulus_o  ({valid, in}),
      .expected_o  ({want_valid, want_clipped, want_out}),
      .input_i     (valid),
      .output_i    (checking & want_valid),
      .mismatches_i(bad_out + bad_clipped)
  );

  qs5_round_saturate #(
      .IN_W    (IN_W),
      .OUT_W   (OUT_W),
      .SHIFT   (SHIFT),
      .ROUNDING(ROUNDING),
      .ROUNDED (ROUNDED)
  ) u_dut (
      .clk_i    (clk),
      .in_i     (in),
      .out_o    (out),
      .clipped_o(clipped)
  );

  qs5_tb_check #(.SIGNAL("out_o"), .W(OUT_W)) u_out (
      .clk(clk), .cycle_i(cycle), .care_i(checking & want_valid),
      .expected_i(want_out), .actual_i(out), .mismatches_o(bad_out));
  qs5_tb_check #(.SIGNAL("clipped_o"), .W(1)) u_clipped (
      .clk(clk), .cycle_i(cycle), .care_i(checking & want_valid),
      .expected_i(want_clipped), .actual_i(clipped_q), .mismatches_o(bad_clipped));
endmodule

`default_nettype wire
