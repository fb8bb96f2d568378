// Elementwise product of two vectors: out = a * b, exact.
//
// b passes as a stream, LANES a beat; a of the same time step came earlier and is read from its
// buffer beat by beat.
//
// Stages    1 read, 2 operands, 3 product
// Latency   3 cycles, a beat every cycle
// Reset     control only
`default_nettype none

module qs5_gate #(
    parameter LANES = 1,  // elements per beat
    parameter IN_W  = 8,  // bits of the stream
    parameter A_W   = 8   // bits of the buffered vector
) (
    input  wire                        clk_i,
    input  wire                        rst_i,
    // stream in: b
    input  wire                        in_valid_i,
    input  wire [                 1:0] in_tag_i,
    input  wire [      LANES*IN_W-1:0] in_data_i,
    // a
    input  wire                        a_start_i,
    input  wire [                 1:0] a_tag_i,
    output wire                        a_read_o,
    output wire                        a_release_o,
    input  wire [       LANES*A_W-1:0] a_data_i,
    // stream out
    output wire                        out_valid_o,
    output wire [                 1:0] out_tag_o,
    output wire [LANES*(IN_W+A_W)-1:0] out_data_o
);
  // a arrived long before its partner: its start says nothing new.
  wire unused_start = &{1'b0, a_start_i, a_tag_i};
  assign a_read_o    = in_valid_i;
  assign a_release_o = 1'b1;

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

  genvar l;
  generate
    for (l = 0; l < LANES; l = l + 1) begin : g_lane
      qs5_multiply #(
          .A_W(A_W),
          .B_W(IN_W)
      ) u_multiply (
          .clk_i(clk_i),
          .a_i  (a_data_i[l*A_W+:A_W]),
          .b_i  (in_q[l*IN_W+:IN_W]),
          .p_o  (out_data_o[l*(IN_W+A_W)+:IN_W+A_W])
      );
    end
  endgenerate
endmodule

`default_nettype wire
