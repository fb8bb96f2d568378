// Rounding right shift: q = round(in / 2^SHIFT). Combinational, exact, never wraps.
//
// ROUNDING  0 half_up       ties towards plus infinity: floor(v + 1/2)
//           1 half_even     ties to the even neighbour
//           2 toward_zero   truncation of the magnitude, a contraction: |q| <= |v|
//
// All three are a floor plus an increment of one; they differ in when it is added.
`default_nettype none

module qs5_round #(
    parameter IN_W     = 16,               // bits in
    parameter SHIFT    = 4,                // bits dropped, 0 <= SHIFT < IN_W
    parameter ROUNDING = 0,                // see above
    parameter OUT_W    = IN_W - SHIFT + 1  // bits out; one more than the floor needs
) (
    input  wire signed [ IN_W-1:0] in_i,
    output wire signed [OUT_W-1:0] out_o
);
  generate
    if (SHIFT < 0 || SHIFT >= IN_W) begin : g_bad_shift
      qs5_error_round_SHIFT_must_be_at_least_0_and_below_IN_W u_error ();
    end
    if (OUT_W != IN_W - SHIFT + 1) begin : g_bad_width
      qs5_error_round_OUT_W_must_be_IN_W_minus_SHIFT_plus_1 u_error ();
    end

    if (SHIFT == 0) begin : g_exact
      assign out_o = {in_i[IN_W-1], in_i};
    end else begin : g_round
      wire signed [OUT_W-1:0] floor_w = {in_i[IN_W-1], in_i[IN_W-1:SHIFT]};
      wire increment;
      qs5_round_increment #(
          .IN_W    (IN_W),
          .SHIFT   (SHIFT),
          .ROUNDING(ROUNDING)
      ) u_increment (
          .in_i       (in_i),
          .increment_o(increment)
      );
      assign out_o = floor_w + $signed({{(OUT_W - 1) {1'b0}}, increment});
    end
  endgenerate
endmodule

`default_nettype wire
