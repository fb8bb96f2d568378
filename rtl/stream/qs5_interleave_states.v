// Two vectors of complex states as one: a[0], b[0], a[1], b[1], ...; each state is re and im.
//
// Stream b has LANES words per beat. Vector a of the same time step is in its buffer, and is read beat
// by beat. A beat out has {im b, re b, im a, re a} for each state of the beat.
//
// Latency   1 cycle
// Interval  one beat per cycle
// Reset     control only
`default_nettype none

module qs5_interleave_states #(
    parameter LANES = 2,  // words per beat of each vector, even: re and im
    parameter W     = 8   // bits per word
) (
    input  wire                 clk_i,
    input  wire                 rst_i,
    // stream in: b
    input  wire                 in_valid_i,
    input  wire [          1:0] in_tag_i,
    input  wire [  LANES*W-1:0] in_data_i,
    // a
    input  wire                 a_start_i,
    input  wire [          1:0] a_tag_i,
    output wire                 a_read_o,
    output wire                 a_release_o,
    input  wire [  LANES*W-1:0] a_data_i,
    // stream out
    output wire                 out_valid_o,
    output wire [          1:0] out_tag_o,
    output wire [2*LANES*W-1:0] out_data_o
);
  generate
    if (LANES % 2 != 0) begin : g_bad_lanes
      qs5_error_interleave_states_LANES_must_be_even u_error ();
    end
  endgenerate

  // a is in its buffer long before its partner arrives, so its start is not needed.
  wire unused_start = &{1'b0, a_start_i, a_tag_i};
  assign a_read_o    = in_valid_i;
  assign a_release_o = 1'b1;

  reg               valid_q;
  reg [        1:0] tag_q;
  reg [LANES*W-1:0] in_q;
  always @(posedge clk_i) begin
    valid_q <= in_valid_i & ~rst_i;
    tag_q   <= in_tag_i;
    in_q    <= in_data_i;
  end
  assign out_valid_o = valid_q;
  assign out_tag_o   = tag_q;

  genvar k;
  generate
    for (k = 0; k < LANES / 2; k = k + 1) begin : g_state
      assign out_data_o[4*k*W+:4*W] = {in_q[2*k*W+:2*W], a_data_i[2*k*W+:2*W]};
    end
  endgenerate
endmodule

`default_nettype wire
