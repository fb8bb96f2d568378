// Controller between two segments: receives sequences of steps, starts their steps in reverse order.
//
// The vectors are in stores (qs5_reverse). A store is two stacks that grow towards each other from the
// ends of one memory of DEPTH vectors. Sequences alternate between the two sides. One sequence can be
// replayed while the next one comes in.
//
//   promised  vectors that started on the way in but not on the way out; a step may start while
//             promised < DEPTH
//   held      sequences that occupy a side; a step tagged first needs a free side
//
// A sequence whose last step started in cycle t may be replayed from cycle t + DELAY on. Replayed steps
// start at least INTERVAL cycles apart, each one cycle after replay_room_i was 1. replay_tag_o is
// {last, first} in the reverse order. It belongs to the step that waits to start. With ALIGNED = 1
// all starts are whole multiples of INTERVAL after the first start since reset.
//
// Latency   DELAY cycles from the start of the last step to the first replayed start
// Interval  INTERVAL cycles per step
// Reset     control; stored sequences are lost
`default_nettype none

module qs5_replay_control #(
    parameter DEPTH    = 8,  // vectors that the stores hold
    parameter INTERVAL = 8,  // least cycles from start to start on both sides, at least 3
    parameter DELAY    = 4,  // cycles from the last start of a sequence to its replay, at least 3
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
  localparam [COUNT_W-1:0] ALL = DEPTH[COUNT_W-1:0];
  localparam [COUNT_W-1:0] ONE = {{(COUNT_W - 1) {1'b0}}, 1'b1};
  localparam [COUNT_W-1:0] TWO = ONE + ONE;
  // A counter starts at FROM; its highest bit says that a sequence is complete. The flag behind that
  // bit and the start are the last two cycles of DELAY.
  localparam DELAY_W = DELAY > 4 ? $clog2(DELAY - 3) + 1 : 1;
  localparam FROM_I  = 2 ** (DELAY_W - 1) + 3 - DELAY;
  localparam [DELAY_W-1:0] FROM = FROM_I[DELAY_W-1:0];

  generate
    if (DEPTH < 2) begin : g_bad_depth
      qs5_error_replay_control_DEPTH_must_be_at_least_2 u_error ();
    end
    if (DELAY < 3) begin : g_bad_delay
      qs5_error_replay_control_DELAY_must_be_at_least_3 u_error ();
    end
  endgenerate

  wire step_first = step_start_i & step_tag_i[0];
  wire step_last = step_start_i & step_tag_i[1];
  wire start;
  wire [1:0] tag;
  wire finish = start & tag[1];

  // Room for vectors and for sequences.
  reg [COUNT_W-1:0] room_q;
  reg               full_q;  // room_q is 0
  reg               any_q;   // a sequence has a side
  reg               both_q;  // two sequences have a side
  always @(posedge clk_i) begin
    if ((step_start_i ^ start) | rst_i) begin
      room_q <= room_q + ({COUNT_W{step_start_i}} | ONE);
      full_q <= step_start_i & (room_q == ONE);
      if (rst_i) begin
        room_q <= ALL;
        full_q <= 1'b0;
      end
    end
    any_q  <= ~rst_i & (step_first | both_q | (any_q & ~finish));
    both_q <= ~rst_i & ~finish & (both_q | (any_q & step_first));
  end
  assign step_room_o = ~(full_q | (step_tag_i[0] & both_q));

  // The sequence that comes in: its number of steps, and a flag once its last step has started.
  reg [COUNT_W-1:0] in_steps_q;
  reg               in_one_q;  // in_steps_q is 1
  reg               in_done_q;
  // The sequence that is replayed or is next: the number of steps left.
  reg [COUNT_W-1:0] out_left_q;
  reg               out_last_q;   // out_left_q is 1
  reg               out_first_q;  // no step of it has been replayed
  reg               out_any_q;
  wire              take = in_done_q & ~out_any_q;
  always @(posedge clk_i) begin
    if (step_start_i) begin
      in_steps_q <= step_tag_i[0] ? ONE : in_steps_q + ONE;
      in_one_q   <= step_tag_i[0];
    end
    in_done_q <= ~rst_i & (step_last | (in_done_q & out_any_q));
    if (~out_any_q | start) begin
      out_left_q  <= out_any_q ? out_left_q - ONE : in_steps_q;
      out_last_q  <= out_any_q ? out_left_q == TWO : in_one_q;
      out_first_q <= ~out_any_q;
    end
    out_any_q <= ~rst_i & (take | (out_any_q & ~finish));
  end
  assign tag = {out_last_q, out_first_q};

  // Sides alternate on the way in and on the way out. Flag per side: all of its vectors are stored.
  reg        in_side_q;
  reg        out_side_q;
  wire [1:0] ready;
  always @(posedge clk_i) begin
    in_side_q  <= ~rst_i & (in_side_q ^ step_last);
    out_side_q <= ~rst_i & (out_side_q ^ finish);
  end
  genvar s;
  generate
    for (s = 0; s < 2; s = s + 1) begin : g_side
      wire complete = step_last & (in_side_q == s[0]);
      wire done = finish & (out_side_q == s[0]);
      reg  [DELAY_W-1:0] delay_q;
      reg                coming_q;
      reg                ready_q;
      wire               over = delay_q[DELAY_W-1];
      always @(posedge clk_i) begin
        delay_q  <= complete ? FROM : delay_q + 1'b1;
        coming_q <= ~rst_i & (complete | (coming_q & ~over));
        ready_q  <= ~rst_i & ((coming_q & over) | (ready_q & ~done));
      end
      assign ready[s] = ready_q;
    end
  endgenerate

  // Start a replayed step.
  qs5_step_pacer #(
      .INTERVAL(INTERVAL),
      .ALIGNED (ALIGNED)
  ) u_pacer (
      .clk_i  (clk_i),
      .rst_i  (rst_i),
      .waits_i(out_any_q & ready[out_side_q]),
      .room_i (replay_room_i),
      .start_o(start)
  );

  assign replay_start_o = start;
  assign replay_tag_o   = tag;
  assign go_start_o     = start;
  assign go_tag_o       = tag;
endmodule

`default_nettype wire
