// Matrix times vector, folded: y[m] = sum_n w[m][n] * x[n], exact, sums circulate through chains.
//
// Each read of the vector stays for SLOTS cycles. In these cycles SLOTS groups of PE rows take turns.
// Each group is back at the first link of its chain when its next words arrive. The registers of the
// chain are the accumulators: the chain needs no adder after it. Sums of one group leave per cycle.
//
// A read has SIMD columns. Each row has SIMD/CHAIN chains of CHAIN qs5_multiply_add_held. Chain h, link j
// has column h*CHAIN+j of the read and works j cycles after link 0. ROM r has the weights of links
// r*ROM_LINKS to r*ROM_LINKS + ROM_LINKS - 1. It is in file WEIGHT_FILE, followed by the two digits of r
// and ".hex". Its word (t*(COLS/SIMD)+k)*SLOTS+s has, for group g = t*SLOTS+s and link r*ROM_LINKS+l,
// w[g*PE+i][k*SIMD+h*CHAIN+r*ROM_LINKS+l] at bit ((i*(SIMD/CHAIN)+h)*ROM_LINKS+l)*WEIGHT_W.
//
// Stages    1 sequencer, 2 vector and ROM read, 3 operands, 4 product, CHAIN links,
//           ceil(log2(SIMD/CHAIN)) adder levels
// Latency   from x_start_i to the first beat:
//           (COLS/SIMD - 1) * SLOTS + 4 + CHAIN + ceil(log2(SIMD/CHAIN))
// Interval  ROWS/PE * COLS/SIMD
// Reset     control only
`default_nettype none

module qs5_matvec_ring #(
    parameter ROWS        = 4,       // outputs
    parameter COLS        = 4,       // inputs
    parameter PE          = 1,       // rows per cycle, and sums per beat
    parameter SIMD        = 1,       // columns per cycle
    parameter CHAIN       = 1,       // links of a chain, divides SIMD, at most 99
    parameter SLOTS       = 1,       // groups of rows per read: divides ROWS/PE, at least CHAIN
    parameter ROM_LINKS   = 1,       // links whose weights are in one ROM, divides CHAIN
    parameter X_W         = 8,       // bits of an input
    parameter WEIGHT_W    = 8,       // bits of a weight
    parameter ACC_W       = 18,      // bits of a sum, from the exact bound of the weights
    parameter HOLD        = 0,       // polarity of the operand enable: 0 enables with 1, 1 with 0
    parameter ROM_STYLE   = "auto",  // ROM: "auto", "block" or "logic"
    parameter WEIGHT_FILE = ""       // ROM images, without number and ending
) (
    input  wire                clk_i,
    input  wire                rst_i,
    // vector in
    input  wire                x_start_i,
    input  wire [         1:0] x_tag_i,
    output wire                x_read_o,
    output wire                x_release_o,
    input  wire [SIMD*X_W-1:0] x_data_i,
    // stream out
    output wire                out_valid_o,
    output wire [         1:0] out_tag_o,
    output wire [PE*ACC_W-1:0] out_data_o
);
  localparam GROUPS = ROWS / PE;
  localparam READS  = COLS / SIMD;
  localparam CHAINS = SIMD / CHAIN;
  localparam DEPTH  = GROUPS * READS;
  localparam LEVELS = $clog2(CHAINS);
  localparam STAGES = 3 + CHAIN + LEVELS;  // from the read to the sum
  localparam WAIT   = SLOTS - CHAIN;       // cycles that sums wait outside the chain
  localparam AGAIN  = WAIT == 0 ? 3 : 2;   // cycles from the read to the start of new sums
  localparam ADDR_W = DEPTH > 1 ? $clog2(DEPTH) : 1;
  localparam WORDS_W   = CHAINS * X_W;            // bits of the words of one link, all chains
  localparam WEIGHTS_W = PE * CHAINS * WEIGHT_W;  // bits of their weights

  generate
    if (ROWS % PE != 0) begin : g_bad_pe
      qs5_error_matvec_ring_PE_must_divide_ROWS u_error ();
    end
    if (COLS % SIMD != 0) begin : g_bad_simd
      qs5_error_matvec_ring_SIMD_must_divide_COLS u_error ();
    end
    if (SIMD % CHAIN != 0 || CHAIN > 99) begin : g_bad_chain
      qs5_error_matvec_ring_CHAIN_must_divide_SIMD_and_be_at_most_99 u_error ();
    end
    if (GROUPS % SLOTS != 0 || SLOTS < CHAIN) begin : g_bad_slots
      qs5_error_matvec_ring_SLOTS_must_divide_the_groups_and_be_at_least_CHAIN u_error ();
    end
    if (CHAIN % ROM_LINKS != 0) begin : g_bad_rom
      qs5_error_matvec_ring_ROM_LINKS_must_divide_CHAIN u_error ();
    end
  endgenerate

  wire              reading;
  wire              first;
  wire              last;
  wire [       1:0] tag;
  wire [ADDR_W-1:0] addr;
  qs5_matvec_sequencer #(
      .TURNS     (GROUPS / SLOTS),
      .READS     (READS),
      .PASS_READS(READS),
      .SLOTS     (SLOTS),
      .ADDR_W    (ADDR_W)
  ) u_sequencer (
      .clk_i    (clk_i),
      .rst_i    (rst_i),
      .x_start_i(x_start_i),
      .x_tag_i  (x_tag_i),
      .read_o   (reading),
      .first_o  (first),
      .last_o   (last),
      .release_o(x_release_o),
      .tag_o    (tag),
      .addr_o   (addr)
  );
  assign x_read_o = reading;

  // Control: links take their words, new sums start, sums leave.
  reg                take_q;
  reg [   CHAIN-1:0] takes_q;
  reg [   AGAIN-1:0] first_q;
  reg [  STAGES-1:0] last_q;
  reg [2*STAGES-1:0] tags_q;
  always @(posedge clk_i) begin
    take_q  <= reading;
    first_q <= {first_q[AGAIN-2:0], first};
    last_q  <= {last_q[STAGES-2:0], last};
    tags_q  <= {tags_q[2*STAGES-3:0], tag};
    if (rst_i) last_q <= {STAGES{1'b0}};
  end

  // Operands of each link. A bus of all links would be slow in Icarus: each driver of a part of a bus
  // wakes every reader of the bus.
  genvar i, h, j, l;
  generate
    for (j = 0; j < CHAIN; j = j + 1) begin : g_link
      wire [WORDS_W-1:0] words;
      wire [WORDS_W-1:0] read_words;
      for (h = 0; h < CHAINS; h = h + 1) begin : g_word
        assign read_words[h*X_W+:X_W] = x_data_i[(h*CHAIN+j)*X_W+:X_W];
      end
      if (j == 0) begin : g_first
        always @(posedge clk_i) takes_q[j] <= reading != (HOLD != 0);
        assign words = read_words;
      end else begin : g_later
        // The buffer shows a word for one cycle.
        reg [WORDS_W-1:0] words_q;
        always @(posedge clk_i) begin
          takes_q[j] <= takes_q[j-1];
          if (take_q) words_q <= read_words;
        end
        assign words = words_q;
      end
    end

    for (j = 0; j < CHAIN; j = j + ROM_LINKS) begin : g_rom
      localparam NUMBER = j / ROM_LINKS;
      localparam [7:0] TENS = 8'd48 + NUMBER[7:0] / 8'd10;
      localparam [7:0] ONES = 8'd48 + NUMBER[7:0] % 8'd10;
      wire [          ADDR_W-1:0] rom_addr;
      wire [ROM_LINKS*WEIGHTS_W-1:0] rom_data;
      if (j == 0) begin : g_first
        assign rom_addr = addr;
      end else begin : g_later
        reg [ROM_LINKS*ADDR_W-1:0] line_q;
        if (ROM_LINKS == 1) begin : g_register
          always @(posedge clk_i) line_q <= g_rom[j-ROM_LINKS].rom_addr;
        end else begin : g_line
          always @(posedge clk_i)
            line_q <= {line_q[(ROM_LINKS-1)*ADDR_W-1:0], g_rom[j-ROM_LINKS].rom_addr};
        end
        assign rom_addr = line_q[(ROM_LINKS-1)*ADDR_W+:ADDR_W];
      end
      if (WEIGHT_FILE == "") begin : g_no_image
        qs5_rom #(
            .DEPTH(DEPTH),
            .W    (ROM_LINKS*WEIGHTS_W),
            .STYLE(ROM_STYLE),
            .FILE ("")
        ) u_rom (
            .clk_i (clk_i),
            .addr_i(rom_addr),
            .data_o(rom_data)
        );
      end else begin : g_image
        qs5_rom #(
            .DEPTH(DEPTH),
            .W    (ROM_LINKS*WEIGHTS_W),
            .STYLE(ROM_STYLE),
            .FILE ({WEIGHT_FILE, TENS, ONES, ".hex"})
        ) u_rom (
            .clk_i (clk_i),
            .addr_i(rom_addr),
            .data_o(rom_data)
        );
      end
      for (l = 0; l < ROM_LINKS; l = l + 1) begin : g_weight
        wire [WEIGHTS_W-1:0] weights;
        wire [WEIGHTS_W-1:0] read_weights;
        for (i = 0; i < PE * CHAINS; i = i + 1) begin : g_chain
          assign read_weights[i*WEIGHT_W+:WEIGHT_W] = rom_data[(i*ROM_LINKS+l)*WEIGHT_W+:WEIGHT_W];
        end
        if (l == 0) begin : g_first
          assign weights = read_weights;
        end else begin : g_later
          reg [l*WEIGHTS_W-1:0] line_q;
          if (l == 1) begin : g_register
            always @(posedge clk_i) line_q <= read_weights;
          end else begin : g_line
            always @(posedge clk_i) line_q <= {line_q[(l-1)*WEIGHTS_W-1:0], read_weights};
          end
          assign weights = line_q[(l-1)*WEIGHTS_W+:WEIGHTS_W];
        end
      end
    end
  endgenerate

  // Chains, each connected back to its own start, and the sum over the chains of a row.
  generate
    for (i = 0; i < PE; i = i + 1) begin : g_row
      wire [CHAINS*ACC_W-1:0] ends;
      for (h = 0; h < CHAINS; h = h + 1) begin : g_chain
        wire [ACC_W-1:0] start;
        for (j = 0; j < CHAIN; j = j + 1) begin : g_sum
          wire [WEIGHT_W-1:0] weight =
              g_rom[j-j%ROM_LINKS].g_weight[j%ROM_LINKS].weights[(i*CHAINS+h)*WEIGHT_W+:WEIGHT_W];
          wire [   ACC_W-1:0] partial;
          wire [   ACC_W-1:0] sum;
          if (j == 0) begin : g_first
            assign partial = start;
          end else begin : g_later
            assign partial = g_sum[j-1].sum;
          end
          qs5_multiply_add_held #(
              .A_W (X_W),
              .B_W (WEIGHT_W),
              .P_W (ACC_W),
              .HOLD(HOLD)
          ) u_multiply (
              .clk_i (clk_i),
              .take_i(takes_q[j]),
              .a_i   (g_link[j].words[h*X_W+:X_W]),
              .b_i   (weight),
              .c_i   (partial),
              .p_o   (sum)
          );
        end
        wire [ACC_W-1:0] finish = g_sum[CHAIN-1].sum;

        if (READS == 1) begin : g_once
          assign start = {ACC_W{1'b0}};
        end else if (WAIT == 0) begin : g_again
          assign start = finish & {ACC_W{~first_q[AGAIN-1]}};
        end else begin : g_wait
          // A new start takes no LUTs: it is the reset of a register.
          reg  [ACC_W-1:0] start_q;
          wire [ACC_W-1:0] late;
          always @(posedge clk_i)
            if (first_q[AGAIN-1]) start_q <= {ACC_W{1'b0}};
            else start_q <= late;
          assign start = start_q;
          if (WAIT == 1) begin : g_at_once
            assign late = finish;
          end else if (WAIT == 2) begin : g_register
            reg [ACC_W-1:0] line_q;
            always @(posedge clk_i) line_q <= finish;
            assign late = line_q;
          end else begin : g_line
            reg [(WAIT-1)*ACC_W-1:0] line_q;
            always @(posedge clk_i) line_q <= {line_q[(WAIT-2)*ACC_W-1:0], finish};
            assign late = line_q[(WAIT-2)*ACC_W+:ACC_W];
          end
        end
        assign ends[h*ACC_W+:ACC_W] = finish;
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
      assign out_data_o[i*ACC_W+:ACC_W] = sum[ACC_W-1:0];
      if (LEVELS > 0) begin : g_unused
        wire unused_bits = &{1'b0, sum[ACC_W+LEVELS-1:ACC_W]};
      end
    end
    if (CHAIN == 1) begin : g_alone
      wire unused_take = &{1'b0, take_q};
    end
    if (READS == 1) begin : g_once
      wire unused_first = &{1'b0, first_q[AGAIN-1]};
    end
  endgenerate

  assign out_valid_o = last_q[STAGES-1];
  assign out_tag_o   = tags_q[2*STAGES-1-:2];
endmodule

`default_nettype wire
