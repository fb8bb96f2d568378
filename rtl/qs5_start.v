// When the time steps of a segment start: at least INTERVAL cycles apart, each in the cycle after
// one in which it waits and has room.
//
// With ALIGNED = 1 all steps start whole multiples of INTERVAL after the first one since reset: a
// step that is late waits for the next such cycle. Blocks that take turns with multipliers then
// meet as little as if no step were ever late.
//
// Latency   start_o one cycle after waits_i and room_i; in that cycle both may still speak of the
//           step that starts
// Reset     a step may start
`default_nettype none

module qs5_start #(
    parameter INTERVAL = 8,  // cycles from step to step, at least 3
    parameter ALIGNED  = 0   // 1: starts are whole intervals apart
) (
    input  wire clk_i,
    input  wire rst_i,
    input  wire waits_i,  // a step waits to start
    input  wire room_i,   // there is room for it
    output wire start_o
);
  // A counter whose highest bit says that the interval is over; it stands at FROM while a step may
  // start.
  localparam COUNT_W = INTERVAL > 4 ? $clog2(INTERVAL - 2) : 1;
  localparam FROM_I  = 2 ** COUNT_W + 2 - INTERVAL;
  localparam [COUNT_W:0] FROM = FROM_I[COUNT_W:0];

  generate
    if (INTERVAL < 3) begin : g_bad_interval
      qs5_error_start_INTERVAL_must_be_at_least_3 u_error ();
    end
    if (ALIGNED != 0 && ALIGNED != 1) begin : g_bad_aligned
      qs5_error_start_ALIGNED_must_be_0_or_1 u_error ();
    end
  endgenerate

  reg              start_q;
  reg              open_q;   // a step may start in the next cycle
  reg              grid_q;   // the first step has set the cycles of all others
  reg  [COUNT_W:0] count_q;
  wire             ready = waits_i & room_i;
  always @(posedge clk_i) begin
    start_q <= open_q & ready;
    open_q  <= (open_q & ~ready & ~grid_q) | (~open_q & count_q[COUNT_W]);
    grid_q  <= ALIGNED != 0 & (grid_q | (open_q & ready));
    count_q <= open_q ? FROM : count_q + 1'b1;
    if (rst_i) begin
      start_q <= 1'b0;
      open_q  <= 1'b1;
      grid_q  <= 1'b0;
    end
  end
  assign start_o = start_q;
endmodule

`default_nettype wire
