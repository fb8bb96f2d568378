// D term: y = (sum << SUM_SHIFT) + ((d[h] * u[h]) << PRODUCT_SHIFT), own multipliers that add.
//
// Sums pass in order, LANES per beat. u of the same time step is read from its buffer, beat by beat.
// ROM word b has d of lane l at bit l*D_W. Bits of the sum below the product bypass the adder.
//
// Stages    1 u and ROM read, 2 operands, 3 product, 4 sum
// Latency   4 cycles
// Interval  one beat per cycle
// Reset     control only
`default_nettype none

module qs5_feedthrough_chain #(
    parameter CHANNELS      = 4,       // elements per vector
    parameter LANES         = 1,       // elements per beat
    parameter IN_W          = 18,      // bits of a sum
    parameter U_W           = 8,       // bits of u
    parameter D_W           = 8,       // bits of d
    parameter SUM_SHIFT     = 0,       // left shift of the sum
    parameter PRODUCT_SHIFT = 0,       // left shift of the product
    parameter OUT_W         = 19,      // bits out, from the exact bound
    parameter ADDER_W       = 19,      // bits of the sum inside the multipliers
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
    output wire [LANES*OUT_W-1:0] out_data_o
);
  // BELOW: bits of a sum below the product. ABOVE: left shift of the sum against the product.
  localparam BELOW  = PRODUCT_SHIFT > SUM_SHIFT ? PRODUCT_SHIFT - SUM_SHIFT : 0;
  localparam ABOVE  = SUM_SHIFT > PRODUCT_SHIFT ? SUM_SHIFT - PRODUCT_SHIFT : 0;
  localparam HIGH_W = OUT_W - PRODUCT_SHIFT;

  generate
    if (CHANNELS % LANES != 0) begin : g_bad_lanes
      qs5_error_feedthrough_chain_LANES_must_divide_CHANNELS u_error ();
    end
    if (IN_W <= BELOW || IN_W + SUM_SHIFT > OUT_W) begin : g_bad_width
      qs5_error_feedthrough_chain_OUT_W_must_hold_the_sum_and_IN_W_reach_the_product u_error ();
    end
    if (ADDER_W < HIGH_W) begin : g_bad_adder
      qs5_error_feedthrough_chain_ADDER_W_must_hold_OUT_W_minus_PRODUCT_SHIFT u_error ();
    end
  endgenerate

  // u is in its buffer long before its sum arrives, so its start is not needed.
  wire unused_start = &{1'b0, u_start_i, u_tag_i};
  assign u_read_o    = in_valid_i;
  assign u_release_o = 1'b1;

  reg [3:0] valid_q;
  reg [7:0] tag_q;
  always @(posedge clk_i) begin
    valid_q <= rst_i ? 4'b0 : {valid_q[2:0], in_valid_i};
    tag_q   <= {tag_q[5:0], in_tag_i};
  end
  assign out_valid_o = valid_q[3];
  assign out_tag_o   = tag_q[7:6];

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

  genvar l;
  generate
    for (l = 0; l < LANES; l = l + 1) begin : g_lane
      // The sum waits for the product: two cycles here, one inside the multiplier.
      reg  [   2*IN_W-1:0] sum_q;
      wire [     IN_W-1:0] sum = sum_q[2*IN_W-1-:IN_W];
      wire [  ADDER_W-1:0] aligned;
      wire [  ADDER_W-1:0] total;
      always @(posedge clk_i) sum_q <= {sum_q[IN_W-1:0], in_data_i[l*IN_W+:IN_W]};
      assign aligned = {{(ADDER_W - IN_W + BELOW) {sum[IN_W-1]}}, sum[IN_W-1:BELOW]} << ABOVE;
      qs5_multiply_add #(
          .A_W     (U_W),
          .B_W     (D_W),
          .P_W     (ADDER_W),
          .C_STAGES(1)
      ) u_multiply (
          .clk_i(clk_i),
          .a_i  (u_data_i[l*U_W+:U_W]),
          .b_i  (d[l*D_W+:D_W]),
          .c_i  (aligned),
          .p_o  (total)
      );
      if (ADDER_W > HIGH_W) begin : g_unused
        wire unused_bits = &{1'b0, total[ADDER_W-1:HIGH_W]};
      end

      if (PRODUCT_SHIFT == 0) begin : g_all
        assign out_data_o[l*OUT_W+:OUT_W] = total[HIGH_W-1:0];
      end else begin : g_above
        wire [PRODUCT_SHIFT-1:0] low;
        assign out_data_o[l*OUT_W+:OUT_W] = {total[HIGH_W-1:0], low};
        if (BELOW > 0) begin : g_below
          reg [2*BELOW-1:0] below_q;
          always @(posedge clk_i) below_q <= {below_q[BELOW-1:0], sum[BELOW-1:0]};
          assign low = {below_q[2*BELOW-1-:BELOW], {SUM_SHIFT{1'b0}}};
        end else begin : g_zeros
          assign low = {PRODUCT_SHIFT{1'b0}};
        end
      end
    end
  endgenerate
endmodule

`default_nettype wire
