// Change of format: q = saturate(round((acc * multiplier + offset) / 2^SHIFT)), multipliers outside.
//
// Formats become narrower only here and in the recurrence. Channels pass in order, LANES per beat.
// The multipliers at port mul make the products. An offset is added in LUTs. Related modules:
// qs5_requantize_chain (own multipliers that add), qs5_requantize_shift (only a shift).
//
// Stages    1 operands, 2 product, 3 to PIECES+2 offset, 2 more: round and saturate
// Latency   PIECES+4 cycles
// Interval  one beat per cycle
// Reset     control and the sticky flag; a beat may come from the second cycle of a reset on
`default_nettype none

module qs5_requantize #(
    parameter CHANNELS             = 4,       // elements per vector
    parameter LANES                = 1,       // elements per beat
    parameter IN_W                 = 18,      // bits in
    parameter OUT_W                = 8,       // bits out
    parameter MULTIPLIERS          = 0,       // 1: multipliers from a ROM; 0: all are MULTIPLIER
    parameter MULTIPLIER_W         = 16,      // bits of the signed multiplier
    parameter MULTIPLIER           = 1,       // the multiplier if MULTIPLIERS is 0
    parameter OFFSETS              = 1,       // 1: offsets from a ROM; 0: no offset
    parameter OFFSET_W             = 16,      // bits of the offset
    parameter SUM_W                = 34,      // bits of acc * multiplier + offset, from its exact bound
    parameter PIECES               = 2,       // pieces of the sum, one per cycle; 0 if OFFSETS is 0
    parameter SHIFT                = 8,       // bits dropped
    parameter [8*11-1:0] ROUNDING = "half_even",  // "half_up", "half_even" or "toward_zero"
    parameter MUL_A_W              = 18,      // bits of the multipliers' first operand, at least IN_W
    parameter MUL_B_W              = 16,      // bits of the multipliers' second operand, at least MULTIPLIER_W
    parameter MULTIPLIER_ROM_STYLE = "auto",  // ROM: "auto", "block" or "logic"
    parameter OFFSET_ROM_STYLE     = "auto",  // ROM: "auto", "block" or "logic"
    parameter MULTIPLIER_FILE      = "",      // ROM image of the multipliers
    parameter OFFSET_FILE          = ""       // ROM image of the offsets
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
  localparam STAGES    = PIECES + 2;
  localparam PRODUCT_W = IN_W + MULTIPLIER_W;
  // DROPPED: pieces of the sum below the result. Together they leave one bit below the word.
  localparam PIECE_W   = PIECES > 0 ? (SUM_W + PIECES - 1) / PIECES : SUM_W;
  localparam DROPPED   = PIECES > 0 ? SHIFT / PIECE_W : 0;
  localparam FLAGS     = DROPPED > 0 ? 1 : 0;
  localparam WORD_W    = SUM_W - DROPPED * PIECE_W + FLAGS;

  generate
    if (CHANNELS % LANES != 0) begin : g_bad_lanes
      qs5_error_requantize_LANES_must_divide_CHANNELS u_error ();
    end
    if (SUM_W <= SHIFT) begin : g_bad_sum
      qs5_error_requantize_SUM_W_must_exceed_SHIFT u_error ();
    end
    if ((PIECES == 0) != (OFFSETS == 0)) begin : g_bad_pieces
      qs5_error_requantize_PIECES_must_be_0_where_OFFSETS_is_0 u_error ();
    end
  endgenerate

  reg [  STAGES-1:0] valid_q;
  reg [2*STAGES-1:0] tag_q;
  always @(posedge clk_i) begin
    valid_q <= rst_i ? {STAGES{1'b0}} : {valid_q[STAGES-2:0], in_valid_i};
    tag_q   <= {tag_q[2*STAGES-3:0], in_tag_i};
  end

  wire [LANES*MULTIPLIER_W-1:0] multipliers;
  wire [    LANES*OFFSET_W-1:0] offsets;
  qs5_requantize_constants #(
      .BEATS               (CHANNELS / LANES),
      .LANES               (LANES),
      .MULTIPLIER_W        (MULTIPLIER_W),
      .OFFSET_W            (OFFSET_W),
      .OFFSET_DELAY        (2),
      .SHIFT               (SHIFT),
      .ROUNDING            (ROUNDING),
      .MULTIPLIERS         (MULTIPLIERS),
      .MULTIPLIER          (MULTIPLIER),
      .OFFSETS             (OFFSETS),
      .MULTIPLIER_ROM_STYLE(MULTIPLIER_ROM_STYLE),
      .OFFSET_ROM_STYLE    (OFFSET_ROM_STYLE),
      .MULTIPLIER_FILE     (MULTIPLIER_FILE),
      .OFFSET_FILE         (OFFSET_FILE)
  ) u_constants (
      .clk_i        (clk_i),
      .rst_i        (rst_i),
      .in_valid_i   (in_valid_i),
      .multipliers_o(multipliers),
      .offsets_o    (offsets)
  );

  wire [LANES*PRODUCT_W-1:0] products;
  assign mul_valid_o = in_valid_i;
  qs5_multiply_port #(
      .COUNT  (LANES),
      .A_W    (IN_W),
      .B_W    (MULTIPLIER_W),
      .MUL_A_W(MUL_A_W),
      .MUL_B_W(MUL_B_W)
  ) u_port (
      .a_i    (in_data_i),
      .b_i    (multipliers),
      .p_o    (products),
      .mul_a_o(mul_a_o),
      .mul_b_o(mul_b_o),
      .mul_p_i(mul_p_i)
  );

  wire [LANES*WORD_W-1:0] words;
  genvar l;
  generate
    for (l = 0; l < LANES; l = l + 1) begin : g_lane
      wire [PRODUCT_W-1:0] product = products[l*PRODUCT_W+:PRODUCT_W];
      wire [    SUM_W-1:0] product_fit;
      if (SUM_W > PRODUCT_W) begin : g_extend
        assign product_fit = {{(SUM_W - PRODUCT_W) {product[PRODUCT_W-1]}}, product};
      end else begin : g_cut
        assign product_fit = product[SUM_W-1:0];
        if (SUM_W < PRODUCT_W) begin : g_unused
          wire unused_bits = &{1'b0, product[PRODUCT_W-1:SUM_W]};
        end
      end

      wire [OFFSET_W-1:0] offset = offsets[l*OFFSET_W+:OFFSET_W];
      if (PIECES == 0) begin : g_no_offset
        assign words[l*WORD_W+:WORD_W] = product_fit;
        wire unused_offset = &{1'b0, offset};
      end else begin : g_offset
        wire [SUM_W-1:0] offset_fit;
        wire [SUM_W-DROPPED*PIECE_W:0] sum;
        if (SUM_W > OFFSET_W) begin : g_extend
          assign offset_fit = {{(SUM_W - OFFSET_W) {offset[OFFSET_W-1]}}, offset};
        end else begin : g_cut
          assign offset_fit = offset[SUM_W-1:0];
          if (SUM_W < OFFSET_W) begin : g_unused
            wire unused_bits = &{1'b0, offset[OFFSET_W-1:SUM_W]};
          end
        end
        qs5_add_pipelined #(
            .W      (SUM_W),
            .PIECES (PIECES),
            .DROPPED(DROPPED)
        ) u_sum (
            .clk_i(clk_i),
            .a_i  (product_fit),
            .b_i  (offset_fit),
            .sum_o(sum)
        );
        assign words[l*WORD_W+:WORD_W] = sum[SUM_W-DROPPED*PIECE_W-:WORD_W];
        if (FLAGS == 0) begin : g_nothing_dropped
          wire unused_flag = &{1'b0, sum[0]};
        end
      end
    end
  endgenerate

  // Offsets include the half of the rounding.
  qs5_requantize_shift #(
      .LANES   (LANES),
      .IN_W    (WORD_W),
      .OUT_W   (OUT_W),
      .SHIFT   (SHIFT - DROPPED * PIECE_W + FLAGS),
      .ROUNDING(ROUNDING),
      .ROUNDED (PIECES > 0 ? 1 : 0)
  ) u_shift (
      .clk_i      (clk_i),
      .rst_i      (rst_i),
      .in_valid_i (valid_q[STAGES-1]),
      .in_tag_i   (tag_q[2*STAGES-1-:2]),
      .in_data_i  (words),
      .out_valid_o(out_valid_o),
      .out_tag_o  (out_tag_o),
      .out_data_o (out_data_o),
      .saturated_o(saturated_o)
  );
endmodule

`default_nettype wire
