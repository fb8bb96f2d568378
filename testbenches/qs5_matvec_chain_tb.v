// Bench of qs5_matvec_chain: vectors back to back, gaps and resets, checked in every cycle. The buffer
// of x is played too: its words are there in the cycle after the read that is expected.
//
//   stimulus.hex  {rst, x_start, x_tag, x_data}
//   expected.hex  {x_read, x_pass_end, x_release, out_valid, out_tag, out_data};
//                 tag and data count where valid is 1;
//                 x_release counts where x_pass_end, which is no port, is 1
`default_nettype none

module qs5_matvec_chain_tb #(
    parameter CYCLES       = 1,     // lines of stimulus.hex and expected.hex
    parameter VECTORS      = "./",  // their folder and that of rom00.hex and on
    parameter ROWS         = 4,
    parameter COLS         = 4,
    parameter PE           = 1,
    parameter SIMD         = 1,
    parameter OUT_LANES    = 1,
    parameter GROUP_CYCLES = 4,
    parameter X_W          = 8,
    parameter WEIGHT_W     = 8,
    parameter ACC_W        = 18,
    parameter ACC_LOAD     = 0,
    parameter ACC_PARTS    = 1,
    parameter CHAIN        = 1
) (
    input wire clk
);
  localparam X_DATA_W = SIMD * X_W;
  localparam OUT_DATA_W = OUT_LANES * ACC_W;

  // Into the module.
  wire                rst;
  wire                x_start;
  wire [         1:0] x_tag;
  wire [X_DATA_W-1:0] x_data;

  // Out of it, and what that should be.
  wire                  out_valid;
  wire [           1:0] out_tag;
  wire [OUT_DATA_W-1:0] out_data;
  wire                  x_read;
  wire                  x_release;
  wire                  want_x_read;
  wire                  want_x_pass_end;
  wire                  want_x_release;
  wire                  want_out_valid;
  wire [           1:0] want_out_tag;
  wire [OUT_DATA_W-1:0] want_out_data;

  wire [31:0] cycle;
  wire        checking;
  wire [31:0] bad_out_valid;
  wire [31:0] bad_out_tag;
  wire [31:0] bad_out_data;
  wire [31:0] bad_x_read;
  wire [31:0] bad_x_release;
  qs5_tb_player #(
      .STIMULUS_W(1 + 1 + 2 + X_DATA_W),
      .EXPECTED_W(1 + 1 + 1 + 1 + 2 + OUT_DATA_W),
      .CYCLES    (CYCLES),
      .VECTORS   (VECTORS)
  ) u_player (
      .clk         (clk),
      .cycle_o     (cycle),
      .checking_o  (checking),
      .stimulus_o  ({rst, x_start, x_tag, x_data}),
      .expected_o  ({want_x_read, want_x_pass_end, want_x_release, want_out_valid, want_out_tag,
                      want_out_data}),
      .input_i     (x_start),
      .output_i    (out_valid),
      .mismatches_i(bad_out_valid + bad_out_tag + bad_out_data + bad_x_read + bad_x_release)
  );

  qs5_matvec_chain #(
      .ROWS        (ROWS),
      .COLS        (COLS),
      .PE          (PE),
      .SIMD        (SIMD),
      .OUT_LANES   (OUT_LANES),
      .GROUP_CYCLES(GROUP_CYCLES),
      .X_W         (X_W),
      .WEIGHT_W    (WEIGHT_W),
      .ACC_W       (ACC_W),
      .ACC_LOAD    (ACC_LOAD),
      .ACC_PARTS   (ACC_PARTS),
      .CHAIN       (CHAIN),
      .WEIGHT_FILE ({VECTORS, "rom"})
  ) u_dut (
      .clk_i      (clk),
      .rst_i      (rst),
      .x_start_i  (x_start),
      .x_tag_i    (x_tag),
      .x_read_o   (x_read),
      .x_release_o(x_release),
      .x_data_i   (x_data),
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
  qs5_tb_check #(.SIGNAL("x_read_o"), .W(1)) u_x_read (
      .clk(clk), .cycle_i(cycle), .care_i(checking),
      .expected_i(want_x_read), .actual_i(x_read), .mismatches_o(bad_x_read));
  qs5_tb_check #(.SIGNAL("x_release_o"), .W(1)) u_x_release (
      .clk(clk), .cycle_i(cycle), .care_i(checking & want_x_pass_end),
      .expected_i(want_x_release), .actual_i(x_release), .mismatches_o(bad_x_release));
endmodule

`default_nettype wire
