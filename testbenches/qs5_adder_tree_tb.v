// Bench of qs5_adder_tree: words through the pipeline, one set per cycle.
//
//   stimulus.hex  {valid, in}
//   expected.hex  {valid, out}
//                 valid is not a port: it marks the words to play and the words to compare
`default_nettype none

module qs5_adder_tree_tb #(
    parameter CYCLES  = 1,     // lines of stimulus.hex and expected.hex
    parameter VECTORS = "./",  // their folder
    parameter N       = 4,
    parameter W       = 16
) (
    input wire clk
);
  localparam IN_W = N * W;
  localparam OUT_W = W + $clog2(N);

  // Into the module.
  wire            valid;
  wire [IN_W-1:0] in;

  // Out of it, and what that should be.
  wire [OUT_W-1:0] out;
  wire             want_valid;
  wire [OUT_W-1:0] want_out;

  wire [31:0] cycle;
  wire        checking;
  wire [31:0] bad_out;
  qs5_tb_player #(
      .STIMULUS_W(1 + IN_W),
      .EXPECTED_W(1 + OUT_W),
      .CYCLES    (CYCLES),
      .VECTORS   (VECTORS)
  ) u_player (
      .clk         (clk),
      .cycle_o     (cycle),
      .checking_o  (checking),
      .stimulus_o  ({valid, in}),
      .expected_o  ({want_valid, want_out}),
      .input_i     (valid),
      .output_i    (checking & want_valid),
      .mismatches_i(bad_out)
  );

  qs5_adder_tree #(
      .N(N),
      .W(W)
  ) u_dut (
      .clk_i(clk),
      .in_i (in),
      .out_o(out)
  );

  qs5_tb_check #(.SIGNAL("out_o"), .W(OUT_W)) u_out (
      .clk(clk), .cycle_i(cycle), .care_i(checking & want_valid),
      .expected_i(want_out), .actual_i(out), .mismatches_o(bad_out));
endmodule

`default_nettype wire
