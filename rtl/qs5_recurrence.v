// The complex diagonal recurrence: x[p] <- saturate(round(lambda_bar[p] * x[p]) + bu[p]).
//
// STATES complex states live in a memory and pass LANES a beat; a state is needed again only a
// whole time step later, which hides the pipeline of the update. Real and imaginary parts are
// rounded apart, once per complex sum. A beat whose tag says first takes x as zero.
//
// DELTA     0  direct: the coefficient is lambda_bar, Q.FRAC
//           1  delta:  the coefficient is 1 - lambda_bar, and lambda_bar * x = x - delta * x
// PRODUCTS  4  re = c*a - s*b, im = s*a + c*b          for x = a + jb and coefficient c + js
//           3  k1 = c*(a+b), k2 = (s-c)*a, k3 = (c+s)*b;  re = k1 - k3, im = k1 + k2
// They are made outside, by the multipliers at port mul: those of lane l from l*PRODUCTS on, in the
// order c*a, s*b, s*a, c*b or k1, k2, k3.
// With DELTA = 1 and PRODUCTS = 4 the coefficients are mantissas, and each product is shifted left
// by the part's own exponent before the sum.
//
// ROM word of slot t (states t*LANES ...), lane l at bit l*ROM_LANE_W, lowest first:
//   PRODUCTS = 4, DELTA = 0   {s, c}
//   PRODUCTS = 4, DELTA = 1   {shift of s, shift of c, s, c}
//   PRODUCTS = 3              {c + s, s - c, c}
//
// Stages    1 state and ROM read, (2 sum a+b: PRODUCTS = 3), operands, product,
//           (shift: DELTA = 1 and PRODUCTS = 4), complex sum, round and add bu, saturate
// Latency   6, or 7 with either of the stages in brackets; the new state can be read from the
//           cycle in which it leaves, so a time step takes at least that many cycles
// Reset     control and the sticky flag; the state is cleared by the tag
`default_nettype none

module qs5_recurrence #(
    parameter STATES      = 4,   // complex states
    parameter LANES       = 1,   // states per beat
    parameter DELTA       = 0,   // see above
    parameter PRODUCTS    = 4,   // see above
    parameter X_W         = 16,  // bits of re x and of im x
    parameter BU_W        = 16,  // bits of re bu and of im bu
    parameter COEF_W      = 8,   // bits of each coefficient in the ROM
    parameter SHIFT_W     = 0,   // bits of each exponent (DELTA = 1 and PRODUCTS = 4)
    parameter MAX_SHIFT   = 0,   // largest exponent
    parameter FRAC        = 7,   // fraction bits of lambda_bar
    parameter ACC_W       = 25,  // bits of lambda_bar * x, from the exact bound
    parameter ROUNDING    = 2,   // as in qs5_round
    parameter MUL_A_W     = 16,  // bits of the multipliers' operands: at least X_W, one more
    parameter MUL_B_W     = 8,   // with PRODUCTS = 3, and COEF_W
    parameter LAMBDA_FILE = ""   // ROM image
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
  localparam EXTRA      = (PRODUCTS == 3 || DELTA == 1) ? 1 : 0;
  localparam STAGES     = 6 + EXTRA;
  localparam ROM_LANE_W = PRODUCTS == 3 ? 3 * COEF_W : 2 * COEF_W + 2 * SHIFT_W;
  localparam ROUND_W    = ACC_W - FRAC + 1;
  localparam SUM_W      = (ROUND_W > BU_W ? ROUND_W : BU_W) + 1;
  localparam [SLOT_W-1:0] LAST_SLOT = SLOTS[SLOT_W-1:0] - 1'b1;

  generate
    if (STATES % LANES != 0) begin : g_bad_lanes
      qs5_error_recurrence_LANES_must_divide_STATES u_error ();
    end
    if (PRODUCTS != 3 && PRODUCTS != 4) begin : g_bad_products
      qs5_error_recurrence_PRODUCTS_must_be_3_or_4 u_error ();
    end
    if (DELTA != 0 && DELTA != 1) begin : g_bad_delta
      qs5_error_recurrence_DELTA_must_be_0_or_1 u_error ();
    end
    if ((DELTA == 1 && PRODUCTS == 4) ? (SHIFT_W < 1) : (SHIFT_W != 0)) begin : g_bad_shift
      qs5_error_recurrence_SHIFT_W_goes_with_DELTA_1_and_PRODUCTS_4 u_error ();
    end
    if (ACC_W <= FRAC) begin : g_bad_acc
      qs5_error_recurrence_ACC_W_must_exceed_FRAC u_error ();
    end
  endgenerate

  // Slots pass in order; each is written back STAGES - 1 cycles after it was read.
  reg [       SLOT_W-1:0] slot_q;
  reg [       SLOT_W-1:0] write_slot_q;
  reg [       STAGES-1:0] valid_q;
  reg [     2*STAGES-1:0] tag_q;
  wire                    write = valid_q[STAGES-2];
  always @(posedge clk_i) begin
    valid_q <= {valid_q[STAGES-2:0], in_valid_i};
    tag_q   <= {tag_q[2*STAGES-3:0], in_tag_i};
    if (in_valid_i) slot_q <= (slot_q == LAST_SLOT) ? {SLOT_W{1'b0}} : slot_q + 1'b1;
    if (write) write_slot_q <= (write_slot_q == LAST_SLOT) ? {SLOT_W{1'b0}} : write_slot_q + 1'b1;
    if (rst_i) begin
      valid_q      <= {STAGES{1'b0}};
      slot_q       <= {SLOT_W{1'b0}};
      write_slot_q <= {SLOT_W{1'b0}};
    end
  end
  assign out_valid_o = valid_q[STAGES-1];
  assign out_tag_o   = tag_q[2*STAGES-1-:2];

  // State memory and coefficient ROM, both read with the beat.
  wire [   2*LANES*X_W-1:0] x_next;
  reg  [   2*LANES*X_W-1:0] mem[0:SLOTS-1];
  reg  [   2*LANES*X_W-1:0] x_q;
  reg  [LANES*ROM_LANE_W-1:0] rom[0:SLOTS-1];
  reg  [LANES*ROM_LANE_W-1:0] coef_q;
  reg                       first_q;
  initial if (LAMBDA_FILE != "") $readmemh(LAMBDA_FILE, rom);
  always @(posedge clk_i) begin
    if (write) mem[write_slot_q] <= x_next;
    x_q     <= mem[slot_q];
    coef_q  <= rom[slot_q];
    first_q <= in_tag_i[0];
  end

  // Operands and products of all lanes; a + b needs a bit more than the states.
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
  assign mul_valid_o = PRODUCTS == 3 ? valid_q[1] : valid_q[0];

  wire [2*LANES-1:0] clipped;
  genvar l, r;
  generate
    for (l = 0; l < LANES; l = l + 1) begin : g_lane
      wire [ROM_LANE_W-1:0] coef = coef_q[l*ROM_LANE_W+:ROM_LANE_W];
      wire signed [X_W-1:0] a = first_q ? {X_W{1'b0}} : x_q[2*l*X_W+:X_W];
      wire signed [X_W-1:0] b = first_q ? {X_W{1'b0}} : x_q[(2*l+1)*X_W+:X_W];

      // coefficient * x: the complex sum, one cycle before it is registered.
      wire signed [ACC_W-1:0] product_re;
      wire signed [ACC_W-1:0] product_im;

      if (PRODUCTS == 4) begin : g_four
        localparam S_W = P_W + MAX_SHIFT;  // shifted product
        wire signed [COEF_W-1:0] c = coef[0+:COEF_W];
        wire signed [COEF_W-1:0] s = coef[COEF_W+:COEF_W];
        wire signed [P_W-1:0] ca = products[4*l*P_W+:P_W];
        wire signed [P_W-1:0] sb = products[(4*l+1)*P_W+:P_W];
        wire signed [P_W-1:0] sa = products[(4*l+2)*P_W+:P_W];
        wire signed [P_W-1:0] cb = products[(4*l+3)*P_W+:P_W];
        assign operands[4*l*A_W+:4*A_W] = {b, a, b, a};
        assign coefficients[4*l*COEF_W+:4*COEF_W] = {c, s, s, c};
        wire signed [S_W-1:0] ca_s, sb_s, sa_s, cb_s;
        if (DELTA == 1) begin : g_shift
          reg [SHIFT_W-1:0] c_shift_q2, c_shift_q3, s_shift_q2, s_shift_q3;
          reg signed [S_W-1:0] ca_q, sb_q, sa_q, cb_q;
          wire signed [S_W-1:0] ca_w = {{MAX_SHIFT{ca[P_W-1]}}, ca};
          wire signed [S_W-1:0] sb_w = {{MAX_SHIFT{sb[P_W-1]}}, sb};
          wire signed [S_W-1:0] sa_w = {{MAX_SHIFT{sa[P_W-1]}}, sa};
          wire signed [S_W-1:0] cb_w = {{MAX_SHIFT{cb[P_W-1]}}, cb};
          always @(posedge clk_i) begin
            c_shift_q2 <= coef[2*COEF_W+:SHIFT_W];
            s_shift_q2 <= coef[2*COEF_W+SHIFT_W+:SHIFT_W];
            c_shift_q3 <= c_shift_q2;
            s_shift_q3 <= s_shift_q2;
            ca_q <= ca_w <<< c_shift_q3;
            sb_q <= sb_w <<< s_shift_q3;
            sa_q <= sa_w <<< s_shift_q3;
            cb_q <= cb_w <<< c_shift_q3;
          end
          assign ca_s = ca_q;
          assign sb_s = sb_q;
          assign sa_s = sa_q;
          assign cb_s = cb_q;
        end else begin : g_as_is
          assign ca_s = ca;
          assign sb_s = sb;
          assign sa_s = sa;
          assign cb_s = cb;
        end
        // Sums are exact modulo 2^ACC_W, and the bound says that the result fits.
        qs5_add_sub #(.A_W(S_W), .B_W(S_W), .OUT_W(ACC_W), .SUBTRACT(1)) u_re (
            .a_i(ca_s), .b_i(sb_s), .out_o(product_re));
        qs5_add_sub #(.A_W(S_W), .B_W(S_W), .OUT_W(ACC_W), .SUBTRACT(0)) u_im (
            .a_i(sa_s), .b_i(cb_s), .out_o(product_im));
      end else begin : g_three
        reg signed [X_W:0] ab_q2;
        reg signed [X_W-1:0] a_q2, b_q2;
        reg signed [COEF_W-1:0] c_q2, s_minus_c_q2, c_plus_s_q2;
        always @(posedge clk_i) begin
          ab_q2        <= {a[X_W-1], a} + {b[X_W-1], b};
          a_q2         <= a;
          b_q2         <= b;
          c_q2         <= coef[0+:COEF_W];
          s_minus_c_q2 <= coef[COEF_W+:COEF_W];
          c_plus_s_q2  <= coef[2*COEF_W+:COEF_W];
        end
        wire signed [P_W-1:0] k1 = products[3*l*P_W+:P_W];
        wire signed [P_W-1:0] k2 = products[(3*l+1)*P_W+:P_W];
        wire signed [P_W-1:0] k3 = products[(3*l+2)*P_W+:P_W];
        assign operands[3*l*A_W+:3*A_W] = {b_q2[X_W-1], b_q2, a_q2[X_W-1], a_q2, ab_q2};
        assign coefficients[3*l*COEF_W+:3*COEF_W] = {c_plus_s_q2, s_minus_c_q2, c_q2};
        qs5_add_sub #(.A_W(P_W), .B_W(P_W), .OUT_W(ACC_W), .SUBTRACT(1)) u_re (
            .a_i(k1), .b_i(k3), .out_o(product_re));
        qs5_add_sub #(.A_W(P_W), .B_W(P_W), .OUT_W(ACC_W), .SUBTRACT(0)) u_im (
            .a_i(k1), .b_i(k2), .out_o(product_im));
      end

      // Direct: the sum is lambda_bar * x. Delta: it is what x loses.
      for (r = 0; r < 2; r = r + 1) begin : g_part
        wire signed [ACC_W-1:0] product = r == 0 ? product_re : product_im;
        reg signed  [ACC_W-1:0] acc_q;
        if (DELTA == 1) begin : g_delta
          // x waits for the product.
          localparam WAIT = STAGES - 4;
          reg [WAIT*X_W-1:0] x_wait_q;
          wire signed [X_W-1:0] x = x_wait_q[WAIT*X_W-1-:X_W];
          wire signed [X_W+FRAC-1:0] x_wide = {x, {FRAC{1'b0}}};
          wire signed [ACC_W-1:0] x_fit;
          if (ACC_W > X_W + FRAC) begin : g_extend
            assign x_fit = {{(ACC_W - X_W - FRAC) {x[X_W-1]}}, x_wide};
          end else begin : g_cut
            assign x_fit = x_wide[ACC_W-1:0];
            if (ACC_W < X_W + FRAC) begin : g_unused
              wire unused_bits = &{1'b0, x_wide[X_W+FRAC-1:ACC_W]};
            end
          end
          always @(posedge clk_i) begin
            x_wait_q <= {x_wait_q[(WAIT-1)*X_W-1:0], r == 0 ? a : b};
            acc_q    <= x_fit - product;
          end
        end else begin : g_direct
          always @(posedge clk_i) acc_q <= product;
        end

        // bu waits for the sum.
        localparam BU_WAIT = STAGES - 2;
        reg [BU_WAIT*BU_W-1:0] bu_wait_q;
        always @(posedge clk_i)
          bu_wait_q <= {bu_wait_q[(BU_WAIT-1)*BU_W-1:0], in_data_i[(2*l+r)*BU_W+:BU_W]};
        wire signed [BU_W-1:0] bu = bu_wait_q[BU_WAIT*BU_W-1-:BU_W];

        wire signed [ROUND_W-1:0] rounded;
        qs5_round #(
            .IN_W    (ACC_W),
            .SHIFT   (FRAC),
            .ROUNDING(ROUNDING)
        ) u_round (
            .in_i (acc_q),
            .out_o(rounded)
        );
        reg signed [SUM_W-1:0] sum_q;
        always @(posedge clk_i)
          sum_q <= $signed({{(SUM_W - ROUND_W) {rounded[ROUND_W-1]}}, rounded})
                 + $signed({{(SUM_W - BU_W) {bu[BU_W-1]}}, bu});

        qs5_saturate #(
            .IN_W (SUM_W),
            .OUT_W(X_W)
        ) u_saturate (
            .in_i       (sum_q),
            .out_o      (x_next[(2*l+r)*X_W+:X_W]),
            .saturated_o(clipped[2*l+r])
        );
      end
    end
  endgenerate

  reg [2*LANES*X_W-1:0] out_q;
  reg                   saturated_q;
  always @(posedge clk_i) begin
    out_q       <= x_next;
    saturated_q <= ~rst_i & (saturated_q | (write & (|clipped)));
  end
  assign out_data_o  = out_q;
  assign saturated_o = saturated_q;
endmodule

`default_nettype wire
