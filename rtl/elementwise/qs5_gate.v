// Elementwise product of two vectors: out = a * b, exact, multipliers outside.
//
// Stream b has LANES elements per beat. Vector a of the same time step came earlier and is read from
// its buffer, beat by beat. The multipliers at port mul make the products.
//
// Stages    1 read, 2 operands, 3 product
// Latency   3 cycles
// Interval  one beat per cycle
// Reset     control only
`default_nettype none

module qs5_gate #(
    parameter LANES   = 1,  // elements per beat
    parameter IN_W    = 8,  // bits of the stream
    parameter A_W     = 8,  // bits of the buffered vector
    parameter MUL_A_W = 8,  // bits of the multipliers' first operand, at least A_W
    parameter MUL_B_W = 8   // bits of the multipliers' second operand, at least IN_W
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
    output wire [LANES*(IN_W+A_W)-1:0] out_data_o,
    // multipliers
    output wire                   mul_valid_o,
    output wire [LANES*MUL_A_W-1:0] mul_a_o,
    output wire [LANES*MUL_B_W-1:0] mul_b_o,
    input  wire [LANES*(MUL_A_W+MUL_B_W)-1:0] mul_p_i
);
  // a is in its buffer long before its partner arrives, so its start is not needed.
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

  assign mul_valid_o = valid_q[0];
  qs5_multiply_port #(
      .COUNT  (LANES),
      .A_W    (A_W),
      .B_W    (IN_W),
      .MUL_A_W(MUL_A_W),
      .MUL_B_W(MUL_B_W)
  ) u_port (
      .a_i    (a_data_i),
      .b_i    (in_q),
      .p_o    (out_data_o),
      .mul_a_o(mul_a_o),
      .mul_b_o(mul_b_o),
      .mul_p_i(mul_p_i)
  );
endmodule

`default_nettype wire
