// One step of a non-restoring division: the remainder moves towards zero by the divisor.
//
//   rest = x - d if x >= 0, else x + d       d = less_one + 1
//   rest = x if skip
//
// The quotient digit is 1 where x >= 0. Between two steps the remainder, from -d to d - 1, is doubled
// and takes in one bit of the dividend. The next rest is in the same range. Combinational.
//
// Latency   0
// Interval  one step per cycle
// Reset     none
`default_nettype none

module qs5_divide_step #(
    parameter D_W = 4   // bits of less_one, unsigned
) (
    input  wire           skip_i,
    input  wire [  D_W:0] x_i,
    input  wire           negative_i,  // the sign of x, one bit wider
    input  wire [D_W-1:0] less_one_i,
    output wire [  D_W:0] rest_o
);
  // -d is ~less_one. The lowest bit makes the carry in.
  wire [  D_W:0] term = {(D_W + 1) {~skip_i}} & ({1'b0, less_one_i} ^ {(D_W + 1) {~negative_i}});
  wire [D_W+1:0] sum = {x_i, 1'b1} + {term, negative_i & ~skip_i};
  assign rest_o = sum[D_W+1:1];
  wire unused_carry = &{1'b0, sum[0]};
endmodule

`default_nettype wire
