// Bench of qs5_interleave_states: streams, gaps and resets, checked in every cycle. The buffer of a is
// played too: its words are there in the cycle after the read that is expected.
//
//   stimulus.hex  {rst, in_valid, in_tag, in_data, a_start, a_tag, a_data}
//   expected.hex  {a_read, a_release, out_valid, out_tag, out_data};
//                 tag and data count where valid is 1;
//                 a_release counts where it must be 1, at the last read of a vector
`default_nettype none

module qs5_interleave_states_tb #(
    parameter CYCLES  = 1,     // lines of stimulus.hex and expected.hex
    parameter VECTORS = "./",  // their folder
    parameter LANES   = 2,
    parameter W       = 8
) (
    input wire clk
);
  localparam IN_DATA_W = LANES * W;
  localparam A_DATA_W = LANES * W;
  localparam OUT_DATA_W = 2 * LANES * W;

  // Into the module.
  wire                 rst;
  wire                 in_valid;
  wire [          1:0] in_tag;
  wire [IN_DATA_W-1:0] in_data;
  wire                 a_start;
  wire [          1:0] a_tag;
  wire [ A_DATA_W-1:0] a_data;

  // Out of it, and what that should be.
  wire                  out_valid;
  wire [           1:0] out_tag;
  wire [OUT_DATA_W-1:0] out_data;
  wire                  a_read;
  wire                  a_release;
  wire                  want_a_read;
  wire                  want_a_release;
  wire                  want_out_valid;
  wire [           1:0] want_out_tag;
  wire [OUT_DATA_W-1:0] want_out_data;

  wire [31:0] cycle;
  wire        checking;
  wire [31:0] bad_out_valid;
  wire [31:0] bad_out_tag;
  wire [31:0] bad_out_data;
  wire [31:0] bad_a_read;
  wire [31:0] bad_a_release;
  qs5_tb_player #(
      .STIMULUS_W(1 + 1 + 2 + IN_DATA_W + 1 + 2 + A_DATA_W),
      .EXPECTED_W(1 + 1 + 1 + 2 + OUT_DATA_W),
      .CYCLES    (CYCLES),
      .VECTORS   (VECTORS)
  ) u_player (
      .clk         (clk),
      .cycle_o     (cycle),
      .checking_o  (checking),
      .stimulus_o  ({rst, in_valid, in_tag, in_data, a_start, a_tag, a_data}),
      .expected_o  ({want_a_read, want_a_release, want_out_valid, want_out_tag, want_out_data}),
      .input_i     (in_valid),
      .output_i    (out_valid),
      .mismatches_i(bad_out_valid + bad_out_tag + bad_out_data + bad_a_read + bad_a_release)
  );

  qs5_interleave_states #(
      .LANES(LANES),
      .W    (W)
  ) u_dut (
      .clk_i      (clk),
      .rst_i      (rst),
      .in_valid_i (in_valid),
      .in_tag_i   (in_tag),
      .in_data_i  (in_data),
      .a_start_i  (a_start),
      .a_tag_i    (a_tag),
      .a_read_o   (a_read),
      .a_release_o(a_release),
      .a_data_i   (a_data),
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
  qs5_tb_check #(.SIGNAL("a_read_o"), .W(1)) u_a_read (
      .clk(clk), .cycle_i(cycle), .care_i(checking),
      .expected_i(want_a_read), .actual_i(a_read), .mismatches_o(bad_a_read));
  qs5_tb_check #(.SIGNAL("a_release_o"), .W(1)) u_a_release (
      .clk(clk), .cycle_i(cycle), .care_i(checking & want_a_read & want_a_release),
      .expected_i(want_a_release), .actual_i(a_release), .mismatches_o(bad_a_release));
endmodule

`default_nettype wire
