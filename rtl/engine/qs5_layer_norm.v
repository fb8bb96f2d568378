// Layer norm in integers: (x - mean) / standard deviation of a vector. With H = CHANNELS:
//
//   S = sum x            Q = sum x^2           D = H*Q - S^2 + EPSILON
//   k = floor(log2(D) / 2)                     so that 1 <= D / 4^k < 4
//   i = floor(D * 2^INDEX_W / 4^k) - 2^INDEX_W
//   z = round((H*x - S) * rom[i] / 2^(FRAC + k - OUT_FRAC))
//
// The ROM has 2^FRAC / sqrt(m) for m = 1 + (i + 1/2) / 2^INDEX_W, all below 2^FRAC. The vector passes
// twice: as a stream, for S and Q, and again from its buffer. Results fit OUT_W bits by the caller's
// bound. Only the odd factor of H needs a product; a power of two is a shift.
//
// Stages    From the last beat: 2 squares, clog2(LANES) levels, sums and D in parts of at most 13 bits,
//           5 for k and i, 1 ROM. From a read: 1 buffer, 2 product with the odd factor of H if it is above 1,
//           1 H*x - S, 2 product (4 if split), shift and rounding. Reads begin before the ROM word arrives.
// Latency   READ_AT cycles from the last beat in to the first read, READ_AT + STAGES to the first beat out,
//           then a beat every cycle
// Interval  at least READ_AT + 1 cycles, and at least CHANNELS/LANES + (K_W + 1) / 2
// Reset     control only
`default_nettype none

module qs5_layer_norm #(
    parameter CHANNELS   = 4,       // elements per vector
    parameter LANES      = 1,       // elements per beat
    parameter W          = 16,      // bits in
    parameter OUT_W      = 12,      // bits out
    parameter EPSILON_W  = 2,       // bits of EPSILON, up to 60
    parameter EPSILON_HI = 0,       // EPSILON = EPSILON_HI * 2^30 + EPSILON_LO, at least 1
    parameter EPSILON_LO = 1,       // low 30 bits of EPSILON
    parameter INDEX_W    = 8,       // bits of the index below the point
    parameter FRAC       = 16,      // fraction bits of the ROM
    parameter OUT_FRAC   = 10,      // fraction bits out, at most FRAC
    parameter [8*11-1:0] ROUNDING = "half_even",  // "half_up", "half_even" or "toward_zero"
    parameter S_LOW      = 0,       // bits of the low part of S if S^2 is split; else 0
    parameter C_LOW      = 0,       // bits of the low part of H*x - S if split; else 0
    parameter ROM_STYLE  = "auto",  // ROM: "auto", "block" or "logic"
    parameter TABLE_FILE = ""       // ROM image
) (
    input  wire                   clk_i,
    input  wire                   rst_i,
    // stream in
    input  wire                   in_valid_i,
    input  wire [            1:0] in_tag_i,
    input  wire [    LANES*W-1:0] in_data_i,
    // the same vector, from its buffer
    input  wire                   x_start_i,
    input  wire [            1:0] x_tag_i,
    output wire                   x_read_o,
    output wire                   x_release_o,
    input  wire [    LANES*W-1:0] x_data_i,
    // stream out
    output wire                   out_valid_o,
    output wire [            1:0] out_tag_o,
    output wire [LANES*OUT_W-1:0] out_data_o
);
  localparam BEATS  = CHANNELS / LANES;
  localparam BEAT_W = BEATS > 1 ? $clog2(BEATS) : 1;
  localparam LEVELS = $clog2(LANES);
  localparam TWOS   = twos(CHANNELS);            // H = ODD * 2^TWOS
  localparam ODD    = CHANNELS >> TWOS;
  localparam ODD_W  = $clog2(ODD + 1) + 1;       // as a signed word
  localparam SUM_W  = W + $clog2(CHANNELS);      // S
  localparam N_W    = SUM_W + 1;                 // -S
  localparam SQ_W   = 2 * W + LEVELS;            // squares of a beat
  localparam SQS_W  = 2 * W + $clog2(CHANNELS);  // Q
  localparam Q_W    = SQS_W > EPSILON_W + 2 ? SQS_W : EPSILON_W + 2;  // Q + EPSILON/H
  localparam HQ_W   = Q_W + (ODD > 1 ? ODD_W : 0) + TWOS;
  localparam VAR_W  = 2 * SUM_W > EPSILON_W ? 2 * SUM_W : EPSILON_W;
  localparam D_W    = VAR_W + 1;                 // D, unsigned
  localparam PAIRS  = (D_W + 1) / 2;
  localparam K_W    = PAIRS > 1 ? $clog2(PAIRS) : 1;
  localparam C_W    = SUM_W + 1;                 // H*x - S
  localparam R_W    = FRAC + 1;                  // ROM word as a signed one
  localparam P_W    = C_W + R_W;
  localparam ENTRIES = 3 * (1 << INDEX_W);
  localparam ADDR_W = INDEX_W + 2;
  localparam [BEAT_W-1:0] LAST_BEAT = BEATS[BEAT_W-1:0] - 1'b1;
  localparam [ ODD_W-1:0] ODD_WORD = ODD[ODD_W-1:0];
  localparam [      59:0] EPSILON = {EPSILON_HI[29:0], EPSILON_LO[29:0]};
  localparam [      59:0] H = widened(CHANNELS);
  localparam [      59:0] EPSILON_Q = EPSILON / H;  // EPSILON = H * EPSILON_Q + EPSILON_R
  localparam [      59:0] EPSILON_R = EPSILON % H;

  // Bits per part of a sum: the carry chain is short.
  localparam PART_W  = 13;
  localparam N_PARTS = (N_W + PART_W - 1) / PART_W;
  localparam Q_PARTS = (Q_W + PART_W - 1) / PART_W;
  localparam D_PARTS = (D_W + PART_W - 1) / PART_W;

  // Cycles from the last beat in to each value.
  localparam N_AT    = 1 + LEVELS + N_PARTS;
  localparam SS_AT   = N_AT + (S_LOW > 0 ? 4 : 2);                                 // S^2
  localparam HQ_AT   = 2 + LEVELS + Q_PARTS + (ODD > 1 ? 3 : 0);
  localparam D_AT    = (HQ_AT > SS_AT ? HQ_AT : SS_AT) + D_PARTS;
  localparam LOG_AT  = D_AT + 5;
  localparam ROM_AT  = LOG_AT + 1;
  localparam CENTRED = ODD > 1 ? 4 : 2;                                   // from a read to H*x - S
  localparam READ_AT = ROM_AT - CENTRED;
  localparam PRODUCT = C_LOW > 0 ? 4 : 2;
  localparam K_AT    = ROM_AT + PRODUCT;                                  // the first product
  localparam STAGES  = CENTRED + PRODUCT + (K_W + 1) / 2 + 2;                 // from a read to the beat out

  function integer twos;
    input integer n;
    integer i;
    begin
      twos = 0;
      for (i = 1; i < 24; i = i + 1) if (n % (1 << i) == 0) twos = i;
    end
  endfunction

  function [59:0] widened;
    input [31:0] n;
    widened = {28'd0, n};
  endfunction

  generate
    if (CHANNELS % LANES != 0) begin : g_bad_lanes
      qs5_error_layer_norm_LANES_must_divide_CHANNELS u_error ();
    end
    if (OUT_FRAC > FRAC) begin : g_bad_frac
      qs5_error_layer_norm_OUT_FRAC_must_not_exceed_FRAC u_error ();
    end
    if (EPSILON_W > 60) begin : g_bad_epsilon
      qs5_error_layer_norm_EPSILON_W_must_be_at_most_60 u_error ();
    end
  endgenerate

  // The vector is complete in its buffer long before it is read, so its start is not needed.
  wire unused_start = &{1'b0, x_start_i, x_tag_i};

  // valid_q: beats on their way to the sums. end_q: the end of a vector; bit i is 1 in the cycle that
  // is i + 1 cycles later.
  reg  [  BEAT_W-1:0] in_beat_q;
  reg  [  LEVELS+1:0] valid_q;
  reg  [    K_AT-2:0] end_q;
  wire                in_end = in_valid_i & (in_beat_q == LAST_BEAT);
  always @(posedge clk_i) begin
    if (in_valid_i) in_beat_q <= in_end ? {BEAT_W{1'b0}} : in_beat_q + 1'b1;
    valid_q <= {valid_q[LEVELS:0], in_valid_i};
    end_q   <= {end_q[K_AT-3:0], in_end};
    if (rst_i) begin
      in_beat_q <= {BEAT_W{1'b0}};
      valid_q   <= {(LEVELS + 2) {1'b0}};
      end_q     <= {(K_AT - 1) {1'b0}};
    end
  end

  // Q + EPSILON/H, and -S as the sum of complements plus one for each word.
  wire [LANES*2*W-1:0] squares;
  reg  [  LANES*W-1:0] not_x_q;
  always @(posedge clk_i) not_x_q <= ~in_data_i;
  genvar l;
  generate
    for (l = 0; l < LANES; l = l + 1) begin : g_square
      qs5_multiply #(.A_W(W), .B_W(W)) u_square (
          .clk_i(clk_i), .a_i(in_data_i[l*W+:W]), .b_i(in_data_i[l*W+:W]),
          .p_o(squares[l*2*W+:2*W]));
    end
  endgenerate
  wire signed [    SQ_W-1:0] beat_squares;
  wire signed [W+LEVELS-1:0] beat_sum;
  qs5_adder_tree #(.N(LANES), .W(2 * W)) u_squares (
      .clk_i(clk_i), .in_i(squares), .out_o(beat_squares));
  qs5_adder_tree #(.N(LANES), .W(W)) u_sums (.clk_i(clk_i), .in_i(not_x_q), .out_o(beat_sum));
  wire [N_W-1:0] n;
  wire [Q_W-1:0] q;
  qs5_accumulate_pipelined #(.IN_W(W + LEVELS), .W(N_W), .PARTS(N_PARTS), .INIT({4'd0, H})) u_n (
      .clk_i(clk_i), .rst_i(rst_i), .valid_i(valid_q[LEVELS]), .last_i(end_q[LEVELS]),
      .in_i(beat_sum), .out_o(n));
  qs5_accumulate_pipelined #(.IN_W(SQ_W), .W(Q_W), .PARTS(Q_PARTS), .INIT({4'd0, EPSILON_Q})) u_q (
      .clk_i(clk_i), .rst_i(rst_i), .valid_i(valid_q[LEVELS+1]), .last_i(end_q[LEVELS+1]),
      .in_i(beat_squares), .out_o(q));

  // D = H*(Q + EPSILON_Q) + EPSILON_R - S^2. EPSILON_R is less than H. If H is a power of two,
  // EPSILON_R fits in the low bits, which the shift leaves 0; else it has an adder.
  wire signed [   HQ_W-1:0] hq;
  wire signed [2*SUM_W-1:0] s_squared;
  generate
    if (S_LOW > 0) begin : g_split_s
      qs5_split_square #(.W(SUM_W), .LOW(S_LOW)) u_s (
          .clk_i(clk_i), .n_i(n[SUM_W-1:0]), .p_o(s_squared));
    end else begin : g_whole_s
      qs5_multiply #(.A_W(SUM_W), .B_W(SUM_W)) u_s (
          .clk_i(clk_i), .a_i(n[SUM_W-1:0]), .b_i(n[SUM_W-1:0]), .p_o(s_squared));
    end
    if (ODD == 1) begin : g_power
      wire [HQ_W-1:0] shifted = {{TWOS{1'b0}}, q} << TWOS;
      assign hq = shifted | EPSILON_R[HQ_W-1:0];
    end else begin : g_product
      wire [Q_W+ODD_W-1:0] product;
      qs5_multiply #(.A_W(Q_W), .B_W(ODD_W)) u_hq (
          .clk_i(clk_i), .a_i(q), .b_i(ODD_WORD), .p_o(product));
      wire [HQ_W-1:0] shifted = {{TWOS{1'b0}}, product} << TWOS;
      reg  [HQ_W-1:0] hq_q;
      always @(posedge clk_i) hq_q <= shifted + EPSILON_R[HQ_W-1:0];
      assign hq = hq_q;
    end
  endgenerate
  wire [D_W-1:0] d_plus;
  wire [D_W-1:0] d_minus;
  wire [D_W-1:0] d;
  qs5_add_sub #(.A_W(HQ_W), .B_W(1), .OUT_W(D_W)) u_fit_plus (.a_i(hq), .b_i(1'b0), .out_o(d_plus));
  qs5_add_sub #(.A_W(2 * SUM_W), .B_W(1), .OUT_W(D_W)) u_fit_minus (
      .a_i(s_squared), .b_i(1'b0), .out_o(d_minus));
  qs5_subtract_multicycle #(.W(D_W), .PARTS(D_PARTS)) u_d (
      .clk_i(clk_i), .rst_i(rst_i), .a_i(d_plus), .b_i(d_minus), .out_o(d));

  // The reciprocal square root.
  wire [    K_W-1:0] k;
  wire [INDEX_W+1:0] m;
  qs5_log4 #(.D_W(D_W), .INDEX_W(INDEX_W), .K_W(K_W)) u_log (
      .clk_i(clk_i), .d_i(d), .k_o(k), .m_o(m));
  wire [1:0] third = m[INDEX_W+1-:2] - 2'd1;
  wire [ADDR_W-1:0] index = {third, m[INDEX_W-1:0]};
  wire unused_style = &{1'b0, ROM_STYLE};  // only synthesis uses it
  (* rom_style = ROM_STYLE *)
  reg [FRAC-1:0] rom[0:ENTRIES-1];
  reg [FRAC-1:0] r_q;
  initial if (TABLE_FILE != "") $readmemh(TABLE_FILE, rom);
  always @(posedge clk_i) if (end_q[LOG_AT-1]) r_q <= rom[index];

  // Values that stay for all beats of a vector. Each is taken when the first beat needs it.
  reg [1:0] in_tag_q;
  reg [1:0] read_tag_q;
  reg [1:0] out_tag_q;
  reg signed [N_W-1:0] n_q;
  reg [K_W-1:0] k_q;
  always @(posedge clk_i) begin
    if (in_end) in_tag_q <= in_tag_i;
    if (end_q[READ_AT-1]) read_tag_q <= in_tag_q;
    if (end_q[ROM_AT-3]) n_q <= n;
    if (end_q[K_AT-2]) k_q <= k;
  end

  // Read the vector again.
  reg               reading_q;
  reg [ BEAT_W-1:0] rd_beat_q;
  reg [ STAGES-1:0] out_valid_q;
  wire              rd_end = rd_beat_q == LAST_BEAT;
  always @(posedge clk_i) begin
    reading_q <= end_q[READ_AT-2] | (reading_q & ~rd_end);
    if (reading_q) rd_beat_q <= rd_end ? {BEAT_W{1'b0}} : rd_beat_q + 1'b1;
    out_valid_q <= {out_valid_q[STAGES-2:0], reading_q};
    if (~out_valid_q[STAGES-1]) out_tag_q <= read_tag_q;
    if (rst_i) begin
      reading_q   <= 1'b0;
      rd_beat_q   <= {BEAT_W{1'b0}};
      out_valid_q <= {STAGES{1'b0}};
    end
  end
  assign x_read_o    = reading_q;
  assign x_release_o = 1'b1;
  assign out_valid_o = out_valid_q[STAGES-1];
  assign out_tag_o   = out_tag_q;

  generate
    for (l = 0; l < LANES; l = l + 1) begin : g_lane
      // H*x - S. The TWOS lowest bits are those of -S.
      localparam OX_W = ODD == 1 ? W : W + ODD_W;
      wire [OX_W-1:0] ox;
      if (ODD == 1) begin : g_power
        assign ox = x_data_i[l*W+:W];
      end else begin : g_product
        qs5_multiply #(.A_W(W), .B_W(ODD_W)) u_hx (
            .clk_i(clk_i), .a_i(x_data_i[l*W+:W]), .b_i(ODD_WORD), .p_o(ox));
      end
      wire [C_W-TWOS-1:0] centred;
      qs5_add_sub #(.A_W(OX_W), .B_W(N_W - TWOS), .OUT_W(C_W - TWOS)) u_centred (
          .a_i(ox), .b_i(n_q[N_W-1:TWOS]), .out_o(centred));
      reg [C_W-1:0] c_q;
      if (TWOS == 0) begin : g_odd
        always @(posedge clk_i) c_q <= centred;
      end else begin : g_even
        always @(posedge clk_i) c_q <= {centred, n_q[TWOS-1:0]};
      end
      wire [P_W-1:0] product;
      if (C_LOW > 0) begin : g_split
        qs5_split_multiply #(.A_W(C_W), .FRAC(FRAC), .LOW(C_LOW)) u_product (
            .clk_i(clk_i), .a_i(c_q), .r_i(r_q), .p_o(product));
      end else begin : g_whole
        qs5_multiply #(.A_W(C_W), .B_W(R_W)) u_product (
            .clk_i(clk_i), .a_i(c_q), .b_i({1'b0, r_q}), .p_o(product));
      end
      qs5_variable_shift #(
          .IN_W    (P_W),
          .OUT_W   (OUT_W),
          .BASE    (FRAC - OUT_FRAC),
          .K_W     (K_W),
          .ROUNDING(ROUNDING)
      ) u_shift (
          .clk_i(clk_i),
          .in_i (product),
          .k_i  (k_q),
          .out_o(out_data_o[l*OUT_W+:OUT_W])
      );
    end
  endgenerate
endmodule

`default_nettype wire
