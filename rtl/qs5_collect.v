// Stream widening: RATIO beats of IN_LANES words become one beat, the first beat lowest.
//
// Latency   1 cycle after the last of the RATIO beats
// Reset     control only
`default_nettype none

module qs5_collect #(
    parameter W        = 8,  // bits per element
    parameter IN_LANES = 1,  // elements per beat in
    parameter RATIO    = 2   // beats collected, at least 2
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
  localparam [COUNT_W-1:0] LAST = RATIO[COUNT_W-1:0] - 1'b1;

  generate
    if (RATIO < 2) begin : g_bad_ratio
      qs5_error_collect_RATIO_must_be_at_least_2 u_error ();
    end
  endgenerate

  reg [         COUNT_W-1:0] count_q;
  reg                        valid_q;
  reg [                 1:0] tag_q;
  reg [RATIO*IN_LANES*W-1:0] data_q;
  always @(posedge clk_i) begin
    valid_q <= in_valid_i & (count_q == LAST);
    if (in_valid_i) begin
      count_q <= (count_q == LAST) ? {COUNT_W{1'b0}} : count_q + 1'b1;
      tag_q   <= in_tag_i;
      data_q  <= {in_data_i, data_q[RATIO*IN_LANES*W-1:IN_LANES*W]};
    end
    if (rst_i) begin
      valid_q <= 1'b0;
      count_q <= {COUNT_W{1'b0}};
    end
  end

  assign out_valid_o = valid_q;
  assign out_tag_o   = tag_q;
  assign out_data_o  = data_q;
endmodule

`default_nettype wire
