// Mean over the steps of a sequence: out = round(sum / count), exact, once per sequence.
//
// Vectors pass LANES elements a beat. The sum of every element so far lies in a memory; a vector
// whose tag says first takes it as zero, and starts the count of steps at one. A vector whose tag
// says last, and no other, gives a result: its beats leave divided by the count, the tag with them.
// A sequence has MAX_STEPS steps at the most; that is for the source of the stream to see to.
//
// The division restores, a bit of the quotient per stage, on the magnitude. The fraction that is
// left is exact, so all modes of ROUNDING (as in qs5_round) are. A mean is never out of W bits.
//
// Stages    1 memory read, 2 sum, 3 magnitude, W of quotient, then round and sign
// Latency   W + 4 cycles, a beat every cycle; a sum can be read three cycles after it was read
//           before, so a time step takes at least that many cycles
// Reset     control only; the sums are cleared by the tag
`default_nettype none

module qs5_pool_mean #(
    parameter CHANNELS  = 4,   // elements per vector
    parameter LANES     = 1,   // elements per beat
    parameter W         = 8,   // bits per element, in and out
    parameter MAX_STEPS = 16,  // steps of the longest sequence
    parameter ROUNDING  = 1,   // as in qs5_round
    parameter RAM_STYLE = "auto"  // as in qs5_ram
) (
    input  wire               clk_i,
    input  wire               rst_i,
    input  wire               in_valid_i,
    input  wire [        1:0] in_tag_i,
    input  wire [LANES*W-1:0] in_data_i,
    output wire               out_valid_o,
    output wire [        1:0] out_tag_o,
    output wire [LANES*W-1:0] out_data_o
);
  localparam BEATS   = CHANNELS / LANES;
  localparam BEAT_W  = BEATS > 1 ? $clog2(BEATS) : 1;
  localparam SUM_W   = W + $clog2(MAX_STEPS);
  localparam COUNT_W = MAX_STEPS > 1 ? $clog2(MAX_STEPS + 1) : 1;
  localparam STAGES  = W + 4;
  localparam [BEAT_W-1:0] LAST_BEAT = BEATS[BEAT_W-1:0] - 1'b1;
  localparam [COUNT_W-1:0] ONE = {{(COUNT_W - 1) {1'b0}}, 1'b1};

  generate
    if (CHANNELS % LANES != 0) begin : g_bad_lanes
      qs5_error_pool_mean_LANES_must_divide_CHANNELS u_error ();
    end
    if (W < 2) begin : g_bad_width
      qs5_error_pool_mean_W_must_be_at_least_2 u_error ();
    end
    if (MAX_STEPS < 1) begin : g_bad_steps
      qs5_error_pool_mean_MAX_STEPS_must_be_at_least_1 u_error ();
    end
    if (ROUNDING < 0 || ROUNDING > 2) begin : g_bad_rounding
      qs5_error_pool_mean_ROUNDING_must_be_0_1_or_2 u_error ();
    end
  endgenerate

  // Beat of the vector, and steps of the sequence with this one.
  reg  [ BEAT_W-1:0] beat_q;
  reg  [ BEAT_W-1:0] beat_q2;
  reg  [ BEAT_W-1:0] beat_q3;
  reg  [COUNT_W-1:0] count_q;
  wire               vector_begin = beat_q == {BEAT_W{1'b0}};
  always @(posedge clk_i) begin
    if (in_valid_i) begin
      beat_q <= (beat_q == LAST_BEAT) ? {BEAT_W{1'b0}} : beat_q + 1'b1;
      if (vector_begin) count_q <= in_tag_i[0] ? ONE : count_q + ONE;
    end
    beat_q2 <= beat_q;
    beat_q3 <= beat_q2;
    if (rst_i) beat_q <= {BEAT_W{1'b0}};
  end

  // What is in the pipeline: the sums of every vector, the results of the last ones.
  reg [         1:0] sum_valid_q;
  reg [  STAGES-1:0] valid_q;
  reg [2*STAGES-1:0] tag_q;
  always @(posedge clk_i) begin
    sum_valid_q <= {sum_valid_q[0], in_valid_i};
    valid_q     <= {valid_q[STAGES-2:0], in_valid_i & in_tag_i[1]};
    tag_q       <= {tag_q[2*STAGES-3:0], in_tag_i};
    if (rst_i) begin
      sum_valid_q <= 2'b0;
      valid_q     <= {STAGES{1'b0}};
    end
  end
  assign out_valid_o = valid_q[STAGES-1];
  assign out_tag_o   = tag_q[2*STAGES-1-:2];

  // The sums so far, read with the beat and written back two cycles later.
  wire [LANES*SUM_W-1:0] old_sum;
  wire [LANES*SUM_W-1:0] sum;
  qs5_ram #(
      .DEPTH(BEATS),
      .W    (LANES*SUM_W),
      .STYLE(RAM_STYLE)
  ) u_ram (
      .clk_i       (clk_i),
      .write_i     (sum_valid_q[1]),
      .write_addr_i(beat_q3),
      .write_data_i(sum),
      .read_i      (1'b1),
      .clear_i     (in_tag_i[0]),
      .read_addr_i (beat_q),
      .read_data_o (old_sum)
  );

  // The divisor keeps pace with its beat: stage k of the quotient has it at k.
  reg [COUNT_W-1:0] count_q2;
  genvar k, l;
  generate
    for (k = 0; k <= W; k = k + 1) begin : g_count
      reg [COUNT_W-1:0] count;
      if (k == 0) begin : g_load
        always @(posedge clk_i) begin
          count_q2 <= count_q;
          count    <= count_q2;
        end
      end else begin : g_pass
        always @(posedge clk_i) count <= g_count[k-1].count;
      end
    end

    for (l = 0; l < LANES; l = l + 1) begin : g_lane
      reg [W-1:0] in_q;
      reg signed [SUM_W-1:0] sum_q;
      wire [SUM_W-1:0] old = old_sum[l*SUM_W+:SUM_W];
      always @(posedge clk_i) begin
        in_q  <= in_data_i[l*W+:W];
        sum_q <= old + {{(SUM_W - W) {in_q[W-1]}}, in_q};
      end
      assign sum[l*SUM_W+:SUM_W] = sum_q;

      // Remainder above, bits still to divide with the quotient coming in below.
      wire negative = sum_q[SUM_W-1];
      wire [SUM_W-1:0] magnitude = negative ? -sum_q : sum_q;
      for (k = 0; k <= W; k = k + 1) begin : g_divide
        reg [COUNT_W-1:0] rest;
        reg [      W-1:0] bits;
        reg               sign;
        if (k == 0) begin : g_load
          always @(posedge clk_i) begin
            {rest, bits} <= {{(COUNT_W + W - SUM_W) {1'b0}}, magnitude};
            sign         <= negative;
          end
        end else begin : g_step
          wire [COUNT_W:0] next = {g_divide[k-1].rest, g_divide[k-1].bits[W-1]};
          wire [COUNT_W:0] left = next - {1'b0, g_count[k-1].count};
          wire             fits = ~left[COUNT_W];
          always @(posedge clk_i) begin
            rest <= fits ? left[COUNT_W-1:0] : next[COUNT_W-1:0];
            bits <= {g_divide[k-1].bits[W-2:0], fits};
            sign <= g_divide[k-1].sign;
          end
        end
      end

      // The fraction against a half, as a fraction of the magnitude.
      wire [W-1:0] quotient = g_divide[W].bits;
      wire         sign = g_divide[W].sign;
      wire [COUNT_W:0] twice = {g_divide[W].rest, 1'b0};
      wire [COUNT_W:0] whole = {1'b0, g_count[W].count};
      wire above_half = twice > whole;
      wire half = twice == whole;
      wire away;
      if (ROUNDING == 0) begin : g_half_up
        assign away = above_half | (half & ~sign);
      end else if (ROUNDING == 1) begin : g_half_even
        assign away = above_half | (half & quotient[0]);
      end else begin : g_toward_zero
        assign away = 1'b0;
        wire unused_half = &{1'b0, above_half, half};
      end
      // -(q + away) is ~q + (1 - away).
      reg [W-1:0] out_q;
      always @(posedge clk_i)
        out_q <= (quotient ^ {W{sign}}) + {{(W - 1) {1'b0}}, sign ^ away};
      assign out_data_o[l*W+:W] = out_q;
    end
  endgenerate
endmodule

`default_nettype wire
