// Layer norm in integers: a vector less its mean, over its standard deviation. With H = CHANNELS:
//
//   S = sum x            Q = sum x^2           D = H*Q - S^2 + EPSILON
//   k = floor(log2(D) / 2)                     so that D / 4^k is at least 1 and below 4
//   i = floor(D * 2^INDEX_W / 4^k) - 2^INDEX_W
//   z = round((H*x - S) * rom[i] / 2^(FRAC + k - OUT_FRAC))
//
// The ROM holds 2^FRAC / sqrt(m) for m = 1 + (i + 1/2) / 2^INDEX_W, all below 2^FRAC. The vector passes twice:
// as a stream, for S and Q, and once more from its buffer. The results fit OUT_W by the caller's
// bound.
//
// Stages    from the last beat: 2 squares, clog2(LANES) levels, sums, 2 products, D, k, index, ROM;
//           from a read: buffer, 2 products, H*x - S, 2 products, shift, rounding; the reads begin
//           while D is still on its way
// Latency   13 + clog2(LANES) cycles from the last beat in to the first beat out, then a beat
//           every cycle
// Interval  CHANNELS/LANES + 4, for what is held while a vector is normalised
// Reset     control only
`default_nettype none

module qs5_layer_norm #(
    parameter CHANNELS   = 4,   // elements per vector
    parameter LANES      = 1,   // elements per beat
    parameter W          = 16,  // bits in
    parameter OUT_W      = 12,  // bits out
    parameter EPSILON_W  = 2,   // bits of EPSILON, up to 60
    parameter EPSILON_HI = 0,   // EPSILON = EPSILON_HI * 2^30 + EPSILON_LO, at least 1
    parameter EPSILON_LO = 1,
    parameter INDEX_W    = 8,   // bits of the index below the point
    parameter FRAC       = 16,  // fraction bits of the ROM
    parameter OUT_FRAC   = 10,  // fraction bits out, at most FRAC
    parameter ROUNDING   = 1,   // as in qs5_round
    parameter TABLE_FILE = ""   // ROM image
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
  localparam H_W    = $clog2(CHANNELS + 1) + 1;  // H as a signed word
  localparam SUM_W  = W + $clog2(CHANNELS);      // S
  localparam SQ_W   = 2 * W + LEVELS;            // squares of a beat
  localparam Q_W    = 2 * W + $clog2(CHANNELS);  // Q
  localparam VAR_W  = 2 * SUM_W > EPSILON_W ? 2 * SUM_W : EPSILON_W;
  localparam D_W    = VAR_W + 1;                 // D, unsigned
  localparam PAIRS  = (D_W + 1) / 2;
  localparam K_W    = PAIRS > 1 ? $clog2(PAIRS) : 1;
  localparam HX_W   = W + H_W;
  localparam C_W    = SUM_W + 1;                 // H*x - S
  localparam R_W    = FRAC + 1;                  // ROM word as a signed one
  localparam P_W    = C_W + R_W;
  localparam SH_W   = $clog2(FRAC - OUT_FRAC + PAIRS + 1);
  localparam ENTRIES = 3 * (1 << INDEX_W);
  localparam ADDR_W = INDEX_W + 2;
  localparam SUMS   = 2 + LEVELS;  // from a beat to its sums
  localparam [BEAT_W-1:0] LAST_BEAT = BEATS[BEAT_W-1:0] - 1'b1;
  localparam [H_W-1:0] H = CHANNELS[H_W-1:0];
  localparam [59:0] EPSILON = {EPSILON_HI[29:0], EPSILON_LO[29:0]};
  localparam integer BASE_SHIFT = FRAC - OUT_FRAC;

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

  // The vector is complete in its buffer when it is read, 5 + clog2(LANES) cycles later.
  wire unused_start = &{1'b0, x_start_i, x_tag_i};

  // Beats on their way to the sums: valid, first and last of the vector.
  reg  [BEAT_W-1:0] in_beat_q;
  reg  [  SUMS-1:0] valid_q;
  reg  [  SUMS-1:0] first_q;
  reg  [  SUMS-1:0] last_q;
  reg  [2*SUMS+1:0] tag_q;
  wire              in_last = in_beat_q == LAST_BEAT;
  always @(posedge clk_i) begin
    if (in_valid_i) in_beat_q <= in_last ? {BEAT_W{1'b0}} : in_beat_q + 1'b1;
    valid_q <= {valid_q[SUMS-2:0], in_valid_i};
    first_q <= {first_q[SUMS-2:0], in_beat_q == {BEAT_W{1'b0}}};
    last_q  <= {last_q[SUMS-2:0], in_last};
    tag_q   <= {tag_q[2*SUMS-1:0], in_tag_i};
    if (rst_i) begin
      in_beat_q <= {BEAT_W{1'b0}};
      valid_q   <= {SUMS{1'b0}};
    end
  end

  // S and Q.
  wire [LANES*2*W-1:0] squares;
  reg  [  LANES*W-1:0] x_q;
  reg  [  LANES*W-1:0] x_q2;
  always @(posedge clk_i) begin
    x_q  <= in_data_i;
    x_q2 <= x_q;
  end
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
  qs5_adder_tree #(.N(LANES), .W(W)) u_sums (.clk_i(clk_i), .in_i(x_q2), .out_o(beat_sum));

  wire sum_valid = valid_q[SUMS-1];
  wire sum_first = first_q[SUMS-1];
  wire signed [  Q_W-1:0] squares_fit;
  wire signed [SUM_W-1:0] sum_fit;
  generate
    if (Q_W > SQ_W) begin : g_extend
      assign squares_fit = {{(Q_W - SQ_W) {beat_squares[SQ_W-1]}}, beat_squares};
      assign sum_fit = {{(SUM_W - W - LEVELS) {beat_sum[W+LEVELS-1]}}, beat_sum};
    end else begin : g_as_is
      assign squares_fit = beat_squares;
      assign sum_fit = beat_sum;
    end
  endgenerate
  reg signed [SUM_W-1:0] s_q;
  reg signed [  Q_W-1:0] q_q;
  reg                    done_q;  // S and Q are those of a whole vector
  always @(posedge clk_i) begin
    if (sum_valid) begin
      s_q <= sum_first ? sum_fit : s_q + sum_fit;
      q_q <= sum_first ? squares_fit : q_q + squares_fit;
    end
    done_q <= ~rst_i & sum_valid & last_q[SUMS-1];
  end

  // D = H*Q - S^2 + EPSILON.
  wire signed [Q_W+H_W-1:0] hq;
  wire signed [2*SUM_W-1:0] s_squared;
  qs5_multiply #(.A_W(Q_W), .B_W(H_W)) u_hq (.clk_i(clk_i), .a_i(q_q), .b_i(H), .p_o(hq));
  qs5_multiply #(.A_W(SUM_W), .B_W(SUM_W)) u_s (
      .clk_i(clk_i), .a_i(s_q), .b_i(s_q), .p_o(s_squared));
  wire signed [D_W-1:0] variance;
  qs5_add_sub #(.A_W(Q_W + H_W), .B_W(2 * SUM_W), .OUT_W(D_W), .SUBTRACT(1)) u_variance (
      .a_i(hq), .b_i(s_squared), .out_o(variance));
  wire [D_W+59:0] epsilon_wide = {{D_W{1'b0}}, EPSILON};
  reg [D_W-1:0] d_q;
  reg [D_W-1:0] d_q2;
  always @(posedge clk_i) begin
    d_q  <= variance + epsilon_wide[D_W-1:0];
    d_q2 <= d_q;
  end
  wire unused_epsilon = &{1'b0, epsilon_wide[D_W+59:D_W]};

  // k: the highest pair of bits that is not 00.
  reg [K_W-1:0] k;
  wire [2*PAIRS-1:0] d_pairs = {{(2 * PAIRS - D_W) {1'b0}}, d_q};
  integer i;
  always @* begin
    k = {K_W{1'b0}};
    for (i = 0; i < PAIRS; i = i + 1) if (|d_pairs[2*i+:2]) k = i[K_W-1:0];
  end

  // What is held for the beats of a vector; each is written once it is known.
  reg [1:0] hold_tag_q;
  reg signed [SUM_W-1:0] hold_s_q;
  reg [K_W-1:0] k_q;
  reg [3:0] step_q;  // done_q one to four cycles ago
  always @(posedge clk_i) begin
    step_q <= rst_i ? 4'b0 : {step_q[2:0], done_q};
    if (done_q) hold_s_q <= s_q;
    if (done_q) hold_tag_q <= tag_q[2*SUMS+1-:2];
    if (step_q[2]) k_q <= k;
  end

  // The reciprocal square root.
  wire [D_W+INDEX_W-1:0] d_shifted = {d_q2, {INDEX_W{1'b0}}} >> {k_q, 1'b0};
  reg [ADDR_W-1:0] index_q;
  reg [FRAC-1:0] rom[0:ENTRIES-1];
  reg [FRAC-1:0] r_q;
  reg step_q5;
  initial if (TABLE_FILE != "") $readmemh(TABLE_FILE, rom);
  always @(posedge clk_i) begin
    index_q <= d_shifted[ADDR_W-1:0] - {2'b01, {INDEX_W{1'b0}}};
    step_q5 <= step_q[3];
    if (step_q5) r_q <= rom[index_q];
  end
  wire unused_shifted = &{1'b0, d_shifted[D_W+INDEX_W-1:ADDR_W]};

  // Read the vector again.
  reg busy_q;
  reg [BEAT_W-1:0] rd_beat_q;
  wire reading = step_q[1] | busy_q;
  wire rd_end = reading & (rd_beat_q == LAST_BEAT);
  always @(posedge clk_i) begin
    if (reading) busy_q <= ~rd_end;
    if (reading) rd_beat_q <= rd_end ? {BEAT_W{1'b0}} : rd_beat_q + 1'b1;
    if (rst_i) begin
      busy_q    <= 1'b0;
      rd_beat_q <= {BEAT_W{1'b0}};
    end
  end
  assign x_read_o    = reading;
  assign x_release_o = 1'b1;

  localparam STAGES = 8;  // from a read to the beat out
  reg [  STAGES-1:0] out_valid_q;
  reg [2*STAGES-1:0] out_tag_q;
  always @(posedge clk_i) begin
    out_valid_q <= rst_i ? {STAGES{1'b0}} : {out_valid_q[STAGES-2:0], reading};
    out_tag_q   <= {out_tag_q[2*STAGES-3:0], hold_tag_q};
  end
  assign out_valid_o = out_valid_q[STAGES-1];
  assign out_tag_o   = out_tag_q[2*STAGES-1-:2];

  wire [31:0] shift_wide = BASE_SHIFT + {{(32 - K_W) {1'b0}}, k_q};
  wire [SH_W-1:0] shift = shift_wide[SH_W-1:0];
  wire unused_shift = &{1'b0, shift_wide[31:SH_W]};
  generate
    for (l = 0; l < LANES; l = l + 1) begin : g_lane
      wire signed [HX_W-1:0] hx;
      qs5_multiply #(.A_W(W), .B_W(H_W)) u_hx (
          .clk_i(clk_i), .a_i(x_data_i[l*W+:W]), .b_i(H), .p_o(hx));
      wire signed [C_W-1:0] centred;
      qs5_add_sub #(.A_W(HX_W), .B_W(SUM_W), .OUT_W(C_W), .SUBTRACT(1)) u_centred (
          .a_i(hx), .b_i(hold_s_q), .out_o(centred));
      reg signed [C_W-1:0] c_q;
      always @(posedge clk_i) c_q <= centred;
      wire signed [P_W-1:0] product;
      qs5_multiply #(.A_W(C_W), .B_W(R_W)) u_product (
          .clk_i(clk_i), .a_i(c_q), .b_i({1'b0, r_q}), .p_o(product));

      // Shift by a step's own amount; the bit below the point decides the rounding, with whether
      // anything was dropped below it.
      wire signed [P_W:0] wide = {product, 1'b0};
      wire signed [P_W:0] shifted = wide >>> shift;
      reg signed [P_W:0] shifted_q;
      reg dropped_q;
      always @(posedge clk_i) begin
        shifted_q <= shifted;
        dropped_q <= (shifted <<< shift) != wide;
      end
      wire half = shifted_q[0];
      wire increment;
      if (ROUNDING == 0) begin : g_half_up
        assign increment = half;
        wire unused_dropped = &{1'b0, dropped_q};
      end else if (ROUNDING == 1) begin : g_half_even
        assign increment = half & (dropped_q | shifted_q[1]);
      end else begin : g_toward_zero
        assign increment = shifted_q[P_W] & (half | dropped_q);
      end
      wire [P_W-1:0] rounded = shifted_q[P_W:1] + {{(P_W - 1) {1'b0}}, increment};
      reg [OUT_W-1:0] out_q;
      if (OUT_W > P_W) begin : g_extend
        always @(posedge clk_i) out_q <= {{(OUT_W - P_W) {rounded[P_W-1]}}, rounded};
      end else begin : g_cut
        always @(posedge clk_i) out_q <= rounded[OUT_W-1:0];
        if (OUT_W < P_W) begin : g_unused
          wire unused_bits = &{1'b0, rounded[P_W-1:OUT_W]};
        end
      end
      assign out_data_o[l*OUT_W+:OUT_W] = out_q;
    end
  endgenerate
endmodule

`default_nettype wire
