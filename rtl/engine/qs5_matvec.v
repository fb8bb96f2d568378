// Matrix times vector, folded: y[m] = sum_n w[m][n] * x[n], exact, multipliers outside.
//
// PE rows and SIMD columns are computed per cycle. The vector is read GROUPS = ROWS/PE times from its
// buffer, COLS/SIMD reads per pass. ROM word g*(COLS/SIMD)+k has w[g*PE+i][k*SIMD+j] at bit
// (i*SIMD+j)*WEIGHT_W. The PE sums of a group leave OUT_LANES at a time, rows in order, while the next
// group is computed. Multiplier i*SIMD+j at port mul multiplies by w[g*PE+i][k*SIMD+j].
//
// Stages    1 sequencer, 2 vector and ROM read, 3 operands, 4 product, ceil(log2 SIMD) adder levels,
//           accumulator
// Latency   from x_start_i to the first beat: COLS/SIMD + 3 + ceil(log2 SIMD), and the latency of
//           qs5_matvec_accumulators
// Interval  GROUPS * GROUP_CYCLES, GROUP_CYCLES >= max(COLS/SIMD, PE/OUT_LANES)
// Reset     control only
`default_nettype none

module qs5_matvec #(
    parameter ROWS         = 4,       // outputs
    parameter COLS         = 4,       // inputs
    parameter PE           = 1,       // rows per cycle
    parameter SIMD         = 1,       // columns per cycle
    parameter OUT_LANES    = 1,       // sums per beat, divides PE
    parameter GROUP_CYCLES = 4,       // cycles from one group of PE rows to the next
    parameter X_W          = 8,       // bits of an input
    parameter WEIGHT_W     = 8,       // bits of a weight
    parameter ACC_W        = 18,      // bits of a sum, from the exact bound of the weights
    parameter MUL_A_W      = 8,       // bits of the multipliers' first operand, at least X_W
    parameter MUL_B_W      = 8,       // bits of the multipliers' second operand, at least WEIGHT_W
    parameter ACC_LOAD     = 0,       // 1: accumulators start from a term; 0: from zero
    parameter ACC_PARTS    = 1,       // parts of an accumulator, one cycle each
    parameter ROM_STYLE    = "auto",  // ROM: "auto", "block" or "logic"
    parameter WEIGHT_FILE  = ""       // ROM image
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
  localparam ADDR_W = DEPTH > 1 ? $clog2(DEPTH) : 1;

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

  wire               reading;
  wire               last;
  wire [        1:0] tag;
  wire [ ADDR_W-1:0] addr;
  wire               unused_first;
  qs5_matvec_sequencer #(
      .TURNS     (GROUPS),
      .READS     (READS),
      .PASS_READS(GROUP_CYCLES),
      .ADDR_W    (ADDR_W)
  ) u_sequencer (
      .clk_i    (clk_i),
      .rst_i    (rst_i),
      .x_start_i(x_start_i),
      .x_tag_i  (x_tag_i),
      .read_o   (reading),
      .first_o  (unused_first),
      .last_o   (last),
      .release_o(x_release_o),
      .tag_o    (tag),
      .addr_o   (addr)
  );
  assign x_read_o = reading;

  // Control pipeline: reads, last reads of a pass, and tags.
  reg [  STAGES-1:0] valid_q;
  reg [  STAGES-1:0] last_q;
  reg [2*STAGES-1:0] tags_q;
  always @(posedge clk_i) begin
    valid_q <= {valid_q[STAGES-2:0], reading};
    last_q  <= {last_q[STAGES-2:0], last};
    tags_q  <= {tags_q[2*STAGES-3:0], tag};
    if (rst_i) begin
      valid_q <= {STAGES{1'b0}};
      last_q  <= {STAGES{1'b0}};
    end
  end

  // Weights.
  wire [PE*SIMD*WEIGHT_W-1:0] weights;
  qs5_rom #(
      .DEPTH(DEPTH),
      .W    (PE*SIMD*WEIGHT_W),
      .STYLE(ROM_STYLE),
      .FILE (WEIGHT_FILE)
  ) u_rom (
      .clk_i (clk_i),
      .addr_i(addr),
      .data_o(weights)
  );

  // Multiply each word that was read by its weight in every row.
  assign mul_valid_o = valid_q[0];
  wire [PE*SIMD*P_W-1:0] products;
  qs5_multiply_port #(
      .COUNT  (PE * SIMD),
      .A_W    (X_W),
      .B_W    (WEIGHT_W),
      .MUL_A_W(MUL_A_W),
      .MUL_B_W(MUL_B_W)
  ) u_port (
      .a_i    ({PE{x_data_i}}),
      .b_i    (weights),
      .p_o    (products),
      .mul_a_o(mul_a_o),
      .mul_b_o(mul_b_o),
      .mul_p_i(mul_p_i)
  );

  // Add the products of a row.
  wire [PE*ACC_W-1:0] terms;
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
      // Cut to ACC_W, because the exact bound covers the sum of all terms.
      if (SUM_W < ACC_W) begin : g_extend
        assign terms[i*ACC_W+:ACC_W] = {{(ACC_W - SUM_W) {sum[SUM_W-1]}}, sum};
      end else begin : g_cut
        assign terms[i*ACC_W+:ACC_W] = sum[ACC_W-1:0];
        if (SUM_W > ACC_W) begin : g_unused
          wire unused_bits = &{1'b0, sum[SUM_W-1:ACC_W]};
        end
      end
    end
  endgenerate

  qs5_matvec_accumulators #(
      .PE       (PE),
      .READS    (READS),
      .OUT_LANES(OUT_LANES),
      .ACC_W    (ACC_W),
      .LOAD     (ACC_LOAD),
      .PARTS    (ACC_PARTS)
  ) u_accumulators (
      .clk_i      (clk_i),
      .rst_i      (rst_i),
      .valid_i    (valid_q[STAGES-1]),
      .last_i     (last_q[STAGES-1]),
      .tag_i      (tags_q[2*STAGES-1-:2]),
      .term_i     (terms),
      .out_valid_o(out_valid_o),
      .out_tag_o  (out_tag_o),
      .out_data_o (out_data_o)
  );
endmodule

`default_nettype wire
