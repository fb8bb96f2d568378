// A stream DELAY cycles later: for a stream that would meet its partner's buffer too early.
//
// Latency   DELAY
// Reset     control only
`default_nettype none

module qs5_delay #(
    parameter LANES  = 1,  // elements per beat
    parameter W      = 8,  // bits per element
    parameter DELAY = 1   // at least 1
) (
    input  wire               clk_i,
    input  wire               rst_i,
    input  wire               in_valid_i,
    input  wire [        1:0] in_tag_i,
    input  wire [LANES*W-1:0] in_data_i,
    output wire               out_valid_o,
    output wire [        1:0] out_tag_o,
    output wire [LANES*W-1:0] out_data_o
);
  generate
    if (DELAY < 1) begin : g_bad_cycles
      qs5_error_delay_DELAY_must_be_at_least_1 u_error ();
    end
  endgenerate

  genvar i;
  generate
    for (i = 0; i < DELAY; i = i + 1) begin : g_stage
      reg               valid_q;
      reg [        1:0] tag_q;
      reg [LANES*W-1:0] data_q;
      if (i == 0) begin : g_first
        always @(posedge clk_i) begin
          valid_q <= in_valid_i & ~rst_i;
          tag_q   <= in_tag_i;
          data_q  <= in_data_i;
        end
      end else begin : g_next
        always @(posedge clk_i) begin
          valid_q <= g_stage[i-1].valid_q & ~rst_i;
          tag_q   <= g_stage[i-1].tag_q;
          data_q  <= g_stage[i-1].data_q;
        end
      end
    end
  endgenerate

  generate
    if (DELAY >= 1) begin : g_out
      assign out_valid_o = g_stage[DELAY-1].valid_q;
      assign out_tag_o   = g_stage[DELAY-1].tag_q;
      assign out_data_o  = g_stage[DELAY-1].data_q;
    end
  endgenerate
endmodule

`default_nettype wire
