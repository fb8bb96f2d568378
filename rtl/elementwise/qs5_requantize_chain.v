// Change of format: q = saturate(round((acc * multiplier + offset) / 2^SHIFT)), own multipliers.
//
// The multipliers of this module add the offset. An acc too wide for one multiplier is cut at CUT:
//
//   low  = acc[CUT-1:0] * multiplier + offset          (low bits of acc, unsigned)
//   high = (acc >> CUT) * multiplier + (low >> CUT)    (the sum without its CUT lowest bits)
//
// Stages    1 operands, 2 product, 3 sum, 4 sum of the high bits if CUT > 0, 2 more: round and saturate
// Latency   5 cycles, 6 if CUT > 0
// Interval  one beat per cycle
// Reset     control and the sticky flag; a beat may come from the second cycle of a reset on
`default_nettype none

module qs5_requantize_chain #(
    parameter CHANNELS             = 4,       // elements per vector
    parameter LANES                = 1,       // elements per beat
    parameter IN_W                 = 22,      // bits in
    parameter OUT_W                = 8,       // bits out
    parameter MULTIPLIERS          = 0,       // 1: multipliers from a ROM; 0: all are MULTIPLIER
    parameter MULTIPLIER_W         = 16,      // bits of the signed multiplier
    parameter MULTIPLIER           = 1,       // the multiplier if MULTIPLIERS is 0
    parameter OFFSETS              = 0,       // 1: offsets from a ROM; 0: no offset
    parameter OFFSET_W             = 16,      // bits of the offset
    parameter CUT                  = 15,      // low bits of acc with their own multiplier; 0: no cut
    parameter LOW_W                = 32,      // bits of the low sum inside the multiplier
    parameter HIGH_W               = 24,      // bits of the high sum inside the multiplier
    parameter SUM_W                = 34,      // bits of acc * multiplier + offset, from its exact bound
    parameter SHIFT                = 8,       // bits dropped
    parameter [8*11-1:0] ROUNDING = "half_even",  // "half_up", "half_even" or "toward_zero"
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
    output wire                   saturated_o  // sticky: some result was clipped
);
  localparam STAGES = CUT > 0 ? 4 : 3;
  // DROP: bits that are known early, and that the rounding only compares with zero.
  localparam DROP   = CUT < SHIFT ? CUT : SHIFT;
  // One flag per eight of them: two levels of LUTs.
  localparam FLAGS  = (DROP + 7) / 8;
  localparam WORD_W = SUM_W - DROP + FLAGS;

  generate
    if (CHANNELS % LANES != 0) begin : g_bad_lanes
      qs5_error_requantize_chain_LANES_must_divide_CHANNELS u_error ();
    end
    if (SUM_W <= SHIFT || SUM_W <= CUT) begin : g_bad_sum
      qs5_error_requantize_chain_SUM_W_must_exceed_SHIFT_and_CUT u_error ();
    end
    if (CUT >= IN_W) begin : g_bad_cut
      qs5_error_requantize_chain_CUT_must_be_less_than_IN_W u_error ();
    end
    if (HIGH_W < SUM_W - CUT || HIGH_W < (CUT > 0 ? LOW_W - CUT : OFFSET_W)) begin : g_bad_high
      qs5_error_requantize_chain_HIGH_W_must_hold_the_sum_and_what_is_added u_error ();
    end
    if (CUT > 0 && LOW_W < OFFSET_W) begin : g_bad_low
      qs5_error_requantize_chain_LOW_W_must_hold_the_offset u_error ();
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
      .OFFSET_DELAY        (1),
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

  wire [LANES*WORD_W-1:0] words;
  genvar l;
  generate
    for (l = 0; l < LANES; l = l + 1) begin : g_lane
      wire [        IN_W-1:0] acc = in_data_i[l*IN_W+:IN_W];
      wire [MULTIPLIER_W-1:0] multiplier = multipliers[l*MULTIPLIER_W+:MULTIPLIER_W];
      wire [    OFFSET_W-1:0] offset = offsets[l*OFFSET_W+:OFFSET_W];
      wire [      HIGH_W-1:0] sum;
      if (HIGH_W > SUM_W - CUT) begin : g_unused
        wire unused_bits = &{1'b0, sum[HIGH_W-1:SUM_W-CUT]};
      end

      if (CUT == 0) begin : g_one
        qs5_multiply_add #(
            .A_W     (IN_W),
            .B_W     (MULTIPLIER_W),
            .P_W     (HIGH_W),
            .C_STAGES(1)
        ) u_all (
            .clk_i(clk_i),
            .a_i  (acc),
            .b_i  (multiplier),
            .c_i  ({{(HIGH_W - OFFSET_W) {offset[OFFSET_W-1]}}, offset}),
            .p_o  (sum)
        );
        assign words[l*WORD_W+:WORD_W] = sum[SUM_W-1:0];
      end else begin : g_cut
        wire [LOW_W-1:0] low;
        qs5_multiply_add #(
            .A_W     (CUT + 1),
            .B_W     (MULTIPLIER_W),
            .P_W     (LOW_W),
            .C_STAGES(1)
        ) u_low (
            .clk_i(clk_i),
            .a_i  ({1'b0, acc[CUT-1:0]}),
            .b_i  (multiplier),
            .c_i  ({{(LOW_W - OFFSET_W) {offset[OFFSET_W-1]}}, offset}),
            .p_o  (low)
        );
        reg [    IN_W-CUT-1:0] high_q;
        reg [MULTIPLIER_W-1:0] multiplier_q;
        always @(posedge clk_i) begin
          high_q       <= acc[IN_W-1:CUT];
          multiplier_q <= multiplier;
        end
        qs5_multiply_add #(
            .A_W(IN_W - CUT),
            .B_W(MULTIPLIER_W),
            .P_W(HIGH_W)
        ) u_high (
            .clk_i(clk_i),
            .a_i  (high_q),
            .b_i  (multiplier_q),
            .c_i  ({{(HIGH_W - LOW_W + CUT) {low[LOW_W-1]}}, low[LOW_W-1:CUT]}),
            .p_o  (sum)
        );
        wire [WORD_W-FLAGS-1:0] kept;
        if (DROP < CUT) begin : g_kept
          reg [CUT-DROP-1:0] low_q;
          always @(posedge clk_i) low_q <= low[CUT-1:DROP];
          assign kept = {sum[SUM_W-CUT-1:0], low_q};
        end else begin : g_gone
          assign kept = sum[SUM_W-CUT-1:0];
        end
        if (FLAGS == 0) begin : g_whole
          assign words[l*WORD_W+:WORD_W] = kept;
        end else begin : g_flags
          wire [8*FLAGS:0] dropped = {{(8 * FLAGS - DROP + 1) {1'b0}}, low[DROP-1:0]};
          reg  [FLAGS-1:0] some_q;
          integer f;
          always @(posedge clk_i) for (f = 0; f < FLAGS; f = f + 1) some_q[f] <= |dropped[8*f+:8];
          assign words[l*WORD_W+:WORD_W] = {kept, some_q};
          wire unused_top = &{1'b0, dropped[8*FLAGS]};
        end
      end
    end
  endgenerate

  // The flags of the dropped bits are below the word.
  qs5_requantize_shift #(
      .LANES   (LANES),
      .IN_W    (WORD_W),
      .OUT_W   (OUT_W),
      .SHIFT   (SHIFT - DROP + FLAGS),
      .ROUNDING(ROUNDING),
      .ROUNDED (1)
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
