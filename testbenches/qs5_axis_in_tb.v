// Bench of qs5_axis_in: a source with gaps, waiting for room, tlast in the wrong place, resets.
//
//   stimulus.hex  {rst, tvalid, tlast, tdata, room}
//   expected.hex  {tready, start, waits, step_tag, protocol, out_valid, out_tag, out_data}
//                 out_tag and out_data are compared where out_valid is 1, step_tag where waits is 1.
//                 waits is not a port: it is 1 while a step waits to start.
`default_nettype none

module qs5_axis_in_tb #(
    parameter CYCLES     = 1,     // lines of stimulus.hex and expected.hex
    parameter VECTORS    = "./",  // their folder
    parameter ELEMENTS   = 4,
    parameter LANES      = 1,
    parameter W          = 8,
    parameter SLOT_W     = 8,
    parameter INTERVAL   = 8,
    parameter MAX_LENGTH = 0,
    parameter ALIGNED    = 0,
    parameter UNSIGNED   = 0
) (
    input wire clk
);
  localparam BUS_W = LANES * SLOT_W;
  localparam OUT_DATA_W = LANES * W;

  // Into the module.
  wire             rst;
  wire             tvalid;
  wire             tlast;
  wire [BUS_W-1:0] tdata;
  wire             room;

  // Out of it, and what that should be.
  wire                  out_valid;
  wire [           1:0] out_tag;
  wire [OUT_DATA_W-1:0] out_data;
  wire                  tready;
  wire                  start;
  wire [           1:0] step_tag;
  wire                  protocol;
  wire                  want_tready;
  wire                  want_start;
  wire                  want_waits;
  wire [           1:0] want_step_tag;
  wire                  want_protocol;
  wire                  want_out_valid;
  wire [           1:0] want_out_tag;
  wire [OUT_DATA_W-1:0] want_out_data;

  wire [31:0] cycle;
  wire        checking;
  wire [31:0] bad_out_valid;
  wire [31:0] bad_out_tag;
  wire [31:0] bad_out_data;
  wire [31:0] bad_tready;
  wire [31:0] bad_start;
  wire [31:0] bad_step_tag;
  wire [31:0] bad_protocol;
  qs5_tb_player #(
      .STIMULUS_W(1 + 1 + 1 + BUS_W + 1),
      .EXPECTED_W(1 + 1 + 1 + 2 + 1 + 1 + 2 + OUT_DATA_W),
      .CYCLES    (CYCLES),
      .VECTORS   (VECTORS)
  ) u_player (
      .clk         (clk),
      .cycle_o     (cycle),
      .checking_o  (checking),
      .stimulus_o  ({rst, tvalid, tlast, tdata, room}),
      .expected_o  ({want_tready, want_start, want_waits, want_step_tag, want_protocol,
                      want_out_valid, want_out_tag, want_out_data}),
      .input_i     (tvalid),
      .output_i    (out_valid),
      .mismatches_i(bad_out_valid + bad_out_tag + bad_out_data + bad_tready + bad_start
                     + bad_step_tag + bad_protocol)
  );

  qs5_axis_in #(
      .ELEMENTS  (ELEMENTS),
      .LANES     (LANES),
      .W         (W),
      .SLOT_W    (SLOT_W),
      .INTERVAL  (INTERVAL),
      .MAX_LENGTH(MAX_LENGTH),
      .ALIGNED   (ALIGNED),
      .UNSIGNED  (UNSIGNED)
  ) u_dut (
      .clk_i        (clk),
      .rst_i        (rst),
      .s_axis_tdata (tdata),
      .s_axis_tvalid(tvalid),
      .s_axis_tready(tready),
      .s_axis_tlast (tlast),
      .step_room_i  (room),
      .step_start_o (start),
      .step_tag_o   (step_tag),
      .out_valid_o  (out_valid),
      .out_tag_o    (out_tag),
      .out_data_o   (out_data),
      .protocol_o   (protocol)
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
  qs5_tb_check #(.SIGNAL("s_axis_tready"), .W(1)) u_tready (
      .clk(clk), .cycle_i(cycle), .care_i(checking),
      .expected_i(want_tready), .actual_i(tready), .mismatches_o(bad_tready));
  qs5_tb_check #(.SIGNAL("step_start_o"), .W(1)) u_start (
      .clk(clk), .cycle_i(cycle), .care_i(checking),
      .expected_i(want_start), .actual_i(start), .mismatches_o(bad_start));
  qs5_tb_check #(.SIGNAL("step_tag_o"), .W(2)) u_step_tag (
      .clk(clk), .cycle_i(cycle), .care_i(checking & want_waits),
      .expected_i(want_step_tag), .actual_i(step_tag), .mismatches_o(bad_step_tag));
  qs5_tb_check #(.SIGNAL("protocol_o"), .W(1)) u_protocol (
      .clk(clk), .cycle_i(cycle), .care_i(checking),
      .expected_i(want_protocol), .actual_i(protocol), .mismatches_o(bad_protocol));
endmodule

`default_nettype wire
