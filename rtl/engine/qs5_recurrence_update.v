// New part of a state: x = saturate(floor + increment + bu), in short steps for a fast clock.
//
// The sum has two halves. Clipping takes no LUTs, only resets and sets of flip-flops: a word that does
// not fit becomes zero first, then all ones if it was too large.
//
// Stages    1 low half of the sum, 2 high half; if SATURATE: 3 too large or too small becomes zero, 4 ones
// Latency   4 cycles, 2 if SATURATE = 0
// Interval  one word per cycle
// Reset     none: data registers only
`default_nettype none

module qs5_recurrence_update #(
    parameter FLOOR_W   = 18,  // bits of lambda_bar * x, rounded down
    parameter INCREMENT = 1,   // 1: kept_i is {floor, increment}; 0: kept_i is the floor
    parameter BU_W      = 16,  // bits of bu
    parameter X_W       = 16,  // bits of x
    parameter SATURATE  = 1    // 0: the sum is proved to fit
) (
    input  wire                                 clk_i,
    input  wire signed [FLOOR_W+INCREMENT-1:0]  kept_i,
    input  wire signed [BU_W-1:0]               bu_i,
    output wire signed [X_W-1:0]                x_o,
    output wire                                 clipped_o  // x_o of the next cycle was clipped
);
  localparam SUM_W  = (FLOOR_W > BU_W ? FLOOR_W : BU_W) + 1;
  localparam LOW_W  = SUM_W / 2;
  localparam HIGH_W = SUM_W - LOW_W;

  generate
    if (SATURATE != 0 && SATURATE != 1) begin : g_bad_saturate
      qs5_error_recurrence_update_SATURATE_must_be_0_or_1 u_error ();
    end
    if (INCREMENT != 0 && INCREMENT != 1) begin : g_bad_increment
      qs5_error_recurrence_update_INCREMENT_must_be_0_or_1 u_error ();
    end
  endgenerate

  wire signed [FLOOR_W-1:0] floor_part = kept_i[FLOOR_W+INCREMENT-1:INCREMENT];
  wire        [  SUM_W-1:0] floor_w = {{(SUM_W - FLOOR_W) {floor_part[FLOOR_W-1]}}, floor_part};
  wire        [  SUM_W-1:0] bu_w = {{(SUM_W - BU_W) {bu_i[BU_W-1]}}, bu_i};

  // Low half and its carry. Add {s,a} + {s,b}: the top sum bit then equals the carry. On iCE40 that
  // avoids routing the carry to the fabric.
  wire          same = bu_w[LOW_W-1];
  reg  [LOW_W:0] low_q;
  generate
    if (INCREMENT == 1) begin : g_increment
      // The lowest bit only makes the carry in: 1 + increment.
      wire [LOW_W+1:0] low = {same, floor_w[LOW_W-1:0], kept_i[0]} + {same, bu_w[LOW_W-1:0], 1'b1};
      wire unused_low = &{1'b0, low[0]};
      always @(posedge clk_i) low_q <= low[LOW_W+1:1];
    end else begin : g_floor
      always @(posedge clk_i) low_q <= {same, floor_w[LOW_W-1:0]} + {same, bu_w[LOW_W-1:0]};
    end
  endgenerate

  // High half.
  reg  [HIGH_W-1:0] floor_q;
  reg  [HIGH_W-1:0] bu_q;
  wire [  HIGH_W:0] high = {floor_q, low_q[LOW_W]} + {bu_q, 1'b1};
  wire unused_high = &{1'b0, high[0]};
  reg  [ SUM_W-1:0] sum_q;
  always @(posedge clk_i) begin
    floor_q <= floor_w[SUM_W-1:LOW_W];
    bu_q    <= bu_w[SUM_W-1:LOW_W];
    sum_q   <= {high[HIGH_W:1], low_q[LOW_W-1:0]};
  end

  generate
    if (SATURATE == 0) begin : g_fits
      if (SUM_W >= X_W) begin : g_cut
        assign x_o = sum_q[X_W-1:0];
        wire unused_bits = &{1'b0, sum_q};
      end else begin : g_extend
        assign x_o = {{(X_W - SUM_W) {sum_q[SUM_W-1]}}, sum_q};
      end
      assign clipped_o = 1'b0;
    end else if (SUM_W < X_W) begin : g_short
      reg [SUM_W-1:0] sum_q2;
      reg [SUM_W-1:0] sum_q3;
      always @(posedge clk_i) begin
        sum_q2 <= sum_q;
        sum_q3 <= sum_q2;
      end
      assign x_o = {{(X_W - SUM_W) {sum_q3[SUM_W-1]}}, sum_q3};
      assign clipped_o = 1'b0;
    end else begin : g_clip
      // Out of range: the bits above the result are not all copies of the sign.
      wire sign = sum_q[SUM_W-1];
      wire overflow;
      if (SUM_W == X_W) begin : g_same
        assign overflow = 1'b0;
      end else begin : g_wider
        assign overflow = |(sum_q[SUM_W-2:X_W-1] ^ {(SUM_W - X_W) {sign}});
      end
      // -2^(X_W-1) is clipped too: the range is symmetric.
      reg  low_zero_q;
      wire high_zero;
      if (X_W - 1 > LOW_W) begin : g_high
        assign high_zero = ~(|sum_q[X_W-2:LOW_W]);
        always @(posedge clk_i) low_zero_q <= ~(|low_q[LOW_W-1:0]);
      end else begin : g_low
        assign high_zero = 1'b1;
        always @(posedge clk_i) low_zero_q <= ~(|low_q[X_W-2:0]);
      end

      reg           sign_q;
      reg           overflow_q;
      reg           above_q;
      reg           lowest_q;
      reg [X_W-2:0] inside_q;
      reg [X_W-1:0] x_q;
      wire clipped = overflow_q | lowest_q;
      always @(posedge clk_i) begin
        sign_q     <= sign;
        overflow_q <= overflow;
        above_q    <= overflow & ~sign;
        lowest_q   <= low_zero_q & high_zero & sign;
        inside_q   <= sum_q[X_W-2:0];
        if (overflow) inside_q <= {(X_W - 1) {1'b0}};

        x_q <= {sign_q, inside_q};
        if (above_q) x_q[X_W-2:0] <= {(X_W - 1) {1'b1}};
        // Both limits end in a 1.
        x_q[0] <= inside_q[0] | clipped;
      end
      assign x_o = x_q;
      assign clipped_o = clipped;
    end
  endgenerate
endmodule

`default_nettype wire
