// Bench of qs5_multiply: words through the pipeline, one per cycle.
//
//   stimulus.hex  {valid, a, b}
//   expected.hex  {valid, p}
//                 valid is not a port: it marks the words to play and the words to compare
`default_nettype none

module qs5_multiply_tb #(
    parameter CYCLES  = 1,     // lines of stimulus.hex and expected.hex
    parameter VECTORS = "./",  // their folder
    parameter A_W     = 8,
    parameter B_W     = 8
) (
    input wire clk
);
  localparam P_W = A_W + B_W;

  // Into the module.
  wire           valid;
  wire [A_W-1:0] a;
  wire [B_W-1:0] b;

  // Out of it, and what that should be.
  wire [P_W-1:0] p;
  wire           want_valid;
  wire [P_W-1:0] want_p;

  wire [31:0] cycle;
  wire        checking;
  wire [31:0] bad_p;
  qs5_tb_player #(
      .STIMULUS_W(1 + A_W + B_W),
      .EXPECTED_W(1 + P_W),
      .CYCLES    (CYCLES),
      .VECTORS   (VECTORS)
  ) u_player (
      .clk         (clk),
      .cycle_o     (cycle),
      .checking_o  (checking),
      .stimulus_o  ({valid, a, b}),
      .expected_o  ({want_valid, want_p}),
      .input_i     (valid),
      .output_i    (checking & want_valid),
      .mismatches_i(bad_p)
  );

  qs5_multiply #(
      .A_W(A_W),
      .B_W(B_W)
  ) u_dut (
      .clk_i(clk),
      .a_i  (a),
      .b_i  (b),
      .p_o  (p)
  );

  qs5_tb_check #(.SIGNAL("p_o"), .W(P_W)) u_p (
      .clk(clk), .cycle_i(cycle), .care_i(checking & want_valid),
      .expected_i(want_p), .actual_i(p), .mismatches_o(bad_p));
endmodule

`default_nettype wire
