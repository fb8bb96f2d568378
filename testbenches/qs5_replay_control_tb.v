// Bench of qs5_replay_control: steps in, room for steps out, resets, checked in every cycle.
//
//   stimulus.hex  {rst, step_start, step_tag, replay_room}
//   expected.hex  {step_room, replay_start, replay_tag}
//                 replay_tag is compared where replay_start is 1. The go port must equal replay.
`default_nettype none

module qs5_replay_control_tb #(
    parameter CYCLES   = 1,     // lines of stimulus.hex and expected.hex
    parameter VECTORS  = "./",  // their folder
    parameter DEPTH    = 8,
    parameter INTERVAL = 8,
    parameter DELAY    = 1,
    parameter ALIGNED  = 0
) (
    input wire clk
);
  // Into the module.
  wire       rst;
  wire       step_start;
  wire [1:0] step_tag;
  wire       replay_room;

  // Out of it, and what that should be.
  wire       step_room;
  wire       replay_start;
  wire [1:0] replay_tag;
  wire       go_start;
  wire [1:0] go_tag;
  wire       want_step_room;
  wire       want_start;
  wire [1:0] want_tag;

  // The bench measures from the first step in to the first step out.
  reg seen_q = 1'b0;
  always @(posedge clk) seen_q <= seen_q | step_start;

  wire [31:0] cycle;
  wire        checking;
  wire [31:0] bad_room;
  wire [31:0] bad_start;
  wire [31:0] bad_tag;
  wire [31:0] bad_go;
  qs5_tb_player #(
      .STIMULUS_W(1 + 1 + 2 + 1),
      .EXPECTED_W(1 + 1 + 2),
      .CYCLES    (CYCLES),
      .VECTORS   (VECTORS)
  ) u_player (
      .clk         (clk),
      .cycle_o     (cycle),
      .checking_o  (checking),
      .stimulus_o  ({rst, step_start, step_tag, replay_room}),
      .expected_o  ({want_step_room, want_start, want_tag}),
      .input_i     (step_start & ~seen_q),
      .output_i    (checking & replay_start),
      .mismatches_i(bad_room + bad_start + bad_tag + bad_go)
  );

  qs5_replay_control #(
      .DEPTH   (DEPTH),
      .INTERVAL(INTERVAL),
      .DELAY   (DELAY),
      .ALIGNED (ALIGNED)
  ) u_dut (
      .clk_i         (clk),
      .rst_i         (rst),
      .step_start_i  (step_start),
      .step_tag_i    (step_tag),
      .step_room_o   (step_room),
      .replay_start_o(replay_start),
      .replay_tag_o  (replay_tag),
      .replay_room_i (replay_room),
      .go_start_o    (go_start),
      .go_tag_o      (go_tag)
  );

  qs5_tb_check #(.SIGNAL("step_room_o"), .W(1)) u_room (
      .clk(clk), .cycle_i(cycle), .care_i(checking & ~rst),
      .expected_i(want_step_room), .actual_i(step_room), .mismatches_o(bad_room));
  qs5_tb_check #(.SIGNAL("replay_start_o"), .W(1)) u_start (
      .clk(clk), .cycle_i(cycle), .care_i(checking),
      .expected_i(want_start), .actual_i(replay_start), .mismatches_o(bad_start));
  qs5_tb_check #(.SIGNAL("replay_tag_o"), .W(2)) u_tag (
      .clk(clk), .cycle_i(cycle), .care_i(checking & want_start),
      .expected_i(want_tag), .actual_i(replay_tag), .mismatches_o(bad_tag));
  qs5_tb_check #(.SIGNAL("go"), .W(3)) u_go (
      .clk(clk), .cycle_i(cycle), .care_i(checking & want_start),
      .expected_i({1'b1, want_tag}), .actual_i({go_start, go_tag}), .mismatches_o(bad_go));
endmodule

`default_nettype wire
