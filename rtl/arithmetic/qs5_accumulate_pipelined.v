// Sum of the words of a vector in parts: out = INIT + sum of in, modulo 2^W.
//
// Part k works k cycles after part 0, so that carry chains are short. The last word of a vector is
// added on the way to the result, while the sum returns to INIT. The accumulator therefore needs no
// multiplexer for the first word, and vectors follow each other without a gap.
//
// Stages    1 to PARTS: one part each
// Latency   PARTS cycles from the last word; the result stays until the next vector's result
// Interval  one word per cycle
// Reset     the sum
`default_nettype none

module qs5_accumulate_pipelined #(
    parameter IN_W  = 8,   // bits of a word, signed
    parameter W     = 16,  // bits of the sum
    parameter PARTS = 2,   // parts of the sum, one per cycle
    parameter [63:0] INIT = 0    // start value of the sum
) (
    input  wire            clk_i,
    input  wire            rst_i,
    input  wire            valid_i,
    input  wire            last_i,   // with valid
    input  wire [IN_W-1:0] in_i,
    output wire [   W-1:0] out_o
);
  localparam PART_W = (W + PARTS - 1) / PARTS;
  localparam ALL_W  = PARTS * PART_W;
  localparam [ALL_W+63:0] START = {{ALL_W{1'b0}}, INIT};

  wire [ALL_W-1:0] result;
  assign out_o = result[W-1:0];

  genvar k;
  generate
    if (ALL_W > W) begin : g_unused
      wire unused_result = &{1'b0, result[ALL_W-1:W]};
    end

    for (k = 0; k < PARTS; k = k + 1) begin : g_part
      // Part k works k cycles later.
      wire             valid;
      wire             last;
      wire [ALL_W-1:0] in;
      wire             carry;
      wire unused_in = &{1'b0, in};
      if (k == 0) begin : g_first
        assign valid = valid_i;
        assign last  = last_i;
        assign in    = {{(ALL_W - IN_W) {in_i[IN_W-1]}}, in_i};
        assign carry = 1'b0;
      end else begin : g_next
        reg             valid_q;
        reg             last_q;
        reg [ALL_W-1:0] in_q;
        always @(posedge clk_i) begin
          valid_q <= ~rst_i & g_part[k-1].valid;
          last_q  <= g_part[k-1].last;
          in_q    <= g_part[k-1].in;
        end
        assign valid = valid_q;
        assign last  = last_q;
        assign in    = in_q;
        assign carry = g_part[k-1].carry_q;
      end

      // The lowest bit takes the carry in. The highest bit keeps the carry out in a LUT next to its
      // flip-flop: rst_i is mixed in, and is 0 whenever the carry counts.
      reg  [PART_W-1:0] sum_q;
      reg  [PART_W-1:0] hold_q;
      reg               carry_q;
      wire [PART_W+1:0] sum = {rst_i, sum_q, 1'b1} + {1'b0, in[k*PART_W+:PART_W], carry};
      wire unused_carry = &{1'b0, sum[0]};
      always @(posedge clk_i) begin
        carry_q <= sum[PART_W+1];
        if (valid) begin
          sum_q <= last ? START[k*PART_W+:PART_W] : sum[PART_W:1];
          if (last) hold_q <= sum[PART_W:1];
        end
        if (rst_i) sum_q <= START[k*PART_W+:PART_W];
      end
      assign result[k*PART_W+:PART_W] = hold_q;
      if (k == PARTS - 1) begin : g_end
        wire unused_end = &{1'b0, carry_q};
      end
    end
  endgenerate
endmodule

`default_nettype wire
