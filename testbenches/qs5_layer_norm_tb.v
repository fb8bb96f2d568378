// Bench of qs5_layer_norm: streams, gaps and resets, checked in every cycle. The buffer of x is
// played too: its words are there in the cycle after the read that is expected.
//
//   stimulus.hex  {rst, in_valid, in_tag, in_data, x_start, x_tag, x_data}
//   expected.hex  {x_read, x_release, out_valid, out_tag, out_data};
//                 tag and data count where valid is 1;
//                 x_release counts where it must be 1, at the last read of a vector
`default_nettype none

module qs5_layer_norm_tb #(
    parameter CYCLES  = 1,     // lines of stimulus.hex and expected.hex
    parameter VECTORS = "./",  // their folder
    parameter CHANNELS   = 4,
    parameter LANES      = 1,
    parameter W          = 16,
    parameter OUT_W      = 12,
    parameter EPSILON_W  = 2,
    parameter EPSILON_HI = 0,
    parameter EPSILON_LO = 1,
    parameter INDEX_W    = 8,
    parameter FRAC       = 16,
    parameter OUT_FRAC   = 10,
    parameter [8*11-1:0] ROUNDING   = "half_even",
    parameter S_LOW      = 0,
    parameter C_LOW      = 0
) (
    input wire clk
);
  localparam IN_DATA_W = LANES * W;
  localparam X_DATA_W = LANES * W;
  localparam OUT_DATA_W = LANES * OUT_W;

  // Into the module.
  wire                 rst;
  wire                 in_valid;
  wire [          1:0] in_tag;
  wire [IN_DATA_W-1:0] in_data;
  wire                 x_start;
  wire [          1:0] x_tag;
  wire [ X_DATA_W-1:0] x_data;

  // Out of it, and what that should be.
  wire                  out_valid;
  wire [           1:0] out_tag;
  wire [OUT_DATA_W-1:0] out_data;
  wire                  x_read;
  wire                  x_release;
  wire                  want_x_read;
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
      .STIMULUS_W(1 + 1 + 2 + IN_DATA_W + 1 + 2 + X_DATA_W),
      .EXPECTED_W(1 + 1 + 1 + 2 + OUT_DATA_W),
      .CYCLES    (CYCLES),
      .VECTORS   (VECTORS)
  ) u_player (
      .clk         (clk),
      .cycle_o     (cycle),
      .checking_o  (checking),
      .stimulus_o  ({rst, in_valid, in_tag, in_data, x_start, x_tag, x_data}),
      .expected_o  ({want_x_read, want_x_release, want_out_valid, want_out_tag, want_out_data}),
      .input_i     (in_valid),
      .output_i    (out_valid),
      .mismatches_i(bad_out_valid + bad_out_tag + bad_out_data + bad_x_read + bad_x_release)
  );

  qs5_layer_norm #(
      .CHANNELS  (CHANNELS),
      .LANES     (LANES),
      .W         (W),
      .OUT_W     (OUT_W),
      .EPSILON_W (EPSILON_W),
      .EPSILON_HI(EPSILON_HI),
      .EPSILON_LO(EPSILON_LO),
      .INDEX_W   (INDEX_W),
      .FRAC      (FRAC),
      .OUT_FRAC  (OUT_FRAC),
      .ROUNDING  (ROUNDING),
      .S_LOW     (S_LOW),
      .C_LOW     (C_LOW),
      .TABLE_FILE({VECTORS, "rom.hex"})
  ) u_dut (
      .clk_i      (clk),
      .rst_i      (rst),
      .in_valid_i (in_valid),
      .in_tag_i   (in_tag),
      .in_data_i  (in_data),
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
      .clk(clk), .cycle_i(cycle), .care_i(checking & want_x_read & want_x_release),
      .expected_i(want_x_release), .actual_i(x_release), .mismatches_o(bad_x_release));
endmodule

`default_nettype wire
