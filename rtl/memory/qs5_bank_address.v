// Address of a word in a memory of BANKS vectors with WORDS words each.
//
// If WORDS or BANKS is a power of two, the address is bank and word side by side, without gaps.
// Otherwise the address is bank * WORDS + word. IN_ORDER = 1 is for a writer that fills each bank once,
// in order: one counter then counts all addresses.
//
// Latency   the bank changes one cycle after step_i
// Interval  one word per cycle
// Reset     to the first bank
`default_nettype none

module qs5_bank_address #(
    parameter WORDS    = 4,  // words per vector
    parameter BANKS    = 2,  // vectors
    parameter IN_ORDER = 0,  // 1: word_i counts its steps, and step_i comes with the last word
    parameter WORD_W   = WORDS > 1 ? $clog2(WORDS) : 1,  // bits of a word number
    parameter ADDR_W   = WORDS * BANKS > 1 ? $clog2(WORDS * BANKS) : 1  // bits of an address
) (
    input  wire              clk_i,
    input  wire              rst_i,
    input  wire              step_i,       // move to the next bank
    input  wire              word_step_i,  // word_i moves to the next word
    input  wire [WORD_W-1:0] word_i,
    output wire [ADDR_W-1:0] addr_o
);
  localparam BANK_W = BANKS > 1 ? $clog2(BANKS) : 1;

  generate
    if (BANKS == 1) begin : g_one
      wire unused_inputs = &{1'b0, clk_i, rst_i, step_i, word_step_i};
      assign addr_o = word_i;
    end else if (2 ** $clog2(WORDS) == WORDS || 2 ** $clog2(BANKS) == BANKS) begin : g_beside
      wire [BANK_W-1:0] bank;
      wire              unused_last;
      wire              unused_step = &{1'b0, word_step_i};
      qs5_counter #(
          .N(BANKS)
      ) u_bank (
          .clk_i  (clk_i),
          .rst_i  (rst_i),
          .step_i (step_i),
          .count_o(bank),
          .last_o (unused_last)
      );
      if (WORDS == 1) begin : g_bank
        wire unused_word = &{1'b0, word_i};
        assign addr_o = bank;
      end else if (2 ** $clog2(WORDS) == WORDS) begin : g_bank_word
        assign addr_o = {bank, word_i};
      end else begin : g_word_bank
        assign addr_o = {word_i, bank};
      end
    end else if (IN_ORDER != 0) begin : g_in_order
      wire unused_inputs = &{1'b0, step_i, word_i};
      wire unused_last;
      qs5_counter #(
          .N(WORDS * BANKS)
      ) u_addr (
          .clk_i  (clk_i),
          .rst_i  (rst_i),
          .step_i (word_step_i),
          .count_o(addr_o),
          .last_o (unused_last)
      );
    end else begin : g_behind
      wire unused_step = &{1'b0, word_step_i};
      localparam LAST_BASE_I = (BANKS - 1) * WORDS;
      localparam [ADDR_W-1:0] VECTOR    = WORDS[ADDR_W-1:0];
      localparam [ADDR_W-1:0] LAST_BASE = LAST_BASE_I[ADDR_W-1:0];
      reg  [ADDR_W-1:0] base_q;
      wire              last = base_q == LAST_BASE;
      always @(posedge clk_i) begin
        if (step_i) base_q <= base_q + VECTOR;
        if (rst_i | (step_i & last)) base_q <= {ADDR_W{1'b0}};
      end
      assign addr_o = base_q + {{(ADDR_W - WORD_W) {1'b0}}, word_i};
    end
  endgenerate
endmodule

`default_nettype wire
