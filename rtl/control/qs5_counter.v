// Counter of steps: 0, 1, ... N-1, 0, ...; last_o is 1 while the count is N-1.
//
// No comparison follows a register. With more than two bits, last_o is a register of its own. Up to
// N = 8 every bit is a function of the step and of three bits, without clock enable. Beyond that a
// carry chain counts.
//
// Latency   count_o and last_o change one cycle after step_i
// Interval  one step per cycle
// Reset     to 0
`default_nettype none

module qs5_counter #(
    parameter N = 4,  // steps per round, at least 1
    parameter W = N > 1 ? $clog2(N) : 1  // bits of the count
) (
    input  wire         clk_i,
    input  wire         rst_i,
    input  wire         step_i,
    output wire [W-1:0] count_o,
    output wire         last_o
);
  localparam [W-1:0] LAST   = N[W-1:0] - 1'b1;
  localparam [W-1:0] BEFORE = LAST - 1'b1;

  generate
    if (N < 1) begin : g_bad_steps
      qs5_error_counter_N_must_be_at_least_1 u_error ();
    end
  endgenerate

  genvar i;
  generate
    if (N <= 1) begin : g_none
      wire unused_inputs = &{1'b0, clk_i, rst_i, step_i, BEFORE};
      assign count_o = {W{1'b0}};
      assign last_o  = 1'b1;
    end else if (N <= 8) begin : g_short
      reg  [W-1:0] count_q;
      wire [W-1:0] carry;  // all bits below are 1
      wire [W-1:0] toggle = count_q == LAST ? count_q : carry;
      wire [W-1:0] next = count_q ^ (toggle & {W{step_i}});
      assign carry[0] = 1'b1;
      for (i = 1; i < W; i = i + 1) begin : g_carry
        assign carry[i] = &count_q[i-1:0];
      end
      always @(posedge clk_i) begin
        count_q <= next;
        if (rst_i) count_q <= {W{1'b0}};
      end
      assign count_o = count_q;
      if (N <= 4) begin : g_at_once
        wire unused_before = &{1'b0, BEFORE};
        assign last_o = count_q == LAST;
      end else begin : g_ahead
        reg last_q;
        wire unused_before = &{1'b0, BEFORE};
        always @(posedge clk_i) last_q <= ~rst_i & (next == LAST);
        assign last_o = last_q;
      end
    end else begin : g_long
      localparam WRAPS = 2 ** W == N;  // the carry wraps to 0
      reg [W-1:0] count_q;
      reg         last_q;
      // A reset is a step to 0. One enable serves both, and no LUT drives the reset of the count.
      always @(posedge clk_i) begin
        if (step_i | rst_i) begin
          count_q <= count_q + 1'b1;
          last_q  <= count_q == BEFORE;
          if ((last_q & ~WRAPS) | rst_i) count_q <= {W{1'b0}};
          if (rst_i) last_q <= 1'b0;
        end
      end
      assign count_o = count_q;
      assign last_o  = last_q;
    end
  endgenerate
endmodule

`default_nettype wire
