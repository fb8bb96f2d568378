// Bench of qs5_add_sub: words through the combinational adder, one per cycle.
//
//   stimulus.hex  {valid, a, b}
//   expected.hex  {valid, out}
//                 valid is not a port: it marks the words to play and the words to compare
`default_nettype none

module qs5_add_sub_tb #(
    parameter CYCLES   = 1,     // lines of stimulus.hex and expected.hex
    parameter VECTORS  = "./",  // their folder
    parameter A_W      = 24,
    parameter B_W      = 24,
    parameter OUT_W    = 25,
    parameter SUBTRACT = 0
) (
    input wire clk
);

  // Into the module.
  wire           valid;
  wire [A_W-1:0] a;
  wire [B_W-1:0] b;

  // Out of it, and what that should be.
  wire [OUT_W-1:0] out;
  wire             want_valid;
  wire [OUT_W-1:0] want_out;

  wire [31:0] cycle;
  wire        checking;
  wire [31:0] bad_out;
  qs5_tb_player #(
      .STIMULUS_W(1 + A_W + B_W),
      .EXPECTED_W(1 + OUT_W),
      .CYCLES    (CYCLES),
      .VECTORS   (VECTORS)
  ) u_player (
      .clk         (clk),
      .cycle_o     (cycle),
      .checking_o  (checking),
      .stimulus_o  ({valid, a, b}),
      .expected_o  ({want_valid, want_out}),
      .input_i     (valid),
      .output_i    (checking & want_valid),
      .mismatches_i(bad_out)
  );

  qs5_add_sub #(
      .A_W     (A_W),
      .B_W     (B_W),
      .OUT_W   (OUT_W),
      .SUBTRACT(SUBTRACT)
  ) u_dut (
      .a_i  (a),
      .b_i  (b),
      .out_o(out)
  );

  qs5_tb_check #(.SIGNAL("out_o"), .W(OUT_W)) u_out (
      .clk(clk), .cycle_i(cycle), .care_i(checking & want_valid),
      .expected_i(want_out), .actual_i(out), .mismatches_o(bad_out));
endmodule

`default_nettype wire
