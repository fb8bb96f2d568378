// Vector buffer: written as a stream, read as often as the reader likes. One writer, one reader.
//
// Holds BANKS vectors of ELEMENTS words of W bits. The writer appends WRITE_LANES elements per
// beat. The reader takes READ_LANES elements per read, in order; at the end of the vector it is
// back at the vector's beginning, or at the next vector if the read said release. There is no
// handshake: the plan proves that a bank is never overwritten before it is released.
//
// Memory    WORD_LANES elements a word (a multiple of both lane counts), gathered before it is
//           written
// Latency   vec_start_o one cycle after the last beat of a vector; vec_data_o one cycle after
//           vec_read_i
// Reset     positions only
`default_nettype none

module qs5_buffer #(
    parameter W           = 8,  // bits per element
    parameter ELEMENTS    = 8,  // elements per vector
    parameter WRITE_LANES = 1,  // elements per beat of the writer
    parameter READ_LANES  = 1,  // elements per read
    parameter WORD_LANES  = 1,  // elements per memory word
    parameter BANKS       = 2,  // vectors held
    parameter RAM_STYLE   = "auto"  // as in qs5_ram
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
    input  wire                     vec_read_i,     // read and step on
    input  wire                     vec_release_i,  // with the read of the last element: done
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
  localparam [SLICE_W-1:0] LAST_SLICE = SLICES[SLICE_W-1:0] - 1'b1;
  localparam [PART_W-1:0]  LAST_PART  = PARTS[PART_W-1:0] - 1'b1;
  localparam [WORD_W-1:0]  LAST_WORD  = WORDS[WORD_W-1:0] - 1'b1;
  localparam [ADDR_W-1:0]  LAST_ADDR  = DEPTH[ADDR_W-1:0] - 1'b1;

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

  // Writer: slice within the word, word within the vector, address.
  reg [SLICE_W-1:0] wr_slice_q;
  reg [ WORD_W-1:0] wr_word_q;
  reg [ ADDR_W-1:0] wr_addr_q;
  reg               start_q;
  reg [        1:0] tag_q;
  wire wr_word_end = in_valid_i & (wr_slice_q == LAST_SLICE);
  wire wr_vector_end = wr_word_end & (wr_word_q == LAST_WORD);

  always @(posedge clk_i) begin
    start_q <= wr_vector_end;
    tag_q   <= in_tag_i;
    if (in_valid_i) wr_slice_q <= wr_word_end ? {SLICE_W{1'b0}} : wr_slice_q + 1'b1;
    if (wr_word_end) begin
      wr_word_q <= wr_vector_end ? {WORD_W{1'b0}} : wr_word_q + 1'b1;
      wr_addr_q <= (wr_addr_q == LAST_ADDR) ? {ADDR_W{1'b0}} : wr_addr_q + 1'b1;
    end
    if (rst_i) begin
      start_q    <= 1'b0;
      wr_slice_q <= {SLICE_W{1'b0}};
      wr_word_q  <= {WORD_W{1'b0}};
      wr_addr_q  <= {ADDR_W{1'b0}};
    end
  end

  assign vec_start_o = start_q;
  assign vec_tag_o   = tag_q;

  // Reader: part within the word, word within the vector, address; base is the vector's first.
  reg [PART_W-1:0] rd_part_q;
  reg [PART_W-1:0] rd_part_q2;
  reg [WORD_W-1:0] rd_word_q;
  reg [ADDR_W-1:0] rd_addr_q;
  reg [ADDR_W-1:0] rd_base_q;
  wire rd_word_end = vec_read_i & (rd_part_q == LAST_PART);
  wire rd_vector_end = rd_word_end & (rd_word_q == LAST_WORD);
  wire [ADDR_W-1:0] rd_addr_next = (rd_addr_q == LAST_ADDR) ? {ADDR_W{1'b0}} : rd_addr_q + 1'b1;

  always @(posedge clk_i) begin
    rd_part_q2 <= rd_part_q;
    if (vec_read_i) rd_part_q <= rd_word_end ? {PART_W{1'b0}} : rd_part_q + 1'b1;
    if (rd_word_end) begin
      rd_word_q <= rd_vector_end ? {WORD_W{1'b0}} : rd_word_q + 1'b1;
      rd_addr_q <= (rd_vector_end & ~vec_release_i) ? rd_base_q : rd_addr_next;
    end
    if (rd_vector_end & vec_release_i) rd_base_q <= rd_addr_next;
    if (rst_i) begin
      rd_part_q <= {PART_W{1'b0}};
      rd_word_q <= {WORD_W{1'b0}};
      rd_addr_q <= {ADDR_W{1'b0}};
      rd_base_q <= {ADDR_W{1'b0}};
    end
  end

  // Beats wait until their word is whole; it is written with the last of them.
  wire [WORD_LANES*W-1:0] whole;
  generate
    if (SLICES == 1) begin : g_beat
      assign whole = in_data_i;
    end else begin : g_gather
      localparam BEAT_BITS = WRITE_LANES * W;
      localparam EARLY_BITS = (SLICES - 1) * BEAT_BITS;
      reg [EARLY_BITS-1:0] early_q;
      wire [EARLY_BITS+BEAT_BITS-1:0] gathered = {in_data_i, early_q};
      always @(posedge clk_i) if (in_valid_i) early_q <= gathered[BEAT_BITS+:EARLY_BITS];
      assign whole = gathered;
    end
  endgenerate

  wire [WORD_LANES*W-1:0] word;
  qs5_ram #(
      .DEPTH(DEPTH),
      .W    (WORD_LANES*W),
      .STYLE(RAM_STYLE)
  ) u_ram (
      .clk_i       (clk_i),
      .write_i     (wr_word_end),
      .write_addr_i(wr_addr_q),
      .write_data_i(whole),
      .read_i      (1'b1),
      .clear_i     (1'b0),
      .read_addr_i (rd_addr_q),
      .read_data_o (word)
  );

  generate
    if (PARTS == 1) begin : g_whole
      wire unused_part = &{1'b0, rd_part_q2};
      assign vec_data_o = word;
    end else begin : g_part
      assign vec_data_o = word[rd_part_q2*(READ_LANES*W)+:READ_LANES*W];
    end
  endgenerate
endmodule

`default_nettype wire
