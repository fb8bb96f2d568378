// Multiplier and offset of a requantisation, beat by beat: constants or ROM words.
//
// A multiplier is available before its beat comes, so the beat need not wait. An offset comes
// OFFSET_DELAY cycles after its beat. Offsets include the half of the rounding, 2^(SHIFT-1), where
// ROUNDING is "half_up" or "half_even".
//
// ROM word b has, for lane l of beat b, a multiplier at bit l*MULTIPLIER_W, an offset at l*OFFSET_W.
//
// Latency   multiplier 0, offset OFFSET_DELAY cycles from the beat
// Interval  one beat per cycle
// Reset     to the first beat; a beat may come from the second cycle of a reset on
`default_nettype none

module qs5_requantize_constants #(
    parameter BEATS                = 4,       // beats per vector
    parameter LANES                = 1,       // elements per beat
    parameter MULTIPLIER_W         = 16,      // bits of the signed multiplier
    parameter OFFSET_W             = 16,      // bits of the offset
    parameter OFFSET_DELAY         = 1,       // cycles from a beat to its offset: 1 or 2
    parameter SHIFT                = 8,       // bits dropped
    parameter [8*11-1:0] ROUNDING = "half_even",  // "half_up", "half_even" or "toward_zero"
    parameter MULTIPLIERS          = 0,       // 1: multipliers from a ROM; 0: all are MULTIPLIER
    parameter MULTIPLIER           = 1,       // the multiplier if MULTIPLIERS is 0, at most 32 bits
    parameter OFFSETS              = 0,       // 1: offsets from a ROM; 0: only the half of the rounding
    parameter MULTIPLIER_ROM_STYLE = "auto",  // ROM: "auto", "block" or "logic"
    parameter OFFSET_ROM_STYLE     = "auto",  // ROM: "auto", "block" or "logic"
    parameter MULTIPLIER_FILE      = "",      // ROM image of the multipliers
    parameter OFFSET_FILE          = ""       // ROM image of the offsets
) (
    input  wire                          clk_i,
    input  wire                          rst_i,
    input  wire                          in_valid_i,
    output wire [LANES*MULTIPLIER_W-1:0] multipliers_o,
    output wire [    LANES*OFFSET_W-1:0] offsets_o
);
  localparam BEAT_W = BEATS > 1 ? $clog2(BEATS) : 1;
  localparam [BEAT_W-1:0] LAST_BEAT = BEATS[BEAT_W-1:0] - 1'b1;
  localparam [BEAT_W-1:0] SECOND_BEAT = BEATS > 1 ? {BEAT_W{1'b0}} + 1'b1 : {BEAT_W{1'b0}};
  localparam WRAPS = BEATS < (1 << BEAT_W);
  localparam HALF_AT = SHIFT > 0 && ROUNDING != "toward_zero" ? SHIFT - 1 : 0;
  localparam [OFFSET_W-1:0] HALF =
      SHIFT > 0 && ROUNDING != "toward_zero" ? {{(OFFSET_W - 1) {1'b0}}, 1'b1} << HALF_AT : {OFFSET_W{1'b0}};

  generate
    if (OFFSET_DELAY != 1 && OFFSET_DELAY != 2) begin : g_bad_delay
      qs5_error_requantize_constants_OFFSET_DELAY_must_be_1_or_2 u_error ();
    end
    if (OFFSETS == 0 && HALF_AT > 0 && OFFSET_W < SHIFT + 1) begin : g_bad_width
      qs5_error_requantize_constants_OFFSET_W_must_hold_half_of_2_to_the_SHIFT u_error ();
    end

    if (MULTIPLIERS == 0 && MULTIPLIER_W > 32) begin : g_bad_multiplier
      qs5_error_requantize_constants_MULTIPLIER_W_must_be_at_most_32_without_a_ROM u_error ();
    end

    if (MULTIPLIERS == 0 && OFFSETS == 0) begin : g_constants
      wire unused_control = &{1'b0, clk_i, rst_i, in_valid_i};
    end else begin : g_beats
      // Number of the next beat and of the one after it. No clock enable: it would need a gate with
      // the reset.
      reg  [BEAT_W-1:0] beat_q;
      reg  [BEAT_W-1:0] next_q;
      wire [BEAT_W-1:0] addr = in_valid_i ? next_q : beat_q;
      wire              wrap = WRAPS && in_valid_i && next_q == LAST_BEAT;
      wire [BEAT_W-1:0] step;
      if (BEAT_W > 1) begin : g_step
        assign step = {{(BEAT_W - 1) {1'b0}}, in_valid_i};
      end else begin : g_bit
        assign step = in_valid_i;
      end
      always @(posedge clk_i) begin
        beat_q <= addr;
        next_q <= wrap ? {BEAT_W{1'b0}} : next_q + step;
        if (rst_i) begin
          beat_q <= {BEAT_W{1'b0}};
          next_q <= SECOND_BEAT;
        end
      end
    end

    if (MULTIPLIERS == 0) begin : g_multiplier
      assign multipliers_o = {LANES{MULTIPLIER[MULTIPLIER_W-1:0]}};
    end else begin : g_multipliers
      qs5_rom #(
          .DEPTH(BEATS),
          .W    (LANES*MULTIPLIER_W),
          .STYLE(MULTIPLIER_ROM_STYLE),
          .FILE (MULTIPLIER_FILE)
      ) u_rom (
          .clk_i (clk_i),
          .addr_i(g_beats.addr),
          .data_o(multipliers_o)
      );
    end

    if (OFFSETS == 0) begin : g_half
      assign offsets_o = {LANES{HALF}};
    end else begin : g_offsets
      wire [BEAT_W-1:0] addr;
      if (OFFSET_DELAY == 1) begin : g_at_once
        assign addr = g_beats.beat_q;
      end else begin : g_later
        reg [BEAT_W-1:0] addr_q;
        always @(posedge clk_i) addr_q <= g_beats.beat_q;
        assign addr = addr_q;
      end
      qs5_rom #(
          .DEPTH(BEATS),
          .W    (LANES*OFFSET_W),
          .STYLE(OFFSET_ROM_STYLE),
          .FILE (OFFSET_FILE)
      ) u_rom (
          .clk_i (clk_i),
          .addr_i(addr),
          .data_o(offsets_o)
      );
    end
  endgenerate
endmodule

`default_nettype wire
