// Whether a rounding right shift by SHIFT gives one more than the floor. Combinational.
//
//   round(in / 2^SHIFT) = floor(in / 2^SHIFT) + increment_o
//
// The rule of rounding, apart from the sum, so that the increment can be the carry of an addition
// that comes anyway.
//
// ROUNDING  0 half_up       ties towards plus infinity: floor(v + 1/2)
//           1 half_even     ties to the even neighbour
//           2 toward_zero   truncation of the magnitude, a contraction: |q| <= |v|
`default_nettype none

module qs5_round_increment #(
    parameter IN_W     = 16,  // bits in
    parameter SHIFT    = 4,   // bits dropped, 0 <= SHIFT < IN_W
    parameter ROUNDING = 0    // see above
) (
    input  wire signed [IN_W-1:0] in_i,
    output wire                   increment_o
);
  // No mode looks at all of the word.
  wire unused_bits = &{1'b0, in_i};

  generate
    if (ROUNDING < 0 || ROUNDING > 2) begin : g_bad_rounding
      qs5_error_round_increment_ROUNDING_must_be_0_1_or_2 u_error ();
    end

    if (SHIFT == 0) begin : g_exact
      assign increment_o = 1'b0;
    end else if (ROUNDING == 0) begin : g_half_up
      assign increment_o = in_i[SHIFT-1];
    end else if (ROUNDING == 1) begin : g_half_even
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
