// Stream widening: RATIO beats of IN_LANES words become one beat, the first beat lowest.
//
// Latency   1 cycle from the last of the RATIO beats
// Interval  one beat in per cycle
// Reset     control only
`default_nettype none

module qs5_widen #(
    parameter W        = 8,  // bits per element
    parameter IN_LANES = 1,  // elements per beat in
    parameter RATIO    = 2   // beats in per beat out, at least 2
) (
    input  wire                        clk_i,
    input  wire                        rst_i,
    input  wire                        in_valid_i,
    input  wire [                 1:0] in_tag_i,
    input  wire [      IN_LANES*W-1:0] in_data_i,
    output wire                        out_valid_o,
    output wire [                 1:0] out_tag_o,
    output wire [RATIO*IN_LANES*W-1:0] out_data_o
);
  localparam COUNT_W = $clog2(RATIO);

  generate
    if (RATIO < 2) begin : g_bad_ratio
      qs5_error_widen_RATIO_must_be_at_least_2 u_error ();
    end
  endgenerate

  wire [COUNT_W-1:0] unused_count;
  wire               last;
  qs5_counter #(
      .N(RATIO)
  ) u_count (
      .clk_i  (clk_i),
      .rst_i  (rst_i),
      .step_i (in_valid_i),
      .count_o(unused_count),
      .last_o (last)
  );

  reg                        valid_q;
  reg [                 1:0] tag_q;
  reg [RATIO*IN_LANES*W-1:0] data_q;
  always @(posedge clk_i) begin
    valid_q <= in_valid_i & last & ~rst_i;
    if (in_valid_i) begin
      tag_q  <= in_tag_i;
      data_q <= {in_data_i, data_q[RATIO*IN_LANES*W-1:IN_LANES*W]};
    end
  end

  assign out_valid_o = valid_q;
  assign out_tag_o   = tag_q;
  assign out_data_o  = data_q;
endmodule

`default_nettype wire
