// Bench of qs5_axis_out: steps as early as there is room, a sink that holds back, resets.
//
//   stimulus.hex  {rst, start, step_tag, in_valid, in_tag, in_data, tready}
//   expected.hex  {room, tvalid, tlast, tdata};
//                 tlast and tdata count where tvalid is 1
`default_nettype none

module qs5_axis_out_tb #(
    parameter CYCLES   = 1,     // lines of stimulus.hex and expected.hex
    parameter VECTORS  = "./",  // their folder
    parameter ELEMENTS = 4,
    parameter LANES    = 1,
    parameter W        = 8,
    parameter SLOT_W   = 8,
    parameter SLOTS    = 2,
    parameter EMIT     = 0
) (
    input wire clk
);
  localparam BUS_W = LANES * SLOT_W;
  localparam IN_DATA_W = LANES * W;

  // Into the module.
  wire                 rst;
  wire                 start;
  wire [          1:0] step_tag;
  wire                 in_valid;
  wire [          1:0] in_tag;
  wire [IN_DATA_W-1:0] in_data;
  wire                 tready;

  // Out of it, and what that should be.
  wire             room;
  wire             tvalid;
  wire             tlast;
  wire [BUS_W-1:0] tdata;
  wire             want_room;
  wire             want_tvalid;
  wire             want_tlast;
  wire [BUS_W-1:0] want_tdata;

  wire [31:0] cycle;
  wire        checking;
  wire [31:0] bad_room;
  wire [31:0] bad_tvalid;
  wire [31:0] bad_tlast;
  wire [31:0] bad_tdata;
  qs5_tb_player #(
      .STIMULUS_W(1 + 1 + 2 + 1 + 2 + IN_DATA_W + 1),
      .EXPECTED_W(1 + 1 + 1 + BUS_W),
      .CYCLES    (CYCLES),
      .VECTORS   (VECTORS)
  ) u_player (
      .clk         (clk),
      .cycle_o     (cycle),
      .checking_o  (checking),
      .stimulus_o  ({rst, start, step_tag, in_valid, in_tag, in_data, tready}),
      .expected_o  ({want_room, want_tvalid, want_tlast, want_tdata}),
      .input_i     (in_valid),
      .output_i    (tvalid & tready),
      .mismatches_i(bad_room + bad_tvalid + bad_tlast + bad_tdata)
  );

  qs5_axis_out #(
      .ELEMENTS(ELEMENTS),
      .LANES   (LANES),
      .W       (W),
      .SLOT_W  (SLOT_W),
      .SLOTS   (SLOTS),
      .EMIT    (EMIT)
  ) u_dut (
      .clk_i        (clk),
      .rst_i        (rst),
      .step_start_i (start),
      .step_tag_i   (step_tag),
      .step_room_o  (room),
      .in_valid_i   (in_valid),
      .in_tag_i     (in_tag),
      .in_data_i    (in_data),
      .m_axis_tdata (tdata),
      .m_axis_tvalid(tvalid),
      .m_axis_tready(tready),
      .m_axis_tlast (tlast)
  );

  qs5_tb_check #(.SIGNAL("step_room_o"), .W(1)) u_room (
      .clk(clk), .cycle_i(cycle), .care_i(checking),
      .expected_i(want_room), .actual_i(room), .mismatches_o(bad_room));
  qs5_tb_check #(.SIGNAL("m_axis_tvalid"), .W(1)) u_tvalid (
      .clk(clk), .cycle_i(cycle), .care_i(checking),
      .expected_i(want_tvalid), .actual_i(tvalid), .mismatches_o(bad_tvalid));
  qs5_tb_check #(.SIGNAL("m_axis_tlast"), .W(1)) u_tlast (
      .clk(clk), .cycle_i(cycle), .care_i(checking & want_tvalid),
      .expected_i(want_tlast), .actual_i(tlast), .mismatches_o(bad_tlast));
  qs5_tb_check #(.SIGNAL("m_axis_tdata"), .W(BUS_W)) u_tdata (
      .clk(clk), .cycle_i(cycle), .care_i(checking & want_tvalid),
      .expected_i(want_tdata), .actual_i(tdata), .mismatches_o(bad_tdata));
endmodule

`default_nettype wire
