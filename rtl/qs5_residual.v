// The residual sum: out = saturate(skip + branch), both at the scale of the residual stream.
//
// The branch passes as a stream, LANES a beat; the skip of the same time step came earlier and is
// read from its buffer beat by beat.
//
// Stages    1 skip read, 2 sum and saturation
// Latency   2 cycles, a beat every cycle
// Reset     control and the sticky flag
`default_nettype none

module qs5_residual #(
    parameter LANES  = 1,   // elements per beat
    parameter IN_W   = 16,  // bits of the branch
    parameter SKIP_W = 16,  // bits of the skip
    parameter OUT_W  = 16   // bits out
) (
    input  wire                    clk_i,
    input  wire                    rst_i,
    // stream in: branch
    input  wire                    in_valid_i,
    input  wire [             1:0] in_tag_i,
    input  wire [  LANES*IN_W-1:0] in_data_i,
    // skip
    input  wire                    skip_start_i,
    input  wire [             1:0] skip_tag_i,
    output wire                    skip_read_o,
    output wire                    skip_release_o,
    input  wire [LANES*SKIP_W-1:0] skip_data_i,
    // stream out
    output wire                    out_valid_o,
    output wire [             1:0] out_tag_o,
    output wire [ LANES*OUT_W-1:0] out_data_o,
    output wire                    saturated_o      // sticky: some sum was clipped
);
  localparam SUM_W = (IN_W > SKIP_W ? IN_W : SKIP_W) + 1;

  // The skip arrived long before its branch: its start says nothing new.
  wire unused_start = &{1'b0, skip_start_i, skip_tag_i};
  assign skip_read_o    = in_valid_i;
  assign skip_release_o = 1'b1;

  reg [1:0] valid_q;
  reg [3:0] tag_q;
  reg [LANES*IN_W-1:0] in_q;
  always @(posedge clk_i) begin
    valid_q <= rst_i ? 2'b0 : {valid_q[0], in_valid_i};
    tag_q   <= {tag_q[1:0], in_tag_i};
    in_q    <= in_data_i;
  end
  assign out_valid_o = valid_q[1];
  assign out_tag_o   = tag_q[3:2];

  wire [LANES-1:0] clipped;
  genvar l;
  generate
    for (l = 0; l < LANES; l = l + 1) begin : g_lane
      wire signed [ IN_W-1:0] branch = in_q[l*IN_W+:IN_W];
      wire signed [SKIP_W-1:0] skip = skip_data_i[l*SKIP_W+:SKIP_W];
      wire signed [SUM_W-1:0] sum =
          $signed({{(SUM_W - IN_W) {branch[IN_W-1]}}, branch})
        + $signed({{(SUM_W - SKIP_W) {skip[SKIP_W-1]}}, skip});
      wire signed [OUT_W-1:0] result;
      reg         [OUT_W-1:0] out_q;
      qs5_saturate #(
          .IN_W (SUM_W),
          .OUT_W(OUT_W)
      ) u_saturate (
          .in_i       (sum),
          .out_o      (result),
          .saturated_o(clipped[l])
      );
      always @(posedge clk_i) out_q <= result;
      assign out_data_o[l*OUT_W+:OUT_W] = out_q;
    end
  endgenerate

  reg saturated_q;
  always @(posedge clk_i) saturated_q <= ~rst_i & (saturated_q | (valid_q[0] & (|clipped)));
  assign saturated_o = saturated_q;
endmodule

`default_nettype wire
