// Bench of qs5_feedthrough_chain: streams, gaps and resets, checked in every cycle. The buffer of u is
// played too: its words are there in the cycle after the read that is expected.
//
//   stimulus.hex  {rst, in_valid, in_tag, in_data, u_start, u_tag, u_data}
//   expected.hex  {u_read, u_release, out_valid, out_tag, out_data};
//                 tag and data count where valid is 1;
//                 u_release counts where it must be 1, at the last read of a vector
`default_nettype none

module qs5_feedthrough_chain_tb #(
    parameter CYCLES        = 1,     // lines of stimulus.hex and expected.hex
    parameter VECTORS       = "./",  // their folder and that of rom.hex
    parameter CHANNELS      = 4,
    parameter LANES         = 1,
    parameter IN_W          = 18,
    parameter U_W           = 8,
    parameter D_W           = 8,
    parameter SUM_SHIFT     = 0,
    parameter PRODUCT_SHIFT = 0,
    parameter OUT_W         = 19,
    parameter ADDER_W       = 19
) (
    input wire clk
);
  localparam IN_DATA_W = LANES * IN_W;
  localparam U_DATA_W = LANES * U_W;
  localparam OUT_DATA_W = LANES * OUT_W;

  // Into the module.
  wire                 rst;
  wire                 in_valid;
  wire [          1:0] in_tag;
  wire [IN_DATA_W-1:0] in_data;
  wire                 u_start;
  wire [          1:0] u_tag;
  wire [ U_DATA_W-1:0] u_data;

  // Out of it, and what that should be.
  wire                  out_valid;
  wire [           1:0] out_tag;
  wire [OUT_DATA_W-1:0] out_data;
  wire                  u_read;
  wire                  u_release;
  wire                  want_u_read;
  wire                  want_u_release;
  wire                  want_out_valid;
  wire [           1:0] want_out_tag;
  wire [OUT_DATA_W-1:0] want_out_data;

  wire [31:0] cycle;
  wire        checking;
  wire [31:0] bad_out_valid;
  wire [31:0] bad_out_tag;
  wire [31:0] bad_out_data;
  wire [31:0] bad_u_read;
  wire [31:0] bad_u_release;
  qs5_tb_player #(
      .STIMULUS_W(1 + 1 + 2 + IN_DATA_W + 1 + 2 + U_DATA_W),
      .EXPECTED_W(1 + 1 + 1 + 2 + OUT_DATA_W),
      .CYCLES    (CYCLES),
      .VECTORS   (VECTORS)
  ) u_player (
      .clk         (clk),
      .cycle_o     (cycle),
      .checking_o  (checking),
      .stimulus_o  ({rst, in_valid, in_tag, in_data, u_start, u_tag, u_data}),
      .expected_o  ({want_u_read, want_u_release, want_out_valid, want_out_tag, want_out_data}),
      .input_i     (in_valid),
      .output_i    (out_valid),
      .mismatches_i(bad_out_valid + bad_out_tag + bad_out_data + bad_u_read + bad_u_release)
  );

  qs5_feedthrough_chain #(
      .CHANNELS     (CHANNELS),
      .LANES        (LANES),
      .IN_W         (IN_W),
      .U_W          (U_W),
      .D_W          (D_W),
      .SUM_SHIFT    (SUM_SHIFT),
      .PRODUCT_SHIFT(PRODUCT_SHIFT),
      .OUT_W        (OUT_W),
      .ADDER_W      (ADDER_W),
      .D_FILE       ({VECTORS, "rom.hex"})
  ) u_dut (
      .clk_i      (clk),
      .rst_i      (rst),
      .in_valid_i (in_valid),
      .in_tag_i   (in_tag),
      .in_data_i  (in_data),
      .u_start_i  (u_start),
      .u_tag_i    (u_tag),
      .u_read_o   (u_read),
      .u_release_o(u_release),
      .u_data_i   (u_data),
      .out_valid_o(out_valid),
      .out_tag_o  (out_tag),
      .out_data_o (out_data)
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
  qs5_tb_check #(.SIGNAL("u_read_o"), .W(1)) u_u_read (
      .clk(clk), .cycle_i(cycle), .care_i(checking),
      .expected_i(want_u_read), .actual_i(u_read), .mismatches_o(bad_u_read));
  qs5_tb_check #(.SIGNAL("u_release_o"), .W(1)) u_u_release (
      .clk(clk), .cycle_i(cycle), .care_i(checking & want_u_read & want_u_release),
      .expected_i(want_u_release), .actual_i(u_release), .mismatches_o(bad_u_release));
endmodule

`default_nettype wire
