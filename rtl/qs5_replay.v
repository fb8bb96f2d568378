// Between two segments of a design: takes whole sequences of steps, and starts their steps again
// in the opposite order.
//
// The vectors themselves are in stores (qs5_reverse): two stacks that grow towards each other from
// the ends of one memory of DEPTH vectors. Sequences take the sides in turn, so that one can be
// replayed while the next comes in.
//
//   promised  vectors that have started on the way in and have not started on the way out; a step
//             may start while fewer than DEPTH are promised
//   held      sequences that have a side; a step tagged first needs a free one
//
// A sequence whose last step started in cycle t is complete in its stores, and may be replayed,
// from cycle t + DELAY on. Replayed steps start at least INTERVAL cycles apart, and wait for
// replay_room_i. The tag {last, first} is that of the opposite order.
//
// With ALIGNED = 1 all replayed steps start whole multiples of INTERVAL after the first one since
// reset, as those of qs5_axis_in do.
//
// Latency   replay starts DELAY cycles after the start of the last step, if nothing is before it
// Reset     control: sequences that are held are forgotten
`default_nettype none

module qs5_replay #(
    parameter DEPTH    = 8,  // vectors that the stores hold
    parameter INTERVAL = 8,  // least cycles from start to start of the replay
    parameter DELAY    = 1,  // see above, at least 1
    parameter ALIGNED  = 0   // 1: starts are whole intervals apart
) (
    input  wire       clk_i,
    input  wire       rst_i,
    // steps in
    input  wire       step_start_i,
    input  wire [1:0] step_tag_i,
    output wire       step_room_o,
    // steps out
    output wire       replay_start_o,
    output wire [1:0] replay_tag_o,
    input  wire       replay_room_i,
    // to the stores
    output wire       go_start_o,
    output wire [1:0] go_tag_o
);
  localparam COUNT_W = $clog2(DEPTH + 1);
  localparam WAIT_W  = INTERVAL > 1 ? $clog2(INTERVAL) : 1;
  localparam DELAY_W = $clog2(DELAY + 1);
  localparam [COUNT_W-1:0] ALL = DEPTH[COUNT_W-1:0];
  localparam [COUNT_W-1:0] ONE = {{(COUNT_W - 1) {1'b0}}, 1'b1};
  localparam [WAIT_W-1:0]  LAST_WAIT = INTERVAL[WAIT_W-1:0] - 1'b1;
  localparam [DELAY_W-1:0] WHOLE_DELAY = DELAY[DELAY_W-1:0] - 1'b1;

  generate
    if (DEPTH < 2) begin : g_bad_depth
      qs5_error_replay_DEPTH_must_be_at_least_2 u_error ();
    end
    if (INTERVAL < 1) begin : g_bad_interval
      qs5_error_replay_INTERVAL_must_be_at_least_1 u_error ();
    end
    if (ALIGNED != 0 && ALIGNED != 1) begin : g_bad_aligned
      qs5_error_replay_ALIGNED_must_be_0_or_1 u_error ();
    end
    if (DELAY < 1) begin : g_bad_delay
      qs5_error_replay_DELAY_must_be_at_least_1 u_error ();
    end
  endgenerate

  wire step_first = step_start_i & step_tag_i[0];
  wire step_last = step_start_i & step_tag_i[1];
  wire start;
  wire [1:0] tag;
  wire finish = start & tag[1];

  // What is promised.
  reg [COUNT_W-1:0] promised_q;
  reg [        1:0] held_q;
  always @(posedge clk_i) begin
    if (step_start_i & ~start) promised_q <= promised_q + 1'b1;
    if (~step_start_i & start) promised_q <= promised_q - 1'b1;
    if (step_first & ~finish) held_q <= held_q + 1'b1;
    if (~step_first & finish) held_q <= held_q - 1'b1;
    if (rst_i) begin
      promised_q <= {COUNT_W{1'b0}};
      held_q     <= 2'd0;
    end
  end
  assign step_room_o = (promised_q != ALL) & ~(step_tag_i[0] & held_q == 2'd2);

  // Sides in turn, on the way in and on the way out.
  reg in_side_q;
  reg out_side_q;
  always @(posedge clk_i) begin
    in_side_q  <= ~rst_i & (in_side_q ^ step_last);
    out_side_q <= ~rst_i & (out_side_q ^ finish);
  end

  // Each side: the vectors it was promised, and when all of them are there.
  wire [2*COUNT_W-1:0] left;
  wire [          1:0] replayed;  // whether some of the sequence has been replayed
  wire [          1:0] ready;
  genvar s;
  generate
    for (s = 0; s < 2; s = s + 1) begin : g_side
      wire here = step_start_i & (in_side_q == s[0]);
      wire gone = start & (out_side_q == s[0]);
      reg [COUNT_W-1:0] left_q;
      reg [DELAY_W-1:0] delay_q;
      reg               complete_q;  // its last step has started
      reg               replayed_q;
      always @(posedge clk_i) begin
        // A side never takes and gives a vector in the same cycle.
        if (here) left_q <= step_tag_i[0] ? ONE : left_q + 1'b1;
        else if (gone) left_q <= left_q - 1'b1;
        if (here & step_tag_i[1]) delay_q <= WHOLE_DELAY;
        else if (delay_q != {DELAY_W{1'b0}}) delay_q <= delay_q - 1'b1;
        if (here & step_tag_i[1]) complete_q <= 1'b1;
        else if (gone & tag[1]) complete_q <= 1'b0;
        if (gone) replayed_q <= ~tag[1];
        if (rst_i) begin
          delay_q    <= {DELAY_W{1'b0}};
          complete_q <= 1'b0;
          replayed_q <= 1'b0;
        end
      end
      assign left[s*COUNT_W+:COUNT_W] = left_q;
      assign replayed[s] = replayed_q;
      assign ready[s] = complete_q & (delay_q == {DELAY_W{1'b0}});
    end
  endgenerate

  // Start a step again.
  reg  [ WAIT_W-1:0] wait_q;
  reg                grid_q;  // the first step has set the cycles of all others
  wire [COUNT_W-1:0] left_here = out_side_q ? left[COUNT_W+:COUNT_W] : left[0+:COUNT_W];
  assign tag   = {left_here == ONE, ~replayed[out_side_q]};
  assign start = ready[out_side_q] & (wait_q == {WAIT_W{1'b0}}) & replay_room_i;
  always @(posedge clk_i) begin
    if (start) wait_q <= LAST_WAIT;
    else if (wait_q != {WAIT_W{1'b0}}) wait_q <= wait_q - 1'b1;
    else if (grid_q) wait_q <= LAST_WAIT;
    if (start) grid_q <= ALIGNED != 0;
    if (rst_i) begin
      wait_q <= {WAIT_W{1'b0}};
      grid_q <= 1'b0;
    end
  end

  assign replay_start_o = start;
  assign replay_tag_o   = tag;
  assign go_start_o     = start;
  assign go_tag_o       = tag;
endmodule

`default_nettype wire
