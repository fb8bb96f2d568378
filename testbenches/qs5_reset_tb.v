// Bench of qs5_reset: levels through it, one per cycle.
//
//   stimulus.hex  {valid, aresetn}
//   expected.hex  {valid, rst}
//                 valid is not a port: it marks the levels to play and the levels to compare
`default_nettype none

module qs5_reset_tb #(
    parameter CYCLES  = 1,     // lines of stimulus.hex and expected.hex
    parameter VECTORS = "./",  // their folder
    parameter BLOCKS  = 1
) (
    input wire clk
);
  // Into the module.
  wire valid;
  wire aresetn;

  // Out of it, and what that should be.
  wire [BLOCKS-1:0] rst;
  wire              want_valid;
  wire [BLOCKS-1:0] want_rst;

  wire [31:0] cycle;
  wire        checking;
  wire [31:0] bad_rst;
  qs5_tb_player #(
      .STIMULUS_W(1 + 1),
      .EXPECTED_W(1 + BLOCKS),
      .CYCLES    (CYCLES),
      .VECTORS   (VECTORS)
  ) u_player (
      .clk         (clk),
      .cycle_o     (cycle),
      .checking_o  (checking),
      .stimulus_o  ({valid, aresetn}),
      .expected_o  ({want_valid, want_rst}),
      .input_i     (valid),
      .output_i    (checking & want_valid),
      .mismatches_i(bad_rst)
  );

  qs5_reset #(
      .BLOCKS(BLOCKS)
  ) u_dut (
      .clk_i  (clk),
      .aresetn(aresetn),
      .rst_o  (rst)
  );

  qs5_tb_check #(.SIGNAL("rst_o"), .W(BLOCKS)) u_rst (
      .clk(clk), .cycle_i(cycle), .care_i(checking & want_valid),
      .expected_i(want_rst), .actual_i(rst), .mismatches_o(bad_rst));
endmodule

`default_nettype wire
