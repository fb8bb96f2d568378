// Division of a stream of sums, each by its own count: out = round(sum / (less_one + 1)), exact.
//
// The quotient fits W bits by the caller's bound.
//
// Stages    1 to W + 1: one quotient bit each (qs5_divide_step); 3 more: rounding
// Latency   W + 4 cycles
// Interval  one beat per cycle
// Reset     control only
`default_nettype none

module qs5_divide #(
    parameter LANES = 1,   // elements per beat
    parameter W     = 8,   // bits out
    parameter SUM_W = 12,  // bits of a sum
    parameter D_W   = 4,   // bits of less_one
    parameter [8*11-1:0] ROUNDING = "half_even"  // "half_up", "half_even" or "toward_zero"
) (
    input  wire                   clk_i,
    input  wire                   rst_i,
    input  wire                   in_valid_i,
    input  wire [        D_W-1:0] less_one_i,
    input  wire [LANES*SUM_W-1:0] sums_i,
    output wire                   out_valid_o,
    output wire [            1:0] out_tag_o,
    output wire [    LANES*W-1:0] out_data_o
);
  localparam STEPS  = W + 1;
  localparam STAGES = STEPS + 3;

  // Tag {last, first} of a result: last is always 1, first is 1 if the sequence has one step.
  reg [STAGES-1:0] valid_q;
  reg [       2:0] one_q;
  always @(posedge clk_i) begin
    valid_q <= rst_i ? {STAGES{1'b0}} : {valid_q[STAGES-2:0], in_valid_i};
    one_q   <= {one_q[1:0], g_count[STEPS].less_one_q == {D_W{1'b0}}};
  end
  assign out_valid_o = valid_q[STAGES-1];
  assign out_tag_o   = {1'b1, one_q[2]};

  genvar k, l;
  generate
    // The divisor moves along with its sum.
    for (k = 1; k <= STEPS; k = k + 1) begin : g_count
      reg [D_W-1:0] less_one_q;
      if (k == 1) begin : g_load
        always @(posedge clk_i) less_one_q <= less_one_i;
      end else begin : g_pass
        always @(posedge clk_i) less_one_q <= g_count[k-1].less_one_q;
      end
    end

    for (l = 0; l < LANES; l = l + 1) begin : g_lane
      // Bits that are still to be divided; quotient digits come in below.
      for (k = 1; k <= STEPS; k = k + 1) begin : g_divide
        wire [  D_W:0] x;
        wire           negative;
        wire [D_W-1:0] less_one;
        wire [  W-1:0] below;
        wire [  D_W:0] rest;
        reg  [  D_W:0] rest_q;
        reg  [    W:0] bits_q;
        if (k == 1) begin : g_load
          wire [SUM_W-1:0] sum = sums_i[l*SUM_W+:SUM_W];
          assign negative = sum[SUM_W-1];
          assign x        = {{(D_W + W - SUM_W) {negative}}, sum[SUM_W-1:W-1]};
          assign less_one = less_one_i;
          assign below    = {sum[W-2:0], 1'b0};
        end else begin : g_step
          assign negative = g_divide[k-1].rest_q[D_W];
          assign x        = {g_divide[k-1].rest_q[D_W-1:0], g_divide[k-1].bits_q[W]};
          assign less_one = g_count[k-1].less_one_q;
          assign below    = g_divide[k-1].bits_q[W-1:0];
        end
        qs5_divide_step #(
            .D_W(D_W)
        ) u_step (
            .skip_i    (1'b0),
            .x_i       (x),
            .negative_i(negative),
            .less_one_i(less_one),
            .rest_o    (rest)
        );
        always @(posedge clk_i) begin
          rest_q <= rest;
          bits_q <= {below, ~negative};
        end
      end

      reg [W-1:0] digits_q;
      reg [W-1:0] digits_q2;
      always @(posedge clk_i) begin
        digits_q  <= g_divide[STEPS].bits_q[W-1:0];
        digits_q2 <= digits_q;
      end
      qs5_divide_round #(
          .W       (W),
          .D_W     (D_W),
          .ROUNDING(ROUNDING)
      ) u_round (
          .clk_i     (clk_i),
          .rest_i    (g_divide[STEPS].rest_q),
          .less_one_i(g_count[STEPS].less_one_q),
          .odd_i     (g_divide[STEPS].bits_q[0]),
          .negative_i(~g_divide[STEPS].bits_q[W]),
          .digits_i  (digits_q2),
          .out_o     (out_data_o[l*W+:W])
      );
    end
  endgenerate
endmodule

`default_nettype wire
