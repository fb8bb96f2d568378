// D term: y = (sum << SUM_SHIFT) + ((d[h] * u[h]) << PRODUCT_SHIFT), multipliers outside.
//
// Sums pass in order, LANES per beat. u of the same time step is read from its buffer, beat by beat.
// ROM word b has d of lane l at bit l*D_W. The multipliers at port mul make the products. LUTs make the
// sum. qs5_feedthrough_chain has own multipliers that add.
//
// Stages    1 u and ROM read, 2 operands, 3 product, 4 to PIECES+3 sum
// Latency   PIECES+3 cycles
// Interval  one beat per cycle
// Reset     control only
`default_nettype none

module qs5_feedthrough #(
    parameter CHANNELS      = 4,       // elements per vector
    parameter LANES         = 1,       // elements per beat
    parameter IN_W          = 18,      // bits of a sum
    parameter U_W           = 8,       // bits of u
    parameter D_W           = 8,       // bits of d
    parameter SUM_SHIFT     = 0,       // left shift of the sum
    parameter PRODUCT_SHIFT = 0,       // left shift of the product
    parameter OUT_W         = 19,      // bits out, from the exact bound
    parameter PIECES        = 1,       // pieces of the sum, one per cycle
    parameter MUL_A_W       = 8,       // bits of the multipliers' first operand, at least U_W
    parameter MUL_B_W       = 8,       // bits of the multipliers' second operand, at least D_W
    parameter ROM_STYLE     = "auto",  // ROM: "auto", "block" or "logic"
    parameter D_FILE        = ""       // ROM image
) (
    input  wire                   clk_i,
    input  wire                   rst_i,
    // stream in
    input  wire                   in_valid_i,
    input  wire [            1:0] in_tag_i,
    input  wire [ LANES*IN_W-1:0] in_data_i,
    // u
    input  wire                   u_start_i,
    input  wire [            1:0] u_tag_i,
    output wire                   u_read_o,
    output wire                   u_release_o,
    input  wire [  LANES*U_W-1:0] u_data_i,
    // stream out
    output wire                   out_valid_o,
    output wire [            1:0] out_tag_o,
    output wire [LANES*OUT_W-1:0] out_data_o,
    // multipliers
    output wire                   mul_valid_o,
    output wire [LANES*MUL_A_W-1:0] mul_a_o,
    output wire [LANES*MUL_B_W-1:0] mul_b_o,
    input  wire [LANES*(MUL_A_W+MUL_B_W)-1:0] mul_p_i
);
  localparam P_W    = U_W + D_W;
  localparam STAGES = PIECES + 3;
  localparam SHIFTED_SUM_W     = IN_W + SUM_SHIFT;
  localparam SHIFTED_PRODUCT_W = P_W + PRODUCT_SHIFT;

  generate
    if (CHANNELS % LANES != 0) begin : g_bad_lanes
      qs5_error_feedthrough_LANES_must_divide_CHANNELS u_error ();
    end
    if (SHIFTED_SUM_W > OUT_W) begin : g_bad_width
      qs5_error_feedthrough_OUT_W_must_hold_the_shifted_sum u_error ();
    end
  endgenerate

  // u is in its buffer long before its sum arrives, so its start is not needed.
  wire unused_start = &{1'b0, u_start_i, u_tag_i};
  assign u_read_o    = in_valid_i;
  assign u_release_o = 1'b1;

  reg [  STAGES-1:0] valid_q;
  reg [2*STAGES-1:0] tag_q;
  always @(posedge clk_i) begin
    valid_q <= rst_i ? {STAGES{1'b0}} : {valid_q[STAGES-2:0], in_valid_i};
    tag_q   <= {tag_q[2*STAGES-3:0], in_tag_i};
  end
  assign out_valid_o = valid_q[STAGES-1];
  assign out_tag_o   = tag_q[2*STAGES-1-:2];

  wire [LANES*D_W-1:0] d;
  qs5_stream_rom #(
      .BEATS(CHANNELS / LANES),
      .W    (LANES*D_W),
      .STYLE(ROM_STYLE),
      .FILE (D_FILE)
  ) u_rom (
      .clk_i     (clk_i),
      .rst_i     (rst_i),
      .in_valid_i(in_valid_i),
      .data_o    (d)
  );

  wire [LANES*P_W-1:0] products;
  assign mul_valid_o = valid_q[0];
  qs5_multiply_port #(
      .COUNT  (LANES),
      .A_W    (U_W),
      .B_W    (D_W),
      .MUL_A_W(MUL_A_W),
      .MUL_B_W(MUL_B_W)
  ) u_port (
      .a_i    (u_data_i),
      .b_i    (d),
      .p_o    (products),
      .mul_a_o(mul_a_o),
      .mul_b_o(mul_b_o),
      .mul_p_i(mul_p_i)
  );

  genvar l;
  generate
    for (l = 0; l < LANES; l = l + 1) begin : g_lane
      wire signed [P_W-1:0] product = products[l*P_W+:P_W];
      // The sum waits for the product.
      reg [3*IN_W-1:0] sum_q;
      always @(posedge clk_i) sum_q <= {sum_q[2*IN_W-1:0], in_data_i[l*IN_W+:IN_W]};
      wire signed [IN_W-1:0] sum = sum_q[3*IN_W-1-:IN_W];

      wire signed [OUT_W-1:0] sum_fit;
      wire signed [OUT_W-1:0] product_fit;
      assign sum_fit = $signed({{(OUT_W - IN_W) {sum[IN_W-1]}}, sum}) <<< SUM_SHIFT;
      if (OUT_W > SHIFTED_PRODUCT_W) begin : g_extend
        assign product_fit = $signed({{(OUT_W - P_W) {product[P_W-1]}}, product}) <<< PRODUCT_SHIFT;
      end else begin : g_cut
        // OUT_W follows from the actual values of d, so the top bits may be copies of the sign.
        wire signed [SHIFTED_PRODUCT_W-1:0] wide =
            $signed({{PRODUCT_SHIFT{product[P_W-1]}}, product}) <<< PRODUCT_SHIFT;
        assign product_fit = wide[OUT_W-1:0];
        if (OUT_W < SHIFTED_PRODUCT_W) begin : g_unused
          wire unused_bits = &{1'b0, wide[SHIFTED_PRODUCT_W-1:OUT_W]};
        end
      end
      wire [OUT_W:0] word;
      qs5_add_pipelined #(
          .W      (OUT_W),
          .PIECES (PIECES),
          .DROPPED(0)
      ) u_sum (
          .clk_i(clk_i),
          .a_i  (sum_fit),
          .b_i  (product_fit),
          .sum_o(word)
      );
      assign out_data_o[l*OUT_W+:OUT_W] = word[OUT_W:1];
      wire unused_nothing = &{1'b0, word[0]};
    end
  endgenerate
endmodule

`default_nettype wire
