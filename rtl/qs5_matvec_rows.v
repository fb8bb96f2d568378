// The rows of a folded matrix-vector product: sums up READS terms of each of PE rows, and sends the
// sums OUT_LANES at a time, rows in order, while the next are being summed up.
//
// Terms of a pass come in READS cycles without a gap. A pass begins with cleared accumulators, which
// costs nothing; to choose between a term and a sum would cost a look-up table per bit.
//
// Latency   1 cycle from the last term to the first sums
// Reset     control only
`default_nettype none

module qs5_matvec_rows #(
    parameter PE        = 1,   // rows
    parameter READS     = 4,   // terms of a row
    parameter OUT_LANES = 1,   // sums per beat, divides PE
    parameter ACC_W     = 18   // bits of a term and of a sum, modulo 2^ACC_W
) (
    input  wire                       clk_i,
    input  wire                       rst_i,
    // terms
    input  wire                       valid_i,
    input  wire                       last_i,  // the last of a pass
    input  wire [                1:0] tag_i,
    input  wire [       PE*ACC_W-1:0] term_i,
    // stream out
    output wire                       out_valid_o,
    output wire [                1:0] out_tag_o,
    output wire [OUT_LANES*ACC_W-1:0] out_data_o
);
  localparam BEATS  = PE / OUT_LANES;
  localparam LEFT_W = $clog2(BEATS + 1);
  localparam [LEFT_W-1:0] ALL_BEATS = BEATS[LEFT_W-1:0];

  // The plan's bound covers the sums, so that those on the way may wrap.
  wire [PE*ACC_W-1:0] total;
  genvar i;
  generate
    if (READS == 1) begin : g_term
      assign total = term_i;
      wire unused_valid = &{1'b0, valid_i};
    end else begin : g_sum
      for (i = 0; i < PE; i = i + 1) begin : g_row
        reg  [ACC_W-1:0] acc_q;
        wire [ACC_W-1:0] sum = acc_q + term_i[i*ACC_W+:ACC_W];
        always @(posedge clk_i)
          if (last_i | ~valid_i) acc_q <= {ACC_W{1'b0}};
          else acc_q <= sum;
        assign total[i*ACC_W+:ACC_W] = sum;
      end
    end
  endgenerate

  reg [PE*ACC_W-1:0] hold_q;
  reg [  LEFT_W-1:0] left_q;
  reg [         1:0] hold_tag_q;
  always @(posedge clk_i) begin
    if (last_i) hold_tag_q <= tag_i;
    if (last_i) left_q <= ALL_BEATS;
    else if (left_q != {LEFT_W{1'b0}}) left_q <= left_q - 1'b1;
    if (rst_i) left_q <= {LEFT_W{1'b0}};
  end
  generate
    if (BEATS == 1) begin : g_parallel
      always @(posedge clk_i) if (last_i) hold_q <= total;
    end else begin : g_serial
      always @(posedge clk_i) hold_q <= last_i ? total : hold_q >> (OUT_LANES * ACC_W);
    end
  endgenerate

  assign out_valid_o = left_q != {LEFT_W{1'b0}};
  assign out_tag_o   = hold_tag_q;
  assign out_data_o  = hold_q[OUT_LANES*ACC_W-1:0];
endmodule

`default_nettype wire
