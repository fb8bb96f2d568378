// Change of format: q = saturate(round((acc * multiplier + offset) / 2^SHIFT)).
//
// The only place where a format gets narrower outside the recurrence. Channels pass in order,
// LANES a beat; where the factors differ by channel they come from a ROM whose word b holds, for
// lane l of beat b, {offset, multiplier} at bit l*(OFFSET_W+MULTIPLIER_W). The products are made
// outside, by the multipliers at port mul; a shift alone needs none and is qs5_shift.
//
// MULTIPLY  1  one constant multiplier, no offset
//           2  factors per channel, from the ROM
//
// Stages    1 ROM, 2 operands, 3 product, 4 offset, 5 round and saturate
// Latency   5 cycles, a beat every cycle
// Reset     control and the sticky flag
`default_nettype none

module qs5_requantize #(
    parameter CHANNELS     = 4,   // elements per vector
    parameter LANES        = 1,   // elements per beat
    parameter IN_W         = 18,  // bits in
    parameter OUT_W        = 8,   // bits out
    parameter MULTIPLY     = 1,   // see above
    parameter MULTIPLIER_W = 16,  // bits of the signed multiplier
    parameter OFFSET_W     = 16,  // bits of the offset, at the scale of the product
    parameter SUM_W        = 34,  // bits of acc * multiplier + offset, from its exact bound
    parameter SHIFT        = 8,   // bits dropped
    parameter ROUNDING     = 1,   // as in qs5_round
    parameter MULTIPLIER   = 1,   // the multiplier of MULTIPLY = 1
    parameter MUL_A_W      = 18,  // bits of the multipliers' operands, at least IN_W and MULTIPLIER_W
    parameter MUL_B_W      = 16,
    parameter ROM_STYLE    = "auto",  // as in qs5_rom
    parameter FACTOR_FILE  = ""   // the ROM image of MULTIPLY = 2
) (
    input  wire                   clk_i,
    input  wire                   rst_i,
    input  wire                   in_valid_i,
    input  wire [            1:0] in_tag_i,
    input  wire [ LANES*IN_W-1:0] in_data_i,
    output wire                   out_valid_o,
    output wire [            1:0] out_tag_o,
    output wire [LANES*OUT_W-1:0] out_data_o,
    output wire                   saturated_o,  // sticky: some result was clipped
    // multipliers
    output wire                   mul_valid_o,
    output wire [LANES*MUL_A_W-1:0] mul_a_o,
    output wire [LANES*MUL_B_W-1:0] mul_b_o,
    input  wire [LANES*(MUL_A_W+MUL_B_W)-1:0] mul_p_i
);
  localparam BEATS  = CHANNELS / LANES;
  localparam STAGES = 5;
  localparam BEAT_W = BEATS > 1 ? $clog2(BEATS) : 1;
  localparam FACTOR_W = OFFSET_W + MULTIPLIER_W;
  localparam PRODUCT_W = IN_W + MULTIPLIER_W;
  localparam ROUND_W = SUM_W - SHIFT + 1;

  generate
    if (CHANNELS % LANES != 0) begin : g_bad_lanes
      qs5_error_requantize_LANES_must_divide_CHANNELS u_error ();
    end
    if (MULTIPLY != 1 && MULTIPLY != 2) begin : g_bad_multiply
      qs5_error_requantize_MULTIPLY_must_be_1_or_2 u_error ();
    end
  endgenerate

  reg [  STAGES-1:0] valid_q;
  reg [2*STAGES-1:0] tag_q;
  always @(posedge clk_i) begin
    valid_q <= rst_i ? {STAGES{1'b0}} : {valid_q[STAGES-2:0], in_valid_i};
    tag_q   <= {tag_q[2*STAGES-3:0], in_tag_i};
  end
  assign out_valid_o = valid_q[STAGES-1];
  assign out_tag_o   = tag_q[2*STAGES-1-:2];

  // Factors of this beat, one cycle after it.
  wire [LANES*FACTOR_W-1:0] factors;
  generate
    if (MULTIPLY == 2) begin : g_rom
      localparam [BEAT_W-1:0] LAST_BEAT = BEATS[BEAT_W-1:0] - 1'b1;
      reg [BEAT_W-1:0] beat_q;
      always @(posedge clk_i) begin
        if (in_valid_i) beat_q <= (beat_q == LAST_BEAT) ? {BEAT_W{1'b0}} : beat_q + 1'b1;
        if (rst_i) beat_q <= {BEAT_W{1'b0}};
      end
      qs5_rom #(
          .DEPTH(BEATS),
          .W    (LANES*FACTOR_W),
          .STYLE(ROM_STYLE),
          .FILE (FACTOR_FILE)
      ) u_rom (
          .clk_i (clk_i),
          .addr_i(beat_q),
          .data_o(factors)
      );
    end else begin : g_constant
      assign factors = {LANES{{OFFSET_W{1'b0}}, MULTIPLIER[MULTIPLIER_W-1:0]}};
    end
  endgenerate

  reg  [        LANES*IN_W-1:0] in_q;
  wire [LANES*MULTIPLIER_W-1:0] multipliers;
  wire [   LANES*PRODUCT_W-1:0] products;
  always @(posedge clk_i) in_q <= in_data_i;
  assign mul_valid_o = valid_q[0];
  qs5_multiply_port #(
      .COUNT  (LANES),
      .A_W    (IN_W),
      .B_W    (MULTIPLIER_W),
      .MUL_A_W(MUL_A_W),
      .MUL_B_W(MUL_B_W)
  ) u_port (
      .a_i    (in_q),
      .b_i    (multipliers),
      .p_o    (products),
      .mul_a_o(mul_a_o),
      .mul_b_o(mul_b_o),
      .mul_p_i(mul_p_i)
  );

  wire [LANES-1:0] clipped;
  genvar l;
  generate
    for (l = 0; l < LANES; l = l + 1) begin : g_lane
      assign multipliers[l*MULTIPLIER_W+:MULTIPLIER_W] = factors[l*FACTOR_W+:MULTIPLIER_W];
      wire signed [PRODUCT_W-1:0] product = products[l*PRODUCT_W+:PRODUCT_W];
      // The offset waits for the product.
      reg signed [OFFSET_W-1:0] offset_q2;
      reg signed [OFFSET_W-1:0] offset_q3;
      reg signed [   SUM_W-1:0] sum_q4;
      wire signed [SUM_W-1:0] product_fit;
      wire signed [SUM_W-1:0] offset_fit;
      if (SUM_W > PRODUCT_W) begin : g_extend
        assign product_fit = {{(SUM_W - PRODUCT_W) {product[PRODUCT_W-1]}}, product};
      end else begin : g_cut
        assign product_fit = product[SUM_W-1:0];
        if (SUM_W < PRODUCT_W) begin : g_unused
          wire unused_bits = &{1'b0, product[PRODUCT_W-1:SUM_W]};
        end
      end
      if (SUM_W > OFFSET_W) begin : g_extend_offset
        assign offset_fit = {{(SUM_W - OFFSET_W) {offset_q3[OFFSET_W-1]}}, offset_q3};
      end else begin : g_cut_offset
        assign offset_fit = offset_q3[SUM_W-1:0];
        if (SUM_W < OFFSET_W) begin : g_unused
          wire unused_bits = &{1'b0, offset_q3[OFFSET_W-1:SUM_W]};
        end
      end
      always @(posedge clk_i) begin
        offset_q2 <= factors[l*FACTOR_W+MULTIPLIER_W+:OFFSET_W];
        offset_q3 <= offset_q2;
        sum_q4    <= product_fit + offset_fit;
      end

      wire signed [ROUND_W-1:0] rounded;
      wire signed [  OUT_W-1:0] result;
      reg         [  OUT_W-1:0] result_q;
      qs5_round #(
          .IN_W    (SUM_W),
          .SHIFT   (SHIFT),
          .ROUNDING(ROUNDING)
      ) u_round (
          .in_i (sum_q4),
          .out_o(rounded)
      );
      qs5_saturate #(
          .IN_W (ROUND_W),
          .OUT_W(OUT_W)
      ) u_saturate (
          .in_i       (rounded),
          .out_o      (result),
          .saturated_o(clipped[l])
      );
      always @(posedge clk_i) result_q <= result;
      assign out_data_o[l*OUT_W+:OUT_W] = result_q;
    end
  endgenerate

  // Sticky flag: set with the beat that was clipped.
  reg saturated_q;
  always @(posedge clk_i)
    saturated_q <= ~rst_i & (saturated_q | (valid_q[STAGES-2] & (|clipped)));
  assign saturated_o = saturated_q;
endmodule

`default_nettype wire
