// Residual sum: out = saturate(skip + branch), both at the scale of the residual stream.
//
// The branch is a stream of LANES elements per beat. The skip of the same time step came earlier and is
// read from its buffer, beat by beat.
//
// Stages    1 skip read, 2 sum, 3 saturation
// Latency   3 cycles; the flag comes 1 cycle after its beat
// Interval  one beat per cycle
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
  localparam SUM_W  = (IN_W > SKIP_W ? IN_W : SKIP_W) + 1;

  generate
    if (OUT_W < 2) begin : g_bad_width
      qs5_error_residual_OUT_W_must_be_at_least_2 u_error ();
    end
  endgenerate

  // The skip is in its buffer long before its branch arrives, so its start is not needed.
  wire unused_start = &{1'b0, skip_start_i, skip_tag_i};
  assign skip_read_o    = in_valid_i;
  assign skip_release_o = 1'b1;

  reg [2:0] valid_q;
  reg [5:0] tag_q;
  reg [LANES*IN_W-1:0] in_q;
  always @(posedge clk_i) begin
    valid_q <= rst_i ? 3'b0 : {valid_q[1:0], in_valid_i};
    tag_q   <= {tag_q[3:0], in_tag_i};
    in_q    <= in_data_i;
  end
  assign out_valid_o = valid_q[2];
  assign out_tag_o   = tag_q[5:4];

  wire [LANES-1:0] clipped;
  genvar l;
  generate
    for (l = 0; l < LANES; l = l + 1) begin : g_lane
      wire [  IN_W-1:0] branch = in_q[l*IN_W+:IN_W];
      wire [SKIP_W-1:0] skip = skip_data_i[l*SKIP_W+:SKIP_W];
      wire [ SUM_W-1:0] a = {{(SUM_W - IN_W) {branch[IN_W-1]}}, branch};
      wire [ SUM_W-1:0] b = {{(SUM_W - SKIP_W) {skip[SKIP_W-1]}}, skip};
      // The sign needs no carry: both words have it, or else the bit below is a copy of it.
      reg  [SUM_W-2:0] low_q;
      reg              alike_q;
      reg              sign_q;
      wire [SUM_W-1:0] sum = {alike_q ? sign_q : low_q[SUM_W-2], low_q};
      wire             sign = sum[SUM_W-1];
      always @(posedge clk_i) begin
        low_q   <= a[SUM_W-2:0] + b[SUM_W-2:0];
        alike_q <= a[SUM_W-1] == b[SUM_W-1];
        sign_q  <= a[SUM_W-1];
      end

      // A symmetric saturation leaves out the least code, 100..0. Setting its lowest bit gives the next
      // code. The bit is set behind the register, so that nothing waits for the detection.
      reg [OUT_W-1:0] out_q;
      if (SUM_W < OUT_W) begin : g_fits
        always @(posedge clk_i) out_q <= {{(OUT_W - SUM_W) {sign}}, sum};
        assign clipped[l] = 1'b0;
        assign out_data_o[l*OUT_W+:OUT_W] = out_q;
      end else begin : g_clip
        wire overflow;
        reg  overflow_q;
        reg  least_q;
        if (SUM_W == OUT_W) begin : g_same
          assign overflow = 1'b0;
        end else begin : g_wider
          assign overflow = |(sum[SUM_W-2:OUT_W-1] ^ {(SUM_W - OUT_W) {sign}});
        end
        always @(posedge clk_i) begin
          out_q      <= overflow ? {sign, {(OUT_W - 2) {~sign}}, 1'b1} : sum[OUT_W-1:0];
          overflow_q <= overflow;
          least_q    <= sum[OUT_W-1] & ~(|sum[OUT_W-2:0]);
        end
        assign clipped[l] = overflow_q | least_q;
        assign out_data_o[l*OUT_W+:OUT_W] = {out_q[OUT_W-1:1], out_q[0] | least_q};
      end
    end
  endgenerate

  reg saturated_q;
  always @(posedge clk_i) saturated_q <= ~rst_i & (saturated_q | (valid_q[2] & (|clipped)));
  assign saturated_o = saturated_q;
endmodule

`default_nettype wire
