// Symmetric saturation to OUT_W bits: out = min(max(in, -(2^(OUT_W-1)-1)), 2^(OUT_W-1)-1).
// Combinational. saturated_o tells that the value was changed.
`default_nettype none

module qs5_saturate #(
    parameter IN_W  = 20,  // bits in
    parameter OUT_W = 16   // bits out, at least 2
) (
    input  wire signed [ IN_W-1:0] in_i,
    output wire signed [OUT_W-1:0] out_o,
    output wire                    saturated_o
);
  generate
    if (OUT_W < 2) begin : g_bad_width
      qs5_error_saturate_OUT_W_must_be_at_least_2 u_error ();
    end

    if (IN_W < OUT_W) begin : g_fits
      assign out_o = {{(OUT_W - IN_W) {in_i[IN_W-1]}}, in_i};
      assign saturated_o = 1'b0;
    end else begin : g_clip
      // Out of range: the bits above the result are not all copies of its sign, or the result
      // would be the one code that has no positive twin.
      wire sign = in_i[IN_W-1];
      wire overflow;
      if (IN_W == OUT_W) begin : g_same
        assign overflow = 1'b0;
      end else begin : g_wider
        assign overflow = (|(in_i[IN_W-2:OUT_W-1] ^ {(IN_W - OUT_W) {sign}}));
      end
      wire lowest = sign & ~(|in_i[OUT_W-2:0]);
      assign saturated_o = overflow | lowest;
      assign out_o = saturated_o
          ? (sign ? {1'b1, {(OUT_W - 2) {1'b0}}, 1'b1} : {1'b0, {(OUT_W - 1) {1'b1}}})
          : {sign, in_i[OUT_W-2:0]};
    end
  endgenerate
endmodule

`default_nettype wire
