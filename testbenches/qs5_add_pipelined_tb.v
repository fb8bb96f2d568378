// Bench of qs5_add_pipelined: words through the pipeline, one pair per cycle.
//
//   stimulus.hex  {valid, a, b}
//   expected.hex  {valid, sum}
//                 valid is not a port: it marks the words to play and the words to compare
`default_nettype none

module qs5_add_pipelined_tb #(
    parameter CYCLES  = 1,     // lines of stimulus.hex and expected.hex
    parameter VECTORS = "./",  // their folder
    parameter W       = 34,
    parameter PIECES  = 2,
    parameter DROPPED = 1
) (
    input wire clk
);
  localparam OUT_W = W - DROPPED * ((W + PIECES - 1) / PIECES) + 1;

  // Into the module.
  wire         valid;
  wire [W-1:0] a;
  wire [W-1:0] b;

  // Out of it, and what that should be.
  wire [OUT_W-1:0] sum;
  wire             want_valid;
  wire [OUT_W-1:0] want_sum;

  wire [31:0] cycle;
  wire        checking;
  wire [31:0] bad_sum;
  qs5_tb_player #(
      .STIMULUS_W(1 + W + W),
      .EXPECTED_W(1 + OUT_W),
      .CYCLES    (CYCLES),
      .VECTORS   (VECTORS)
  ) u_player (
      .clk         (clk),
      .cycle_o     (cycle),
      .checking_o  (checking),
      .stimulus_o  ({valid, a, b}),
      .expected_o  ({want_valid, want_sum}),
      .input_i     (valid),
      .output_i    (checking & want_valid),
      .mismatches_i(bad_sum)
  );

  qs5_add_pipelined #(
      .W      (W),
      .PIECES (PIECES),
      .DROPPED(DROPPED)
  ) u_dut (
      .clk_i(clk),
      .a_i  (a),
      .b_i  (b),
      .sum_o(sum)
  );

  qs5_tb_check #(.SIGNAL("sum_o"), .W(OUT_W)) u_sum (
      .clk(clk), .cycle_i(cycle), .care_i(checking & want_valid),
      .expected_i(want_sum), .actual_i(sum), .mismatches_o(bad_sum));
endmodule

`default_nettype wire
