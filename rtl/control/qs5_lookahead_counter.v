// Digit of a look-ahead counter: 0 to COUNT - 1, stepped when all lower digits are at their end.
//
// The wrap of a digit is predicted one cycle early (soon). No carry ripples across digits, and a
// register that the counter steps is one LUT away.
//
// Latency   0: first, last and end refer to this cycle, soon to the next one
// Interval  one step per cycle
// Reset     to 0 while run_i is 0
`default_nettype none

module qs5_lookahead_counter #(
    parameter COUNT  = 4,  // values of the digit, at least 1
    parameter LOWEST = 1,  // 1: all lower digits have one value
    parameter W      = COUNT > 1 ? $clog2(COUNT) : 1  // bits of the digit
) (
    input  wire         clk_i,
    input  wire         run_i,    // 1: count; 0: return to 0
    input  wire         end_i,    // all lower digits are at their last value
    input  wire         soon_i,   // they will be in the next cycle, if they count
    output wire         first_o,
    output wire         last_o,
    output wire         end_o,    // all lower digits and this one are at their last value
    output wire         soon_o,
    output wire [W-1:0] value_o
);
  generate
    if (COUNT == 1) begin : g_one
      wire unused_inputs = &{1'b0, clk_i, run_i};
      assign first_o = 1'b1;
      assign last_o  = 1'b1;
      assign end_o   = end_i;
      assign soon_o  = soon_i;
      assign value_o = 1'b0;
    end else begin : g_count
      localparam LAST_BUT_ONE = COUNT - 2;
      reg         first_q;
      reg         last_q;
      reg         end_q;
      reg [W-1:0] value_q;
      wire        last_but_one = value_q == LAST_BUT_ONE[W-1:0];
      always @(posedge clk_i) begin
        if (~run_i) begin
          end_q   <= 1'b0;
          first_q <= 1'b1;
          last_q  <= 1'b0;
        end else begin
          end_q <= soon_o;
          if (end_i) begin
            first_q <= last_q;
            last_q  <= last_but_one;
          end
        end
      end
      if (COUNT == (1 << W)) begin : g_wrap
        always @(posedge clk_i)
          if (~run_i) value_q <= {W{1'b0}};
          else if (end_i) value_q <= value_q + 1'b1;
      end else begin : g_begin
        always @(posedge clk_i)
          if (~run_i) value_q <= {W{1'b0}};
          else if (end_i) value_q <= last_q ? {W{1'b0}} : value_q + 1'b1;
      end
      // A digit that is about to step a higher digit is not stepped itself, except the lowest.
      assign soon_o  = soon_i & (LOWEST != 0 ? last_but_one : last_q);
      assign first_o = first_q;
      assign last_o  = last_q;
      assign end_o   = end_q;
      assign value_o = value_q;
    end
  endgenerate
endmodule

`default_nettype wire
