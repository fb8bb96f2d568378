// Change of format by a power of two: q = saturate(round(acc / 2^SHIFT)).
//
// What qs5_requantize does where the factor between two scales is a power of two and nothing is
// added: it takes no multiplier.
//
// Stages    1 round and saturate
// Latency   1 cycle, a beat every cycle
// Reset     control and the sticky flag
`default_nettype none

module qs5_shift #(
    parameter LANES    = 1,   // elements per beat
    parameter IN_W     = 18,  // bits in
    parameter OUT_W    = 8,   // bits out
    parameter SHIFT    = 8,   // bits dropped
    parameter ROUNDING = 1    // as in qs5_round
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
  // The rounder needs a bit above those it drops.
  localparam WIDE_W  = SHIFT + 1 > IN_W ? SHIFT + 1 : IN_W;
  localparam ROUND_W = WIDE_W - SHIFT + 1;

  reg       valid_q;
  reg [1:0] tag_q;
  always @(posedge clk_i) begin
    valid_q <= in_valid_i & ~rst_i;
    tag_q   <= in_tag_i;
  end
  assign out_valid_o = valid_q;
  assign out_tag_o   = tag_q;

  wire [LANES-1:0] clipped;
  genvar l;
  generate
    for (l = 0; l < LANES; l = l + 1) begin : g_lane
      wire signed [  IN_W-1:0] in = in_data_i[l*IN_W+:IN_W];
      wire signed [WIDE_W-1:0] wide = {{(WIDE_W - IN_W) {in[IN_W-1]}}, in};
      wire signed [ROUND_W-1:0] rounded;
      wire signed [  OUT_W-1:0] result;
      reg         [  OUT_W-1:0] result_q;
      qs5_round #(
          .IN_W    (WIDE_W),
          .SHIFT   (SHIFT),
          .ROUNDING(ROUNDING)
      ) u_round (
          .in_i (wide),
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
  always @(posedge clk_i) saturated_q <= ~rst_i & (saturated_q | (in_valid_i & (|clipped)));
  assign saturated_o = saturated_q;
endmodule

`default_nettype wire
