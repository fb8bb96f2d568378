// Row of a table: the product of a matrix with a one-hot vector, given as the index of its one.
//
// An index in is a vector of CHANNELS words out, LANES a beat, without gaps. The ROM holds row r
// from address r * CHANNELS/LANES on. An index outside 0 .. ROWS-1 takes the last row and raises
// unknown_o.
//
// Stages    1 address, 2 ROM
// Latency   2 cycles to the first beat; an index every CHANNELS/LANES cycles at the most
// Reset     control and the sticky flag
`default_nettype none

module qs5_embed #(
    parameter ROWS       = 4,  // rows of the table
    parameter CHANNELS   = 4,  // elements per row
    parameter LANES      = 1,  // elements per beat
    parameter INDEX_W    = 8,  // bits of the index, a signed word
    parameter W          = 8,  // bits per element
    parameter TABLE_FILE = ""  // ROM image
) (
    input  wire               clk_i,
    input  wire               rst_i,
    // stream in: one index a vector
    input  wire               in_valid_i,
    input  wire [        1:0] in_tag_i,
    input  wire [INDEX_W-1:0] in_data_i,
    // stream out
    output wire               out_valid_o,
    output wire [        1:0] out_tag_o,
    output wire [LANES*W-1:0] out_data_o,
    output wire               unknown_o     // sticky: some index was not in the table
);
  localparam BEATS  = CHANNELS / LANES;
  localparam DEPTH  = ROWS * BEATS;
  localparam BEAT_W = BEATS > 1 ? $clog2(BEATS) : 1;
  localparam ADDR_W = DEPTH > 1 ? $clog2(DEPTH) : 1;
  localparam LAST   = ROWS - 1;
  localparam START  = LAST * BEATS;
  localparam [ BEAT_W-1:0] LAST_BEAT = BEATS[BEAT_W-1:0] - 1'b1;
  localparam [INDEX_W-1:0] LAST_ROW  = LAST[INDEX_W-1:0];
  localparam [ ADDR_W-1:0] LAST_START = START[ADDR_W-1:0];

  generate
    if (CHANNELS % LANES != 0) begin : g_bad_lanes
      qs5_error_embed_LANES_must_divide_CHANNELS u_error ();
    end
    if (ROWS < 1) begin : g_bad_rows
      qs5_error_embed_ROWS_must_be_at_least_1 u_error ();
    end
    if (INDEX_W < $clog2(ROWS) + 1 || INDEX_W < 2) begin : g_bad_index
      qs5_error_embed_INDEX_W_must_hold_every_row_and_be_at_least_2 u_error ();
    end
  endgenerate

  // As an unsigned number a negative index is above every row.
  wire unknown = in_data_i > LAST_ROW;

  // Address of a row: the sum of the row's number shifted to each bit of BEATS.
  reg [ADDR_W-1:0] start;
  reg [INDEX_W+ADDR_W-1:0] shifted;
  integer bit_of_beats;
  always @* begin
    start = {ADDR_W{1'b0}};
    shifted = {{ADDR_W{1'b0}}, in_data_i};
    for (bit_of_beats = 0; bit_of_beats < ADDR_W; bit_of_beats = bit_of_beats + 1) begin
      if (BEATS[bit_of_beats]) start = start + shifted[ADDR_W-1:0];
      shifted = shifted << 1;
    end
    if (unknown) start = LAST_START;
  end

  // The beats of a row follow each other.
  reg              busy_q;
  reg [BEAT_W-1:0] beat_q;
  reg [ADDR_W-1:0] addr_q;
  reg [       1:0] row_tag_q;
  reg              row_unknown_q;
  wire             row_end = busy_q & (beat_q == LAST_BEAT);
  always @(posedge clk_i) begin
    if (in_valid_i) begin
      addr_q        <= start;
      row_tag_q     <= in_tag_i;
      row_unknown_q <= unknown;
      busy_q        <= 1'b1;
    end else if (busy_q) begin
      addr_q <= addr_q + 1'b1;
      busy_q <= ~row_end;
    end
    if (busy_q) beat_q <= row_end ? {BEAT_W{1'b0}} : beat_q + 1'b1;
    if (rst_i) begin
      busy_q <= 1'b0;
      beat_q <= {BEAT_W{1'b0}};
    end
  end

  reg [LANES*W-1:0] rom[0:DEPTH-1];
  reg [LANES*W-1:0] out_q;
  reg               valid_q;
  reg [        1:0] tag_q;
  reg               unknown_q;
  initial if (TABLE_FILE != "") $readmemh(TABLE_FILE, rom);
  always @(posedge clk_i) begin
    out_q     <= rom[addr_q];
    tag_q     <= row_tag_q;
    valid_q   <= busy_q & ~rst_i;
    unknown_q <= ~rst_i & (unknown_q | (busy_q & row_unknown_q));
  end
  assign out_valid_o = valid_q;
  assign out_tag_o   = tag_q;
  assign out_data_o  = out_q;
  assign unknown_o   = unknown_q;
endmodule

`default_nettype wire
