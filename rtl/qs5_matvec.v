// Matrix times vector, folded: y[m] = sum_n w[m][n] * x[n], exact.
//
// PE rows and SIMD columns are done per cycle. The vector is read GROUPS = ROWS/PE times from its
// buffer, COLS/SIMD reads per pass; weights come from a ROM whose word g*(COLS/SIMD)+k holds
// w[g*PE+i][k*SIMD+j] at bit (i*SIMD+j)*WEIGHT_W. The PE sums of a group leave OUT_LANES at a
// time, rows in order, while the next group is being computed. The products are made outside, by
// the PE*SIMD multipliers at port mul: number i*SIMD+j multiplies by w[g*PE+i][k*SIMD+j].
//
// Stages    1 vector and ROM read, 2 operands, 3 product, then ceil(log2 SIMD) adder levels,
//           then the accumulator
// Latency   from x_start_i to the first beat: COLS/SIMD + 3 + ceil(log2 SIMD)
// Interval  GROUPS * GROUP_CYCLES, GROUP_CYCLES >= max(COLS/SIMD, PE/OUT_LANES)
// Reset     control only
`default_nettype none

module qs5_matvec #(
    parameter ROWS         = 4,   // outputs
    parameter COLS         = 4,   // inputs
    parameter PE           = 1,   // rows per cycle
    parameter SIMD         = 1,   // columns per cycle
    parameter OUT_LANES    = 1,   // sums per beat, divides PE
    parameter GROUP_CYCLES = 4,   // cycles from one group of PE rows to the next
    parameter X_W          = 8,   // bits of an input
    parameter WEIGHT_W     = 8,   // bits of a weight
    parameter ACC_W        = 18,  // bits of a sum, from the exact bound of the weights
    parameter MUL_A_W      = 8,   // bits of the multipliers' operands, at least X_W and WEIGHT_W
    parameter MUL_B_W      = 8,
    parameter WEIGHT_FILE  = ""   // ROM image
) (
    input  wire                       clk_i,
    input  wire                       rst_i,
    // vector in
    input  wire                       x_start_i,
    input  wire [                1:0] x_tag_i,
    output wire                       x_read_o,
    output wire                       x_release_o,
    input  wire [       SIMD*X_W-1:0] x_data_i,
    // stream out
    output wire                       out_valid_o,
    output wire [                1:0] out_tag_o,
    output wire [OUT_LANES*ACC_W-1:0] out_data_o,
    // multipliers
    output wire                   mul_valid_o,
    output wire [PE*SIMD*MUL_A_W-1:0] mul_a_o,
    output wire [PE*SIMD*MUL_B_W-1:0] mul_b_o,
    input  wire [PE*SIMD*(MUL_A_W+MUL_B_W)-1:0] mul_p_i
);
  localparam GROUPS = ROWS / PE;
  localparam READS  = COLS / SIMD;
  localparam BEATS  = PE / OUT_LANES;
  localparam DEPTH  = GROUPS * READS;
  localparam LEVELS = $clog2(SIMD);
  localparam P_W    = X_W + WEIGHT_W;
  localparam SUM_W  = P_W + LEVELS;
  localparam STAGES = 3 + LEVELS;  // from the read to the tree's sum

  localparam CYCLE_W = GROUP_CYCLES > 1 ? $clog2(GROUP_CYCLES) : 1;
  localparam GROUP_W = GROUPS > 1 ? $clog2(GROUPS) : 1;
  localparam ADDR_W  = DEPTH > 1 ? $clog2(DEPTH) : 1;
  localparam LEFT_W  = $clog2(BEATS + 1);
  localparam [CYCLE_W-1:0] LAST_CYCLE = GROUP_CYCLES[CYCLE_W-1:0] - 1'b1;
  localparam [CYCLE_W-1:0] LAST_READ  = READS[CYCLE_W-1:0] - 1'b1;
  localparam [GROUP_W-1:0] LAST_GROUP = GROUPS[GROUP_W-1:0] - 1'b1;
  localparam [ LEFT_W-1:0] ALL_BEATS  = BEATS[LEFT_W-1:0];

  generate
    if (ROWS % PE != 0) begin : g_bad_pe
      qs5_error_matvec_PE_must_divide_ROWS u_error ();
    end
    if (COLS % SIMD != 0) begin : g_bad_simd
      qs5_error_matvec_SIMD_must_divide_COLS u_error ();
    end
    if (PE % OUT_LANES != 0) begin : g_bad_lanes
      qs5_error_matvec_OUT_LANES_must_divide_PE u_error ();
    end
    if (GROUP_CYCLES < READS || GROUP_CYCLES < BEATS) begin : g_bad_cycles
      qs5_error_matvec_GROUP_CYCLES_must_cover_the_reads_and_the_beats u_error ();
    end
  endgenerate

  // Walk: cycle within the group, group, ROM address. x_start_i itself is the first cycle.
  reg                busy_q;
  reg  [CYCLE_W-1:0] cycle_q;
  reg  [GROUP_W-1:0] group_q;
  reg  [ ADDR_W-1:0] addr_q;
  reg  [        1:0] tag_q;
  wire               active = x_start_i | busy_q;
  wire               reading;
  wire               group_end = active & (cycle_q == LAST_CYCLE);
  wire               vector_end = group_end & (group_q == LAST_GROUP);
  wire [        1:0] tag = x_start_i ? x_tag_i : tag_q;

  always @(posedge clk_i) begin
    tag_q <= tag;
    if (active) busy_q <= ~vector_end;
    if (active) cycle_q <= group_end ? {CYCLE_W{1'b0}} : cycle_q + 1'b1;
    if (group_end) group_q <= vector_end ? {GROUP_W{1'b0}} : group_q + 1'b1;
    if (vector_end) addr_q <= {ADDR_W{1'b0}};
    else if (reading) addr_q <= addr_q + 1'b1;
    if (rst_i) begin
      busy_q  <= 1'b0;
      cycle_q <= {CYCLE_W{1'b0}};
      group_q <= {GROUP_W{1'b0}};
      addr_q  <= {ADDR_W{1'b0}};
    end
  end

  generate
    if (GROUP_CYCLES == READS) begin : g_no_idle
      assign reading = active;
    end else begin : g_idle
      assign reading = active & (cycle_q <= LAST_READ);
    end
  endgenerate

  assign x_read_o    = reading;
  assign x_release_o = group_q == LAST_GROUP;

  // Weights.
  reg [PE*SIMD*WEIGHT_W-1:0] rom[0:DEPTH-1];
  reg [PE*SIMD*WEIGHT_W-1:0] weight_q;
  initial if (WEIGHT_FILE != "") $readmemh(WEIGHT_FILE, rom);
  always @(posedge clk_i) weight_q <= rom[addr_q];

  // What is in the pipeline: first and last read of a group, and the tag.
  reg  [  STAGES-1:0] first_q;
  reg  [  STAGES-1:0] last_q;
  reg  [2*STAGES-1:0] tags_q;
  wire                first = reading & (cycle_q == {CYCLE_W{1'b0}});
  wire                last = reading & (cycle_q == LAST_READ);
  always @(posedge clk_i) begin
    first_q <= {first_q[STAGES-2:0], first};
    last_q  <= {last_q[STAGES-2:0], last};
    tags_q  <= {tags_q[2*STAGES-3:0], tag};
    if (rst_i) last_q <= {STAGES{1'b0}};
  end
  wire acc_first = first_q[STAGES-1];
  wire acc_last  = last_q[STAGES-1];

  // Multiply: the words that were read, each with its weight in every row.
  reg read_q;
  always @(posedge clk_i) read_q <= reading & ~rst_i;
  assign mul_valid_o = read_q;
  wire [PE*SIMD*P_W-1:0] products;
  qs5_multiply_port #(
      .COUNT  (PE * SIMD),
      .A_W    (X_W),
      .B_W    (WEIGHT_W),
      .MUL_A_W(MUL_A_W),
      .MUL_B_W(MUL_B_W)
  ) u_port (
      .a_i    ({PE{x_data_i}}),
      .b_i    (weight_q),
      .p_o    (products),
      .mul_a_o(mul_a_o),
      .mul_b_o(mul_b_o),
      .mul_p_i(mul_p_i)
  );

  // Add up, accumulate.
  wire [PE*ACC_W-1:0] total;
  genvar i;
  generate
    for (i = 0; i < PE; i = i + 1) begin : g_row
      wire signed [SUM_W-1:0] sum;
      qs5_adder_tree #(
          .N(SIMD),
          .W(P_W)
      ) u_tree (
          .clk_i(clk_i),
          .in_i (products[i*SIMD*P_W+:SIMD*P_W]),
          .out_o(sum)
      );
      // The plan's bound covers every partial sum, so cutting to ACC_W loses nothing.
      wire [ACC_W-1:0] term;
      if (SUM_W < ACC_W) begin : g_extend
        assign term = {{(ACC_W - SUM_W) {sum[SUM_W-1]}}, sum};
      end else begin : g_cut
        assign term = sum[ACC_W-1:0];
        if (SUM_W > ACC_W) begin : g_unused
          wire unused_bits = &{1'b0, sum[SUM_W-1:ACC_W]};
        end
      end
      reg [ACC_W-1:0] acc_q;
      wire [ACC_W-1:0] acc_next = acc_first ? term : acc_q + term;
      always @(posedge clk_i) acc_q <= acc_next;
      assign total[i*ACC_W+:ACC_W] = acc_next;
    end
  endgenerate

  // Serialise: OUT_LANES sums a cycle, lowest row first.
  reg [PE*ACC_W-1:0] hold_q;
  reg [  LEFT_W-1:0] left_q;
  reg [         1:0] hold_tag_q;
  always @(posedge clk_i) begin
    if (acc_last) hold_tag_q <= tags_q[2*STAGES-1-:2];
    if (acc_last) left_q <= ALL_BEATS;
    else if (left_q != {LEFT_W{1'b0}}) left_q <= left_q - 1'b1;
    if (rst_i) left_q <= {LEFT_W{1'b0}};
  end
  generate
    if (BEATS == 1) begin : g_parallel
      always @(posedge clk_i) if (acc_last) hold_q <= total;
    end else begin : g_serial
      always @(posedge clk_i) hold_q <= acc_last ? total : hold_q >> (OUT_LANES * ACC_W);
    end
  endgenerate

  assign out_valid_o = left_q != {LEFT_W{1'b0}};
  assign out_tag_o   = hold_tag_q;
  assign out_data_o  = hold_q[OUT_LANES*ACC_W-1:0];
endmodule

`default_nettype wire
