// Complex diagonal recurrence: x[p] <- saturate(round(lambda_bar[p] * x[p]) + bu[p]), multipliers outside.
//
// STATES complex states pass LANES per beat. A state is needed again one time step later, which hides
// the pipeline of its update. Re and im are rounded apart, once per complex sum. A beat whose tag says
// first takes x as zero.
//
// PRODUCTS  4  re = c*a + -s*b, im = s*a + c*b         for x = a + jb and lambda_bar = c + js
//           3  k1 = c*(a+b), k2 = (s-c)*a, k3 = (c+s)*b;  re = k1 - k3, im = k1 + k2
// The multipliers at port mul make the products. Lane l has multipliers l*PRODUCTS and on, in the order
// c*a, -s*b, s*a, c*b or k1, k2, k3.
//
// ROM word of slot t (states t*LANES ...), lane l at bit l*ROM_LANE_W, lowest first:
//   PRODUCTS = 4   {-s, s, c}
//   PRODUCTS = 3   {-(c + s), s - c, c}
// Signs are in the coefficients, so that products are only added.
//
// Stages    1 increment, 2 and 3 sum with bu, 4 and 5 saturation if SATURATE; then the loop: (sum a+b if
//           PRODUCTS = 3,) operands, product, low half of the complex sum, high half
// Latency   5 cycles, 3 if SATURATE = 0
// Interval  STATES/LANES, but at least 11 (SATURATE = 0: 9), one more with PRODUCTS = 3: a state must
//           be back by then
// Reset     control and the sticky flag; the tag clears the state
`default_nettype none

module qs5_recurrence #(
    parameter STATES      = 4,       // complex states
    parameter LANES       = 1,       // states per beat
    parameter PRODUCTS    = 4,       // products per complex product: 3 or 4
    parameter X_W         = 16,      // bits of re x and of im x
    parameter BU_W        = 16,      // bits of re bu and of im bu
    parameter COEF_W      = 8,       // bits of each coefficient in the ROM
    parameter FRAC        = 7,       // fraction bits of lambda_bar
    parameter ACC_W       = 25,      // bits of lambda_bar * x, from the exact bound
    parameter [8*11-1:0] ROUNDING = "toward_zero",  // "half_up", "half_even" or "toward_zero"
    parameter MUL_A_W     = 16,      // bits of the multipliers' first operand, at least X_W (+ 1 if PRODUCTS = 3)
    parameter MUL_B_W     = 8,       // bits of the multipliers' second operand, at least COEF_W
    parameter SATURATE    = 1,       // 0: every new state is proved to fit
    parameter RAM_STYLE   = "auto",  // RAM: "auto", "block", "block_36", "block_18", "distributed", "logic"
    parameter ROM_STYLE   = "auto",  // ROM: "auto", "block" or "logic"
    parameter LAMBDA_FILE = ""       // ROM image
) (
    input  wire                   clk_i,
    input  wire                   rst_i,
    input  wire                   in_valid_i,
    input  wire [            1:0] in_tag_i,
    input  wire [2*LANES*BU_W-1:0] in_data_i,   // {im, re} per lane
    output wire                   out_valid_o,
    output wire [            1:0] out_tag_o,
    output wire [ 2*LANES*X_W-1:0] out_data_o,  // {im, re} per lane
    output wire                   saturated_o,  // sticky: some state was clipped
    // multipliers
    output wire                   mul_valid_o,
    output wire [LANES*PRODUCTS*MUL_A_W-1:0] mul_a_o,
    output wire [LANES*PRODUCTS*MUL_B_W-1:0] mul_b_o,
    input  wire [LANES*PRODUCTS*(MUL_A_W+MUL_B_W)-1:0] mul_p_i
);
  localparam SLOTS      = STATES / LANES;
  localparam SLOT_W     = SLOTS > 1 ? $clog2(SLOTS) : 1;
  localparam ROM_LANE_W = 3 * COEF_W;

  generate
    if (PRODUCTS != 3 && PRODUCTS != 4) begin : g_bad_products
      qs5_error_recurrence_PRODUCTS_must_be_3_or_4 u_error ();
    end
  endgenerate

  wire [       SLOT_W-1:0] slot;
  wire [2*LANES*ACC_W-1:0] acc;
  qs5_recurrence_state #(
      .STATES   (STATES),
      .LANES    (LANES),
      .X_W      (X_W),
      .BU_W     (BU_W),
      .FRAC     (FRAC),
      .ACC_W    (ACC_W),
      .ROUNDING (ROUNDING),
      .SATURATE (SATURATE),
      .RAM_STYLE(RAM_STYLE),
      .LOOP     (PRODUCTS == 3 ? 5 : 4)
  ) u_state (
      .clk_i      (clk_i),
      .rst_i      (rst_i),
      .in_valid_i (in_valid_i),
      .in_tag_i   (in_tag_i),
      .in_data_i  (in_data_i),
      .out_valid_o(out_valid_o),
      .out_tag_o  (out_tag_o),
      .out_data_o (out_data_o),
      .saturated_o(saturated_o),
      .slot_o     (slot),
      .acc_i      (acc)
  );

  wire [LANES*ROM_LANE_W-1:0] coefs;
  qs5_rom #(
      .DEPTH(SLOTS),
      .W    (LANES*ROM_LANE_W),
      .STYLE(ROM_STYLE),
      .FILE (LAMBDA_FILE)
  ) u_rom (
      .clk_i (clk_i),
      .addr_i(slot),
      .data_o(coefs)
  );

  // Operands and products of all lanes. a + b needs one bit more than a state.
  localparam A_W = PRODUCTS == 3 ? X_W + 1 : X_W;
  localparam P_W = A_W + COEF_W;
  wire [   LANES*PRODUCTS*A_W-1:0] operands;
  wire [LANES*PRODUCTS*COEF_W-1:0] coefficients;
  wire [   LANES*PRODUCTS*P_W-1:0] products;
  qs5_multiply_port #(
      .COUNT  (LANES * PRODUCTS),
      .A_W    (A_W),
      .B_W    (COEF_W),
      .MUL_A_W(MUL_A_W),
      .MUL_B_W(MUL_B_W)
  ) u_port (
      .a_i    (operands),
      .b_i    (coefficients),
      .p_o    (products),
      .mul_a_o(mul_a_o),
      .mul_b_o(mul_b_o),
      .mul_p_i(mul_p_i)
  );

  // Sums are exact modulo 2^ACC_W, and the exact bound says that the result fits.
  genvar l;
  generate
    for (l = 0; l < LANES; l = l + 1) begin : g_lane
      wire [ROM_LANE_W-1:0] coef = coefs[l*ROM_LANE_W+:ROM_LANE_W];
      wire signed [X_W-1:0] a = out_data_o[2*l*X_W+:X_W];
      wire signed [X_W-1:0] b = out_data_o[(2*l+1)*X_W+:X_W];

      if (PRODUCTS == 4) begin : g_four
        wire signed [COEF_W-1:0] c = coef[0+:COEF_W];
        wire signed [COEF_W-1:0] s = coef[COEF_W+:COEF_W];
        wire signed [COEF_W-1:0] minus_s = coef[2*COEF_W+:COEF_W];
        wire signed [P_W-1:0] ca = products[4*l*P_W+:P_W];
        wire signed [P_W-1:0] sb = products[(4*l+1)*P_W+:P_W];
        wire signed [P_W-1:0] sa = products[(4*l+2)*P_W+:P_W];
        wire signed [P_W-1:0] cb = products[(4*l+3)*P_W+:P_W];
        assign operands[4*l*A_W+:4*A_W] = {b, a, b, a};
        assign coefficients[4*l*COEF_W+:4*COEF_W] = {c, s, minus_s, c};
        qs5_recurrence_sum #(.A_W(P_W), .OUT_W(ACC_W)) u_re (
            .clk_i(clk_i), .a_i(ca), .b_i(sb), .out_o(acc[2*l*ACC_W+:ACC_W]));
        qs5_recurrence_sum #(.A_W(P_W), .OUT_W(ACC_W)) u_im (
            .clk_i(clk_i), .a_i(sa), .b_i(cb), .out_o(acc[(2*l+1)*ACC_W+:ACC_W]));
      end else begin : g_three
        reg signed [X_W:0] ab_q;
        reg signed [X_W-1:0] a_q, b_q;
        reg signed [COEF_W-1:0] c_q, s_minus_c_q, minus_c_plus_s_q;
        always @(posedge clk_i) begin
          ab_q        <= {a[X_W-1], a} + {b[X_W-1], b};
          a_q         <= a;
          b_q         <= b;
          c_q         <= coef[0+:COEF_W];
          s_minus_c_q <= coef[COEF_W+:COEF_W];
          minus_c_plus_s_q <= coef[2*COEF_W+:COEF_W];
        end
        wire signed [P_W-1:0] k1 = products[3*l*P_W+:P_W];
        wire signed [P_W-1:0] k2 = products[(3*l+1)*P_W+:P_W];
        wire signed [P_W-1:0] k3 = products[(3*l+2)*P_W+:P_W];
        assign operands[3*l*A_W+:3*A_W] = {b_q[X_W-1], b_q, a_q[X_W-1], a_q, ab_q};
        assign coefficients[3*l*COEF_W+:3*COEF_W] = {minus_c_plus_s_q, s_minus_c_q, c_q};
        qs5_recurrence_sum #(.A_W(P_W), .OUT_W(ACC_W)) u_re (
            .clk_i(clk_i), .a_i(k1), .b_i(k3), .out_o(acc[2*l*ACC_W+:ACC_W]));
        qs5_recurrence_sum #(.A_W(P_W), .OUT_W(ACC_W)) u_im (
            .clk_i(clk_i), .a_i(k1), .b_i(k2), .out_o(acc[(2*l+1)*ACC_W+:ACC_W]));
      end
    end

    if (PRODUCTS == 3) begin : g_late
      reg out_valid_q;
      always @(posedge clk_i) out_valid_q <= out_valid_o & ~rst_i;
      assign mul_valid_o = out_valid_q;
    end else begin : g_early
      assign mul_valid_o = out_valid_o;
    end
  endgenerate
endmodule

`default_nettype wire
