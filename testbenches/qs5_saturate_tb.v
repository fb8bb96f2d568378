// Bench of qs5_saturate: words through the combinational limiter, one per cycle.
//
//   stimulus.hex  {valid, in}
//   expected.hex  {valid, saturated, out};
//                 valid is no port: it marks the words that are played and those due
`default_nettype none

module qs5_saturate_tb #(
    parameter CYCLES  = 1,     // lines of stimulus.hex and expected.hex
    parameter VECTORS = "./",  // their folder
    parameter IN_W    = 20,
    parameter OUT_W   = 16
) (
    input wire clk
);

  // Into the module.
  wire            valid;
  wire [IN_W-1:0] in;

  // Out of it, and what that should be.
  wire [OUT_W-1:0] out;
  wire             saturated;
  wire             want_valid;
  wire             want_saturated;
  wire [OUT_W-1:0] want_out;

  wire [31:0] cycle;
  wire        checking;
  wire [31:0] bad_out;
  wire [31:0] bad_saturated;
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
      .expected_o  ({want_valid, want_saturated, want_out}),
      .input_i     (valid),
      .output_i    (checking & want_valid),
      .mismatches_i(bad_out + bad_saturated)
  );

  qs5_saturate #(
      .IN_W (IN_W),
      .OUT_W(OUT_W)
  ) u_dut (
      .in_i       (in),
      .out_o      (out),
      .saturated_o(saturated)
  );

  qs5_tb_check #(.SIGNAL("out_o"), .W(OUT_W)) u_out (
      .clk(clk), .cycle_i(cycle), .care_i(checking & want_valid),
      .expected_i(want_out), .actual_i(out), .mismatches_o(bad_out));
  qs5_tb_check #(.SIGNAL("saturated_o"), .W(1)) u_saturated (
      .clk(clk), .cycle_i(cycle), .care_i(checking & want_valid),
      .expected_i(want_saturated), .actual_i(saturated), .mismatches_o(bad_saturated));
endmodule

`default_nettype wire
