// Rounding and saturation: q = saturate(round(in / 2^SHIFT)), symmetric, to OUT_W bits.
//
// No decision waits for a sum. Stage 1 looks at floor(in / 2^SHIFT) and at the dropped bits. Stage 2
// chooses. "half_even" is "half_up", except that a tie clears the lowest bit.
//
// ROUNDING  "half_up"      ties towards plus infinity
//           "half_even"    ties to the even neighbour
//           "toward_zero"  magnitude truncated
// ROUNDED   0  in_i is the word to round: an increment is added to its floor
//           1  2^(SHIFT-1) was added to in_i already, unless ROUNDING is "toward_zero". The floor of in_i
//              is then rounded half up.
//
// Stages    1 look, 2 choose
// Latency   2 cycles; clipped_o is not registered and comes 1 cycle before out_o
// Interval  one word per cycle
// Reset     none: data registers only
`default_nettype none

module qs5_round_saturate #(
    parameter IN_W    = 18,  // bits in
    parameter OUT_W   = 8,   // bits out, at least 2
    parameter SHIFT   = 8,   // bits dropped
    parameter [8*11-1:0] ROUNDING = "half_even",  // "half_up", "half_even" or "toward_zero"
    parameter ROUNDED = 0    // 1: 2^(SHIFT-1) was added before
) (
    input  wire             clk_i,
    input  wire [ IN_W-1:0] in_i,
    output wire [OUT_W-1:0] out_o,
    output wire             clipped_o
);
  // At least one bit is above the dropped bits.
  localparam WIDE_W  = SHIFT + 1 > IN_W ? SHIFT + 1 : IN_W;
  localparam FLOOR_W = WIDE_W - SHIFT;
  localparam ADDS    = SHIFT > 0 && (ROUNDED == 0 || ROUNDING == "toward_zero");
  localparam TIES    = SHIFT > 0 && ROUNDING == "half_even";
  // Dropped bits that are zero in a tie.
  localparam TIE_W   = ROUNDED == 0 ? SHIFT - 1 : SHIFT;
  // A longer carry chain is cut into two of about this length.
  localparam LOW_W   = OUT_W > 12 ? OUT_W / 2 : OUT_W;

  generate
    if (OUT_W < 2) begin : g_bad_width
      qs5_error_round_saturate_OUT_W_must_be_at_least_2 u_error ();
    end
    if (ROUNDED != 0 && ROUNDED != 1) begin : g_bad_rounded
      qs5_error_round_saturate_ROUNDED_must_be_0_or_1 u_error ();
    end
  endgenerate

  // One more copy of the sign than needed: Verilog has no way to write zero copies.
  wire [   WIDE_W:0] extended = {{(WIDE_W - IN_W + 1) {in_i[IN_W-1]}}, in_i};
  wire [ WIDE_W-1:0] wide = extended[WIDE_W-1:0];
  wire [FLOOR_W-1:0] floor = wide[WIDE_W-1:SHIFT];
  wire               sign = floor[FLOOR_W-1];

  wire up;   // floor + 1, ties apart
  wire tie;  // the lowest bit is cleared
  // No rounding uses all dropped bits.
  wire unused_here = &{1'b0, extended[WIDE_W], wide, up, tie};
  generate
    if (ADDS) begin : g_adds
      wire increment;
      reg  up_q;
      qs5_round_increment #(
          .IN_W    (WIDE_W),
          .SHIFT   (SHIFT),
          .ROUNDING(TIES ? "half_up" : ROUNDING)
      ) u_increment (
          .in_i       (wide),
          .increment_o(increment)
      );
      always @(posedge clk_i) up_q <= increment;
      assign up = up_q;
    end else begin : g_floor
      assign up = 1'b0;
    end

    if (!TIES) begin : g_no_ties
      assign tie = 1'b0;
    end else if (TIE_W == 0) begin : g_only_ties
      assign tie = up;
    end else begin : g_ties
      // Bits per flag: two levels of LUTs take in 16.
      localparam GROUPS = (TIE_W + 15) / 16;
      wire [16*GROUPS:0] low = {{(16 * GROUPS - TIE_W + 1) {1'b0}}, wide[TIE_W-1:0]};
      reg  [ GROUPS-1:0] some_q;
      integer g;
      always @(posedge clk_i) for (g = 0; g < GROUPS; g = g + 1) some_q[g] <= |low[16*g+:16];
      assign tie = ~(|some_q) & (up | (ROUNDED != 0));
      wire unused_top = &{1'b0, low[16*GROUPS]};
    end

    // The floor in OUT_W bits, and flags of its errors.
    wire [OUT_W-1:0] value;
    wire [OUT_W-1:0] result;
    reg  [OUT_W-1:0] value_q;
    reg  [OUT_W-1:0] out_q;
    always @(posedge clk_i) begin
      value_q <= value;
      out_q   <= result;
    end
    assign out_o = out_q;

    if (FLOOR_W < OUT_W) begin : g_fits
      wire [OUT_W-1:0] sum = value_q + {{(OUT_W - 1) {1'b0}}, up};
      assign value     = {{(OUT_W - FLOOR_W) {sign}}, floor};
      assign result    = {sum[OUT_W-1:1], sum[0] & ~tie};
      assign clipped_o = 1'b0;
    end else begin : g_clips
      wire above;  // bits that do not fit
      if (FLOOR_W > OUT_W) begin : g_above
        assign above = |(floor[FLOOR_W-2:OUT_W-1] ^ {(FLOOR_W - OUT_W) {sign}});
      end else begin : g_same
        assign above = 1'b0;
      end
      wire [OUT_W-2:0] body = floor[OUT_W-2:0];
      assign value = {sign, body};
      wire [OUT_W-1:0] limit = {value_q[OUT_W-1], {(OUT_W - 2) {~value_q[OUT_W-1]}}, 1'b1};
      reg over_q;
      reg lowest_q;  // the floor is the code without a positive twin
      always @(posedge clk_i) over_q <= above;

      if (ADDS) begin : g_adds
        reg below_q;  // the floor is below the highest value
        always @(posedge clk_i) begin
          lowest_q <= sign & ~(|body);
          below_q  <= sign | ~(&body);
        end
        // The highest value gets no increment, and the lowest code always gets one. The increment
        // up & below_q | lowest_q equals the carry of up + below_q + lowest_q, because lowest_q
        // implies below_q. The carry chain continues through the value. The sum is not used while
        // over_q is 1. over_q is the other operand, so that one LUT makes the sum and the choice.
        wire [LOW_W+1:0] low = {value_q[LOW_W-1:0], up, lowest_q}
                             + {{LOW_W{over_q}}, below_q, lowest_q};
        // The lowest bit is separate. It is 1 in both limits, so its register gets a set input. On
        // iCE40 a register with a set does not pack with the other registers of the chain.
        wire bit0 = lowest_q | (up & below_q ? ~(value_q[0] | tie) : value_q[0]);
        wire unused_bits = &{1'b0, low[2:0]};
        wire [OUT_W-1:0] sum;
        if (LOW_W == OUT_W) begin : g_one
          assign sum = {low[OUT_W+1:3], bit0};
        end else begin : g_two
          // An increment carries out of the low bits if they are all ones, which is known a stage earlier.
          reg  carries_q;
          wire [OUT_W-LOW_W:0] high = {value_q[OUT_W-1:LOW_W], up}
                                    + {{(OUT_W - LOW_W) {over_q}}, carries_q};
          always @(posedge clk_i) carries_q <= (&floor[LOW_W-1:0]) & (sign | ~(&body));
          assign sum = {high[OUT_W-LOW_W:1], low[LOW_W+1:3], bit0};
          wire unused_high = &{1'b0, high[0]};
        end
        assign clipped_o = over_q | (up & ~below_q) | (lowest_q & ~(up & ~tie));
        assign result = over_q ? limit : sum;
      end else begin : g_floor
        // The lowest bit apart: a tie clears it.
        always @(posedge clk_i) lowest_q <= sign & ~(|(body >> 1));
        wire bit0 = value_q[0] & ~tie;
        assign clipped_o = over_q | (lowest_q & ~bit0);
        assign result = over_q ? limit : {value_q[OUT_W-1:1], bit0 | lowest_q};
      end
    end
  endgenerate
endmodule

`default_nettype wire
