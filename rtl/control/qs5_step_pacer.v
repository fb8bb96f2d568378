// Pacer of the time steps of a segment: at least INTERVAL cycles from start to start.
//
// A step starts one cycle after a cycle in which it waits, has room, and the interval is over. With
// ALIGNED = 1 all starts are whole multiples of INTERVAL after the first start since reset. A late step
// then waits for the next multiple. Engines that share multipliers keep their relative timing that way.
//
// Latency   1 cycle from waits_i and room_i to start_o; both may still describe the starting step then
// Interval  INTERVAL cycles
// Reset     a step may start
`default_nettype none

module qs5_step_pacer #(
    parameter INTERVAL = 8,  // cycles from step to step, at least 3
    parameter ALIGNED  = 0   // 1: starts are whole intervals apart
) (
    input  wire clk_i,
    input  wire rst_i,
    input  wire waits_i,  // a step waits to start
    input  wire room_i,   // there is room for it
    output wire start_o
);
  // The highest bit of the counter says that the interval is over. The counter rests at FROM while a
  // step may start.
  localparam COUNT_W = INTERVAL > 4 ? $clog2(INTERVAL - 2) : 1;
  localparam FROM_I  = 2 ** COUNT_W + 2 - INTERVAL;
  localparam [COUNT_W:0] FROM = FROM_I[COUNT_W:0];

  generate
    if (INTERVAL < 3) begin : g_bad_interval
      qs5_error_step_pacer_INTERVAL_must_be_at_least_3 u_error ();
    end
    if (ALIGNED != 0 && ALIGNED != 1) begin : g_bad_aligned
      qs5_error_step_pacer_ALIGNED_must_be_0_or_1 u_error ();
    end
  endgenerate

  reg              start_q;
  reg              open_q;   // a step may start in the next cycle
  reg              grid_q;   // the first step has fixed the grid of starts
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
