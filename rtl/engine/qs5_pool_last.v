// Last step of a sequence: only the vector tagged last passes.
//
// ON_FIRST = 1 passes only the vector tagged first: streams that run backwards in time bring the last
// step first.
//
// Stages    1 register
// Latency   1 cycle
// Interval  one beat per cycle
// Reset     control only
`default_nettype none

module qs5_pool_last #(
    parameter LANES    = 1,  // elements per beat
    parameter W        = 8,  // bits per element
    parameter ON_FIRST = 0   // 0: the vector tagged last; 1: the one tagged first
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
    if (ON_FIRST != 0 && ON_FIRST != 1) begin : g_bad_choice
      qs5_error_pool_last_ON_FIRST_must_be_0_or_1 u_error ();
    end
  endgenerate

  wire chosen = ON_FIRST == 1 ? in_tag_i[0] : in_tag_i[1];

  reg               valid_q;
  reg [        1:0] tag_q;
  reg [LANES*W-1:0] data_q;
  always @(posedge clk_i) begin
    valid_q <= in_valid_i & chosen & ~rst_i;
    tag_q   <= in_tag_i;
    data_q  <= in_data_i;
  end
  assign out_valid_o = valid_q;
  assign out_tag_o   = tag_q;
  assign out_data_o  = data_q;
endmodule

`default_nettype wire
