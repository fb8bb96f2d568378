// Difference of two words that stay for PARTS cycles: out = a - b, modulo 2^W, one part per cycle.
//
// Stages    1 to PARTS: one part each
// Latency   PARTS cycles from stable operands
// Interval  PARTS cycles
// Reset     none
`default_nettype none

module qs5_subtract_multicycle #(
    parameter W     = 16,  // bits of all words
    parameter PARTS = 2    // parts of the difference, one per cycle
) (
    input  wire         clk_i,
    input  wire         rst_i,
    input  wire [W-1:0] a_i,
    input  wire [W-1:0] b_i,
    output wire [W-1:0] out_o
);
  localparam PART_W = (W + PARTS - 1) / PARTS;
  localparam ALL_W  = PARTS * PART_W;
  wire [ALL_W-1:0] a = {{(ALL_W - W) {1'b0}}, a_i};
  wire [ALL_W-1:0] b = {{(ALL_W - W) {1'b0}}, b_i};
  wire [ALL_W-1:0] difference;
  assign out_o = difference[W-1:0];

  genvar k;
  generate
    if (ALL_W > W) begin : g_unused
      wire unused_difference = &{1'b0, difference[ALL_W-1:W]};
    end
    for (k = 0; k < PARTS; k = k + 1) begin : g_part
      reg  [PART_W-1:0] part_q;
      reg               carry_q;
      wire              carry;
      // The lowest bit takes the carry in. The highest bit keeps the carry out in a LUT next to its
      // flip-flop: rst_i is mixed in, and is 0 whenever the carry counts.
      wire [PART_W+1:0] sum = {rst_i, a[k*PART_W+:PART_W], 1'b1}
          + {1'b0, ~b[k*PART_W+:PART_W], carry};
      wire unused_carry = &{1'b0, sum[0]};
      if (k == 0) begin : g_first
        assign carry = 1'b1;
      end else begin : g_next
        assign carry = g_part[k-1].carry_q;
      end
      always @(posedge clk_i) {carry_q, part_q} <= sum[PART_W+1:1];
      assign difference[k*PART_W+:PART_W] = part_q;
      if (k == PARTS - 1) begin : g_end
        wire unused_end = &{1'b0, carry_q};
      end
    end
  endgenerate
endmodule

`default_nettype wire
