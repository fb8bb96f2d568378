// Change of format by a power of two: q = saturate(round(in / 2^SHIFT)).
//
// No multiplier and no wide adder: the factor between the two scales is a power of two, and no offset
// is added. qs5_requantize and qs5_requantize_chain end with this module.
//
// Stages    1 look, 2 choose
// Latency   2 cycles
// Interval  one beat per cycle
// Reset     control and the sticky flag
`default_nettype none

module qs5_requantize_shift #(
    parameter LANES   = 1,   // elements per beat
    parameter IN_W    = 18,  // bits in
    parameter OUT_W   = 8,   // bits out
    parameter SHIFT   = 8,   // bits dropped
    parameter [8*11-1:0] ROUNDING = "half_even",  // "half_up", "half_even" or "toward_zero"
    parameter ROUNDED = 0    // 1: 2^(SHIFT-1) was added before, unless "toward_zero"
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
  reg [1:0] valid_q;
  reg [3:0] tag_q;
  always @(posedge clk_i) begin
    valid_q <= rst_i ? 2'b0 : {valid_q[0], in_valid_i};
    tag_q   <= {tag_q[1:0], in_tag_i};
  end
  assign out_valid_o = valid_q[1];
  assign out_tag_o   = tag_q[3:2];

  wire [LANES-1:0] clipped;
  genvar l;
  generate
    for (l = 0; l < LANES; l = l + 1) begin : g_lane
      qs5_round_saturate #(
          .IN_W    (IN_W),
          .OUT_W   (OUT_W),
          .SHIFT   (SHIFT),
          .ROUNDING(ROUNDING),
          .ROUNDED (ROUNDED)
      ) u_round_saturate (
          .clk_i    (clk_i),
          .in_i     (in_data_i[l*IN_W+:IN_W]),
          .out_o    (out_data_o[l*OUT_W+:OUT_W]),
          .clipped_o(clipped[l])
      );
    end
  endgenerate

  // Sticky flag, set with the beat that was clipped.
  reg [LANES-1:0] clipped_q;
  reg             saturated_q;
  always @(posedge clk_i) begin
    clipped_q   <= clipped;
    saturated_q <= ~rst_i & saturated_o;
  end
  assign saturated_o = saturated_q | (valid_q[1] & (|clipped_q));
endmodule

`default_nettype wire
