// Vector buffer: one writer, and one reader that may read each vector several times.
//
// The buffer holds BANKS vectors of ELEMENTS words of W bits. The writer appends WRITE_LANES elements
// per beat. The reader takes READ_LANES elements per read, in order. After the last element the reader
// is at the start of the same vector, or of the next one if that read had release. There is no
// handshake: the plan proves that no bank is overwritten before its release.
//
// Memory    words of WORD_LANES elements, a multiple of both lane counts, gathered before the write; a
//           buffer of one word is only the registers in which beats gather
// Latency   vec_start_o 1 cycle after the last beat of a vector; vec_data_o 1 cycle after vec_read_i
// Interval  one beat and one read per cycle
// Reset     positions only
`default_nettype none

module qs5_buffer #(
    parameter W           = 8,       // bits per element
    parameter ELEMENTS    = 8,       // elements per vector
    parameter WRITE_LANES = 1,       // elements per beat of the writer
    parameter READ_LANES  = 1,       // elements per read
    parameter WORD_LANES  = 1,       // elements per memory word
    parameter BANKS       = 2,       // vectors held
    parameter RAM_STYLE   = "auto"   // RAM: "auto", "block", "block_36", "block_18", "distributed", "logic"
) (
    input  wire                     clk_i,
    input  wire                     rst_i,
    // stream in
    input  wire                     in_valid_i,
    input  wire [              1:0] in_tag_i,
    input  wire [WRITE_LANES*W-1:0] in_data_i,
    // vector out
    output wire                     vec_start_o,    // a vector is complete
    output wire [              1:0] vec_tag_o,      // its tag, with vec_start_o
    input  wire                     vec_read_i,     // read and move to the next element
    input  wire                     vec_release_i,  // with the read of the last element: release the vector
    output wire [ READ_LANES*W-1:0] vec_data_o
);
  localparam SLICES = WORD_LANES / WRITE_LANES;  // beats per memory word
  localparam PARTS  = WORD_LANES / READ_LANES;   // reads per memory word
  localparam WORDS  = ELEMENTS / WORD_LANES;     // words per vector
  localparam DEPTH  = BANKS * WORDS;
  localparam SLICE_W = SLICES > 1 ? $clog2(SLICES) : 1;
  localparam PART_W  = PARTS > 1 ? $clog2(PARTS) : 1;
  localparam WORD_W  = WORDS > 1 ? $clog2(WORDS) : 1;
  localparam ADDR_W  = DEPTH > 1 ? $clog2(DEPTH) : 1;

  generate
    if (WORD_LANES % WRITE_LANES != 0 || WORD_LANES % READ_LANES != 0) begin : g_bad_word
      qs5_error_buffer_WORD_LANES_must_be_a_multiple_of_both_lane_counts u_error ();
    end
    if (ELEMENTS % WORD_LANES != 0) begin : g_bad_elements
      qs5_error_buffer_ELEMENTS_must_be_a_multiple_of_WORD_LANES u_error ();
    end
    if (BANKS < 1) begin : g_bad_banks
      qs5_error_buffer_BANKS_must_be_at_least_1 u_error ();
    end
  endgenerate

  // Writer: beat in the word, word in the vector, bank.
  wire [SLICE_W-1:0] unused_slice;
  wire [ WORD_W-1:0] wr_word;
  wire               wr_slice_last;
  wire               wr_word_last;
  wire               wr_word_end = in_valid_i & wr_slice_last;
  wire               wr_vector_end = wr_word_end & wr_word_last;
  qs5_counter #(
      .N(SLICES)
  ) u_wr_slice (
      .clk_i  (clk_i),
      .rst_i  (rst_i),
      .step_i (in_valid_i),
      .count_o(unused_slice),
      .last_o (wr_slice_last)
  );
  qs5_counter #(
      .N(WORDS)
  ) u_wr_word (
      .clk_i  (clk_i),
      .rst_i  (rst_i),
      .step_i (wr_word_end),
      .count_o(wr_word),
      .last_o (wr_word_last)
  );

  reg       start_q;
  reg [1:0] tag_q;
  always @(posedge clk_i) begin
    start_q <= wr_vector_end & ~rst_i;
    tag_q   <= in_tag_i;
  end
  assign vec_start_o = start_q;
  assign vec_tag_o   = tag_q;

  // Reader: part of the word, word in the vector, bank.
  reg  [PART_W-1:0] rd_part_q;  // part of the previous read
  wire [PART_W-1:0] rd_part;
  wire [WORD_W-1:0] rd_word;
  wire              rd_part_last;
  wire              rd_word_last;
  wire              rd_word_end = vec_read_i & rd_part_last;
  wire              rd_release = rd_word_end & rd_word_last & vec_release_i;
  always @(posedge clk_i) rd_part_q <= rd_part;
  qs5_counter #(
      .N(PARTS)
  ) u_rd_part (
      .clk_i  (clk_i),
      .rst_i  (rst_i),
      .step_i (vec_read_i),
      .count_o(rd_part),
      .last_o (rd_part_last)
  );
  qs5_counter #(
      .N(WORDS)
  ) u_rd_word (
      .clk_i  (clk_i),
      .rst_i  (rst_i),
      .step_i (rd_word_end),
      .count_o(rd_word),
      .last_o (rd_word_last)
  );

  // Beats wait until their word is complete. A buffer of one word is the register in which they wait:
  // its reads are over when the next vector's first beat comes.
  localparam BEAT_BITS = WRITE_LANES * W;
  localparam WORD_BITS = WORD_LANES * W;
  wire [WORD_BITS-1:0] word;
  generate
    if (DEPTH == 1) begin : g_register
      reg [WORD_BITS-1:0] word_q;
      wire [WORD_BITS+BEAT_BITS-1:0] moved = {in_data_i, word_q};
      wire unused_first = &{1'b0, moved[BEAT_BITS-1:0]};
      always @(posedge clk_i) if (in_valid_i) word_q <= moved[BEAT_BITS+:WORD_BITS];
      assign word = word_q;
      wire unused_words = &{1'b0, wr_word, rd_word, rd_release};
    end else begin : g_memory
      wire [ADDR_W-1:0] wr_addr;
      wire [ADDR_W-1:0] rd_addr;
      wire [WORD_BITS-1:0] whole;
      qs5_bank_address #(
          .WORDS   (WORDS),
          .BANKS   (BANKS),
          .IN_ORDER(1)
      ) u_wr_bank (
          .clk_i      (clk_i),
          .rst_i      (rst_i),
          .step_i     (wr_vector_end),
          .word_step_i(wr_word_end),
          .word_i     (wr_word),
          .addr_o     (wr_addr)
      );
      qs5_bank_address #(
          .WORDS(WORDS),
          .BANKS(BANKS)
      ) u_rd_bank (
          .clk_i      (clk_i),
          .rst_i      (rst_i),
          .step_i     (rd_release),
          .word_step_i(1'b0),
          .word_i     (rd_word),
          .addr_o     (rd_addr)
      );
      if (SLICES == 1) begin : g_beat
        assign whole = in_data_i;
      end else begin : g_gather
        reg [WORD_BITS-BEAT_BITS-1:0] early_q;
        assign whole = {in_data_i, early_q};
        always @(posedge clk_i) if (in_valid_i) early_q <= whole[WORD_BITS-1:BEAT_BITS];
      end
      // Written with every beat. The last beat of a word completes it.
      qs5_ram #(
          .DEPTH(DEPTH),
          .W    (WORD_BITS),
          .STYLE(RAM_STYLE)
      ) u_ram (
          .clk_i       (clk_i),
          .write_i     (in_valid_i),
          .write_addr_i(wr_addr),
          .write_data_i(whole),
          .read_i      (1'b1),
          .clear_i     (1'b0),
          .read_addr_i (rd_addr),
          .read_data_o (word)
      );
    end
  endgenerate

  generate
    if (PARTS == 1) begin : g_whole
      wire unused_part = &{1'b0, rd_part_q};
      assign vec_data_o = word;
    end else begin : g_part
      assign vec_data_o = word[rd_part_q*(READ_LANES*W)+:READ_LANES*W];
    end
  endgenerate
endmodule

`default_nettype wire
