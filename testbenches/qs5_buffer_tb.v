// Bench of qs5_buffer: one writer, one reader, several passes, gaps and resets.
//
//   stimulus.hex  {rst, in_valid, in_tag, in_data, vec_read, vec_release}
//   expected.hex  {vec_start, vec_tag, vec_valid, vec_data};
//                 vec_tag counts where vec_start is 1, vec_data where vec_valid, which is
//                 no port, is 1: in the cycle after a read
`default_nettype none

module qs5_buffer_tb #(
    parameter CYCLES      = 1,     // lines of stimulus.hex and expected.hex
    parameter VECTORS     = "./",  // their folder
    parameter W           = 8,
    parameter ELEMENTS    = 8,
    parameter WRITE_LANES = 1,
    parameter READ_LANES  = 1,
    parameter WORD_LANES  = 1,
    parameter BANKS       = 2
) (
    input wire clk
);
  localparam IN_DATA_W = WRITE_LANES * W;
  localparam VEC_DATA_W = READ_LANES * W;

  // Into the module.
  wire                 rst;
  wire                 in_valid;
  wire [          1:0] in_tag;
  wire [IN_DATA_W-1:0] in_data;
  wire                 vec_read;
  wire                 vec_release;

  // Out of it, and what that should be.
  wire                  vec_start;
  wire [           1:0] vec_tag;
  wire [VEC_DATA_W-1:0] vec_data;
  wire                  want_vec_start;
  wire [           1:0] want_vec_tag;
  wire                  want_vec_valid;
  wire [VEC_DATA_W-1:0] want_vec_data;

  wire [31:0] cycle;
  wire        checking;
  wire [31:0] bad_vec_start;
  wire [31:0] bad_vec_tag;
  wire [31:0] bad_vec_data;
  qs5_tb_player #(
      .STIMULUS_W(1 + 1 + 2 + IN_DATA_W + 1 + 1),
      .EXPECTED_W(1 + 2 + 1 + VEC_DATA_W),
      .CYCLES    (CYCLES),
      .VECTORS   (VECTORS)
  ) u_player (
      .clk         (clk),
      .cycle_o     (cycle),
      .checking_o  (checking),
      .stimulus_o  ({rst, in_valid, in_tag, in_data, vec_read, vec_release}),
      .expected_o  ({want_vec_start, want_vec_tag, want_vec_valid, want_vec_data}),
      .input_i     (in_valid),
      .output_i    (checking & want_vec_valid),
      .mismatches_i(bad_vec_start + bad_vec_tag + bad_vec_data)
  );

  qs5_buffer #(
      .W          (W),
      .ELEMENTS   (ELEMENTS),
      .WRITE_LANES(WRITE_LANES),
      .READ_LANES (READ_LANES),
      .WORD_LANES (WORD_LANES),
      .BANKS      (BANKS)
  ) u_dut (
      .clk_i        (clk),
      .rst_i        (rst),
      .in_valid_i   (in_valid),
      .in_tag_i     (in_tag),
      .in_data_i    (in_data),
      .vec_start_o  (vec_start),
      .vec_tag_o    (vec_tag),
      .vec_read_i   (vec_read),
      .vec_release_i(vec_release),
      .vec_data_o   (vec_data)
  );

  qs5_tb_check #(.SIGNAL("vec_start_o"), .W(1)) u_vec_start (
      .clk(clk), .cycle_i(cycle), .care_i(checking),
      .expected_i(want_vec_start), .actual_i(vec_start), .mismatches_o(bad_vec_start));
  qs5_tb_check #(.SIGNAL("vec_tag_o"), .W(2)) u_vec_tag (
      .clk(clk), .cycle_i(cycle), .care_i(checking & want_vec_start),
      .expected_i(want_vec_tag), .actual_i(vec_tag), .mismatches_o(bad_vec_tag));
  qs5_tb_check #(.SIGNAL("vec_data_o"), .W(VEC_DATA_W)) u_vec_data (
      .clk(clk), .cycle_i(cycle), .care_i(checking & want_vec_valid),
      .expected_i(want_vec_data), .actual_i(vec_data), .mismatches_o(bad_vec_data));
endmodule

`default_nettype wire
