// Increment of a rounding right shift: 1 if the result is floor + 1. Combinational.
//
//   round(in / 2^SHIFT) = floor(in / 2^SHIFT) + increment_o
//
// The increment is apart from the sum, so that it can be the carry of an addition that is needed anyway.
//
// ROUNDING  "half_up"      ties towards plus infinity: floor(v + 1/2)
//           "half_even"    ties to the even neighbour
//           "toward_zero"  magnitude truncated, a contraction: |q| <= |v|
//
// Latency   0
// Interval  one word per cycle
// Reset     none
`default_nettype none

module qs5_round_increment #(
    parameter IN_W  = 16,  // bits in
    parameter SHIFT = 4,   // bits dropped, 0 <= SHIFT < IN_W
    parameter [8*11-1:0] ROUNDING = "half_up"  // "half_up", "half_even" or "toward_zero"
) (
    input  wire signed [IN_W-1:0] in_i,
    output wire                   increment_o
);
  // No rounding uses all bits of the word.
  wire unused_bits = &{1'b0, in_i};

  generate
    if (ROUNDING != "half_up" && ROUNDING != "half_even" && ROUNDING != "toward_zero") begin : g_bad_rounding
      qs5_error_round_increment_ROUNDING_must_be_half_up_half_even_or_toward_zero u_error ();
    end

    if (SHIFT == 0) begin : g_exact
      assign increment_o = 1'b0;
    end else if (ROUNDING == "half_up") begin : g_half_up
      assign increment_o = in_i[SHIFT-1];
    end else if (ROUNDING == "half_even") begin : g_half_even
      if (SHIFT == 1) begin : g_only_ties
        assign increment_o = in_i[0] & in_i[1];
      end else begin : g_ties
        assign increment_o = in_i[SHIFT-1] & (in_i[SHIFT] | (|in_i[SHIFT-2:0]));
      end
    end else begin : g_toward_zero
      assign increment_o = in_i[IN_W-1] & (|in_i[SHIFT-1:0]);
    end
  endgenerate
endmodule

`default_nettype wire
