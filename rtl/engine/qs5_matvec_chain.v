// Matrix times vector, folded: y[m] = sum_n w[m][n] * x[n], exact, own multipliers in chains.
//
// PE rows and SIMD columns are computed per cycle. The vector is read GROUPS = ROWS/PE times from its
// buffer, COLS/SIMD reads per pass. Each row has SIMD/CHAIN chains of CHAIN qs5_multiply_add, which add
// inside the multipliers. Chain h, link j has column h*CHAIN+j of a read. Link j works j cycles after
// link 0: its words and its ROM address are delayed. The PE sums of a group leave OUT_LANES at a time,
// rows in order, while the next group is computed.
//
// ROM j is in file WEIGHT_FILE, followed by the two digits of j and ".hex". Its word g*(COLS/SIMD)+k has
// w[g*PE+i][k*SIMD+h*CHAIN+j] at bit (i*(SIMD/CHAIN)+h)*WEIGHT_W.
//
// Stages    1 sequencer, 2 vector and ROM read, 3 operands, 4 product, CHAIN links,
//           ceil(log2(SIMD/CHAIN)) adder levels, accumulator
// Latency   from x_start_i to the first beat: COLS/SIMD + 3 + CHAIN + ceil(log2(SIMD/CHAIN)),
//           and the latency of qs5_matvec_accumulators
// Interval  GROUPS * GROUP_CYCLES, GROUP_CYCLES >= max(COLS/SIMD, PE/OUT_LANES)
// Reset     control only
`default_nettype none

module qs5_matvec_chain #(
    parameter ROWS         = 4,       // outputs
    parameter COLS         = 4,       // inputs
    parameter PE           = 1,       // rows per cycle
    parameter SIMD         = 1,       // columns per cycle
    parameter CHAIN        = 1,       // links of a chain, divides SIMD, at most 99
    parameter OUT_LANES    = 1,       // sums per beat, divides PE
    parameter GROUP_CYCLES = 4,       // cycles from one group of PE rows to the next
    parameter X_W          = 8,       // bits of an input
    parameter WEIGHT_W     = 8,       // bits of a weight
    parameter ACC_W        = 18,      // bits of a sum, from the exact bound of the weights
    parameter ACC_LOAD     = 0,       // 1: accumulators start from a term; 0: from zero
    parameter ACC_PARTS    = 1,       // parts of an accumulator, one cycle each
    parameter ROM_STYLE    = "auto",  // ROM: "auto", "block" or "logic"
    parameter WEIGHT_FILE  = ""       // ROM images, without number and ending
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
    output wire [OUT_LANES*ACC_W-1:0] out_data_o
);
  localparam GROUPS = ROWS / PE;
  localparam READS  = COLS / SIMD;
  localparam BEATS  = PE / OUT_LANES;
  localparam CHAINS = SIMD / CHAIN;
  localparam DEPTH  = GROUPS * READS;
  localparam LEVELS = $clog2(CHAINS);
  localparam STAGES = 3 + CHAIN + LEVELS;  // from the read to the tree's sum
  localparam ADDR_W = DEPTH > 1 ? $clog2(DEPTH) : 1;
  localparam WORDS_W   = CHAINS * X_W;            // bits of the words of one link, all chains
  localparam WEIGHTS_W = PE * CHAINS * WEIGHT_W;  // bits of their weights

  generate
    if (ROWS % PE != 0) begin : g_bad_pe
      qs5_error_matvec_chain_PE_must_divide_ROWS u_error ();
    end
    if (COLS % SIMD != 0) begin : g_bad_simd
      qs5_error_matvec_chain_SIMD_must_divide_COLS u_error ();
    end
    if (SIMD % CHAIN != 0 || CHAIN > 99) begin : g_bad_chain
      qs5_error_matvec_chain_CHAIN_must_divide_SIMD_and_be_at_most_99 u_error ();
    end
    if (PE % OUT_LANES != 0) begin : g_bad_lanes
      qs5_error_matvec_chain_OUT_LANES_must_divide_PE u_error ();
    end
    if (GROUP_CYCLES < READS || GROUP_CYCLES < BEATS) begin : g_bad_cycles
      qs5_error_matvec_chain_GROUP_CYCLES_must_cover_the_reads_and_the_beats u_error ();
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

  // Operands of each link. A bus of all links would be slow in Icarus: each driver of a part of a bus
  // wakes every reader of the bus.
  genvar i, h, j;
  generate
    for (j = 0; j < CHAIN; j = j + 1) begin : g_link
      wire [  WORDS_W-1:0] words;
      wire [WEIGHTS_W-1:0] weights;
      localparam POSITION = j;
      localparam [7:0] TENS = 8'd48 + POSITION[7:0] / 8'd10;
      localparam [7:0] ONES = 8'd48 + POSITION[7:0] % 8'd10;
      wire [ADDR_W-1:0] link_addr;
      if (WEIGHT_FILE == "") begin : g_no_image
        qs5_rom #(
            .DEPTH(DEPTH),
            .W    (WEIGHTS_W),
            .STYLE(ROM_STYLE),
            .FILE ("")
        ) u_rom (
            .clk_i (clk_i),
            .addr_i(link_addr),
            .data_o(weights)
        );
      end else begin : g_image
        qs5_rom #(
            .DEPTH(DEPTH),
            .W    (WEIGHTS_W),
            .STYLE(ROM_STYLE),
            .FILE ({WEIGHT_FILE, TENS, ONES, ".hex"})
        ) u_rom (
            .clk_i (clk_i),
            .addr_i(link_addr),
            .data_o(weights)
        );
      end

      wire [WORDS_W-1:0] read_words;
      for (h = 0; h < CHAINS; h = h + 1) begin : g_word
        assign read_words[h*X_W+:X_W] = x_data_i[(h*CHAIN+j)*X_W+:X_W];
      end
      if (j == 0) begin : g_first
        assign link_addr = addr;
        assign words     = read_words;
      end else begin : g_later
        reg [   ADDR_W-1:0] addr_q;
        reg [j*WORDS_W-1:0] line_q;
        always @(posedge clk_i) addr_q <= g_link[j-1].link_addr;
        if (j == 1) begin : g_register
          always @(posedge clk_i) line_q <= read_words;
        end else begin : g_line
          always @(posedge clk_i) line_q <= {line_q[(j-1)*WORDS_W-1:0], read_words};
        end
        assign link_addr = addr_q;
        assign words     = line_q[(j-1)*WORDS_W+:WORDS_W];
      end
    end
  endgenerate

  // Chains, and the sum over the chains of a row.
  wire [PE*ACC_W-1:0] terms;
  generate
    for (i = 0; i < PE; i = i + 1) begin : g_row
      wire [CHAINS*ACC_W-1:0] ends;
      for (h = 0; h < CHAINS; h = h + 1) begin : g_chain
        for (j = 0; j < CHAIN; j = j + 1) begin : g_sum
          wire [ACC_W-1:0] partial;
          wire [ACC_W-1:0] sum;
          if (j == 0) begin : g_first
            assign partial = {ACC_W{1'b0}};
          end else begin : g_later
            assign partial = g_sum[j-1].sum;
          end
          qs5_multiply_add #(
              .A_W(X_W),
              .B_W(WEIGHT_W),
              .P_W(ACC_W)
          ) u_multiply (
              .clk_i(clk_i),
              .a_i  (g_link[j].words[h*X_W+:X_W]),
              .b_i  (g_link[j].weights[(i*CHAINS+h)*WEIGHT_W+:WEIGHT_W]),
              .c_i  (partial),
              .p_o  (sum)
          );
        end
        assign ends[h*ACC_W+:ACC_W] = g_sum[CHAIN-1].sum;
      end
      // Cut to ACC_W, because the exact bound covers the sum of all terms.
      wire [ACC_W+LEVELS-1:0] sum;
      qs5_adder_tree #(
          .N(CHAINS),
          .W(ACC_W)
      ) u_tree (
          .clk_i(clk_i),
          .in_i (ends),
          .out_o(sum)
      );
      assign terms[i*ACC_W+:ACC_W] = sum[ACC_W-1:0];
      if (LEVELS > 0) begin : g_unused
        wire unused_bits = &{1'b0, sum[ACC_W+LEVELS-1:ACC_W]};
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
