// Bench of qs5_axis_in: a source with gaps, waiting for room, tlast in the wrong place, resets.
// The reset goes through qs5_reset, so that the bench covers it too.
//
//   stimulus.hex  {aresetn, tvalid, tlast, tdata, room}
//   expected.hex  {tready, start, protocol, out_valid, out_tag, out_data};
//                 tag and data count where valid is 1
`default_nettype none

module qs5_axis_in_tb #(
    parameter CYCLES   = 1,     // lines of stimulus.hex and expected.hex
    parameter VECTORS  = "./",  // their folder
    parameter ELEMENTS = 4,
    parameter LANES    = 1,
    parameter W        = 8,
    parameter SLOT_W   = 8,
    parameter INTERVAL = 8
) (
    input wire clk
);
  localparam BUS_W = LANES * SLOT_W;
  localparam OUT_DATA_W = LANES * W;

  // Into the module.
  wire             aresetn;
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
  wire                  protocol;
  wire                  want_tready;
  wire                  want_start;
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
  wire [31:0] bad_protocol;
  qs5_tb_player #(
      .STIMULUS_W(1 + 1 + 1 + BUS_W + 1),
      .EXPECTED_W(1 + 1 + 1 + 1 + 2 + OUT_DATA_W),
      .CYCLES    (CYCLES),
      .VECTORS   (VECTORS)
  ) u_player (
      .clk         (clk),
      .cycle_o     (cycle),
      .checking_o  (checking),
      .stimulus_o  ({aresetn, tvalid, tlast, tdata, room}),
      .expected_o  ({want_tready, want_start, want_protocol, want_out_valid, want_out_tag,
                      want_out_data}),
      .input_i     (tvalid),
      .output_i    (out_valid),
      .mismatches_i(bad_out_valid + bad_out_tag + bad_out_data + bad_tready + bad_start
                     + bad_protocol)
  );

  wire rst;
  qs5_reset u_reset (
      .aresetn(aresetn),
      .rst_o  (rst)
  );
  qs5_axis_in #(
      .ELEMENTS(ELEMENTS),
      .LANES   (LANES),
      .W       (W),
      .SLOT_W  (SLOT_W),
      .INTERVAL(INTERVAL)
  ) u_dut (
      .clk_i        (clk),
      .rst_i        (rst),
      .s_axis_tdata (tdata),
      .s_axis_tvalid(tvalid),
      .s_axis_tready(tready),
      .s_axis_tlast (tlast),
      .step_room_i  (room),
      .step_start_o (start),
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
  qs5_tb_check #(.SIGNAL("protocol_o"), .W(1)) u_protocol (
      .clk(clk), .cycle_i(cycle), .care_i(checking),
      .expected_i(want_protocol), .actual_i(protocol), .mismatches_o(bad_protocol));
endmodule

`default_nettype wire
