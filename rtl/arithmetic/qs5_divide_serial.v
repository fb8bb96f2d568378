// Division of a vector of sums in a memory, beat after beat, by one count.
//
//   out = round(sum / (less_one + 1)), exact
//
// The quotient fits W bits by the caller's bound.
//
// Stages    1 memory read, 2 load, W + 1 quotient bits in place (qs5_divide_step), 3 rounding
// Latency   W + 7 cycles from the start to the first beat, then one beat every W + 4 cycles
// Interval  BEATS * (W + 4) from start to start; the divisor is loaded at most 3 cycles before a start
// Reset     control only
`default_nettype none

module qs5_divide_serial #(
    parameter BEATS  = 4,   // beats of a vector
    parameter LANES  = 1,   // elements per beat
    parameter W      = 8,   // bits out
    parameter SUM_W  = 12,  // bits of a sum
    parameter D_W    = 4,   // bits of less_one
    parameter [8*11-1:0] ROUNDING = "half_even",  // "half_up", "half_even" or "toward_zero"
    parameter BEAT_W = BEATS > 1 ? $clog2(BEATS) : 1  // bits of a beat number
) (
    input  wire                   clk_i,
    input  wire                   rst_i,
    input  wire                   load_i,      // load the divisor
    input  wire [        D_W-1:0] less_one_i,
    input  wire                   start_i,     // one cycle before the first read
    output wire                   read_o,
    output wire [     BEAT_W-1:0] beat_o,
    input  wire [LANES*SUM_W-1:0] sums_i,      // one cycle after the read
    output wire                   out_valid_o,
    output wire [            1:0] out_tag_o,
    output wire [    LANES*W-1:0] out_data_o
);
  localparam STEPS  = W + 2;  // load and quotient bits
  localparam LEFT_W = $clog2(STEPS + 1);
  localparam [LEFT_W-1:0] ALL_STEPS = STEPS[LEFT_W-1:0];
  localparam [LEFT_W-1:0] ONE_STEP = {{(LEFT_W - 1) {1'b0}}, 1'b1};
  localparam [BEAT_W-1:0] LAST_BEAT = BEATS[BEAT_W-1:0] - 1'b1;

  // Tag {last, first} of a result: last is always 1, first is 1 if the sequence has one step.
  reg [D_W-1:0] less_one_q;
  reg           one_q;
  reg           load_q;  // 1: load the sum that was read, without a division step
  always @(posedge clk_i) begin
    if (load_i) less_one_q <= less_one_i;
    if (load_q) one_q <= less_one_q == {D_W{1'b0}};
  end

  reg              read_q;
  reg              step_q;
  reg [LEFT_W-1:0] left_q;   // steps left, this one included
  reg              done_q;
  reg [BEAT_W-1:0] beat_q;
  reg [       2:0] valid_q;
  wire             step_end = step_q & (left_q == ONE_STEP);
  wire             beat_end = beat_q == LAST_BEAT;
  always @(posedge clk_i) begin
    read_q  <= start_i | (done_q & ~beat_end);
    load_q  <= read_q;
    step_q  <= read_q | (step_q & ~step_end);
    left_q  <= read_q ? ALL_STEPS : left_q - 1'b1;
    done_q  <= step_end;
    valid_q <= {valid_q[1:0], done_q};
    if (done_q) beat_q <= beat_end ? {BEAT_W{1'b0}} : beat_q + 1'b1;
    if (rst_i) begin
      read_q  <= 1'b0;
      step_q  <= 1'b0;
      done_q  <= 1'b0;
      beat_q  <= {BEAT_W{1'b0}};
      valid_q <= 3'b0;
    end
  end
  assign read_o      = read_q;
  assign beat_o      = beat_q;
  assign out_valid_o = valid_q[2];
  assign out_tag_o   = {1'b1, one_q};

  genvar l;
  generate
    for (l = 0; l < LANES; l = l + 1) begin : g_lane
      // Bits that are still to be divided; quotient digits come in below.
      reg  [    D_W:0] rest_q;
      reg  [      W:0] bits_q;
      wire [SUM_W-1:0] sum = sums_i[l*SUM_W+:SUM_W];
      wire [  D_W+W:0] wide = {{(D_W + W + 1 - SUM_W) {sum[SUM_W-1]}}, sum};
      wire [    D_W:0] x = load_q ? wide[D_W+W:W] : {rest_q[D_W-1:0], bits_q[W]};
      wire             negative = rest_q[D_W];
      wire [    D_W:0] rest;
      qs5_divide_step #(
          .D_W(D_W)
      ) u_step (
          .skip_i    (load_q),
          .x_i       (x),
          .negative_i(negative),
          .less_one_i(less_one_q),
          .rest_o    (rest)
      );
      always @(posedge clk_i) begin
        if (step_q) begin
          rest_q <= rest;
          bits_q <= load_q ? {wide[W-1:0], 1'b0} : {bits_q[W-1:0], ~negative};
        end
      end
      qs5_divide_round #(
          .W       (W),
          .D_W     (D_W),
          .ROUNDING(ROUNDING)
      ) u_round (
          .clk_i     (clk_i),
          .rest_i    (rest_q),
          .less_one_i(less_one_q),
          .odd_i     (bits_q[0]),
          .negative_i(~bits_q[W]),
          .digits_i  (bits_q[W-1:0]),
          .out_o     (out_data_o[l*W+:W])
      );
    end
  endgenerate
endmodule

`default_nettype wire
