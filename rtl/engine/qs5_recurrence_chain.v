// Complex diagonal recurrence: x[p] <- saturate(round(lambda_bar[p] * x[p]) + bu[p]), own multipliers.
//
// STATES complex states pass LANES per beat. Each lane has four multipliers. Each complex sum is a chain
// of two qs5_multiply_add; with x = a + jb and lambda_bar = c + js:
//
//   re = (0 + c*a) + (-s)*b      im = (0 + s*a) + c*b
//
// The second link works one cycle later. With ROUNDING "half_up" the chain starts from the half, not
// from 0, and its result is only rounded down; ACC_W has room for that. A beat whose tag says first
// takes x as zero.
//
// ROM word of slot t (states t*LANES ...), lane l at bit l*3*COEF_W, lowest first: {-s, s, c}
//
// Stages    1 increment, 2 and 3 sum with bu, 4 and 5 saturation if SATURATE; then 4 through the chain
// Latency   5 cycles, 3 if SATURATE = 0
// Interval  STATES/LANES, but at least 11 (SATURATE = 0: 9): a state must be back by then
// Reset     control and the sticky flag; the tag clears the state
`default_nettype none

module qs5_recurrence_chain #(
    parameter STATES      = 4,       // complex states
    parameter LANES       = 1,       // states per beat
    parameter X_W         = 16,      // bits of re x and of im x
    parameter BU_W        = 16,      // bits of re bu and of im bu
    parameter COEF_W      = 8,       // bits of each coefficient in the ROM
    parameter FRAC        = 7,       // fraction bits of lambda_bar
    parameter ACC_W       = 25,      // bits of lambda_bar * x, from the exact bound
    parameter [8*11-1:0] ROUNDING = "toward_zero",  // "half_up", "half_even" or "toward_zero"
    parameter SATURATE    = 1,       // 0: every new state is proved to fit
    parameter RAM_STYLE   = "auto",  // RAM: "auto", "block", "block_36", "block_18", "distributed", "logic"
    parameter ROM_STYLE   = "auto",  // ROM: "auto", "block" or "logic"
    parameter LAMBDA_FILE = ""       // ROM image
) (
    input  wire                    clk_i,
    input  wire                    rst_i,
    input  wire                    in_valid_i,
    input  wire [             1:0] in_tag_i,
    input  wire [2*LANES*BU_W-1:0] in_data_i,   // {im, re} per lane
    output wire                    out_valid_o,
    output wire [             1:0] out_tag_o,
    output wire [ 2*LANES*X_W-1:0] out_data_o,  // {im, re} per lane
    output wire                    saturated_o  // sticky: some state was clipped
);
  localparam SLOTS  = STATES / LANES;
  localparam SLOT_W = SLOTS > 1 ? $clog2(SLOTS) : 1;

  // The half that half-up rounding adds.
  localparam ROUNDED = ROUNDING == "half_up" && FRAC > 0 ? 1 : 0;
  localparam [ACC_W-1:0] ONE = 1;
  localparam [ACC_W-1:0] FROM = ROUNDED == 1 ? ONE << (FRAC - 1) : {ACC_W{1'b0}};

  wire [       SLOT_W-1:0] slot;
  wire [2*LANES*ACC_W-1:0] acc;
  qs5_recurrence_state #(
      .STATES  (STATES),
      .LANES   (LANES),
      .X_W     (X_W),
      .BU_W    (BU_W),
      .FRAC    (FRAC),
      .ACC_W   (ACC_W),
      .ROUNDING(ROUNDING),
      .ROUNDED (ROUNDED),
      .SATURATE(SATURATE),
      .RAM_STYLE(RAM_STYLE),
      .LOOP    (4)
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

  wire [3*LANES*COEF_W-1:0] coefs;
  qs5_rom #(
      .DEPTH(SLOTS),
      .W    (3*LANES*COEF_W),
      .STYLE(ROM_STYLE),
      .FILE (LAMBDA_FILE)
  ) u_rom (
      .clk_i (clk_i),
      .addr_i(slot),
      .data_o(coefs)
  );

  genvar l;
  generate
    for (l = 0; l < LANES; l = l + 1) begin : g_lane
      wire [COEF_W-1:0] c = coefs[3*l*COEF_W+:COEF_W];
      wire [COEF_W-1:0] s = coefs[(3*l+1)*COEF_W+:COEF_W];
      reg  [COEF_W-1:0] c_q2;
      reg  [COEF_W-1:0] minus_s_q2;
      reg  [   X_W-1:0] b_q2;
      always @(posedge clk_i) begin
        c_q2       <= c;
        minus_s_q2 <= coefs[(3*l+2)*COEF_W+:COEF_W];
        b_q2       <= out_data_o[(2*l+1)*X_W+:X_W];
      end
      wire [X_W-1:0] a = out_data_o[2*l*X_W+:X_W];

      wire [ACC_W-1:0] re_first;
      wire [ACC_W-1:0] im_first;
      qs5_multiply_add #(.A_W(X_W), .B_W(COEF_W), .P_W(ACC_W)) u_re_first (
          .clk_i(clk_i), .a_i(a), .b_i(c), .c_i(FROM), .p_o(re_first));
      qs5_multiply_add #(.A_W(X_W), .B_W(COEF_W), .P_W(ACC_W)) u_im_first (
          .clk_i(clk_i), .a_i(a), .b_i(s), .c_i(FROM), .p_o(im_first));
      qs5_multiply_add #(.A_W(X_W), .B_W(COEF_W), .P_W(ACC_W)) u_re (
          .clk_i(clk_i), .a_i(b_q2), .b_i(minus_s_q2), .c_i(re_first),
          .p_o(acc[2*l*ACC_W+:ACC_W]));
      qs5_multiply_add #(.A_W(X_W), .B_W(COEF_W), .P_W(ACC_W)) u_im (
          .clk_i(clk_i), .a_i(b_q2), .b_i(c_q2), .c_i(im_first),
          .p_o(acc[(2*l+1)*ACC_W+:ACC_W]));
    end
  endgenerate
endmodule

`default_nettype wire
