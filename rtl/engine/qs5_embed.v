// Row of a table by its index: the product of a matrix with a one-hot vector.
//
// One index in gives a vector of CHANNELS words out, LANES per beat, without gaps. ROM row r starts at
// address r * CHANNELS/LANES. An index outside 0 .. ROWS-1 takes the last row and raises unknown_o.
//
// Stages    1 index, 2 address, 3 ROM
// Latency   3 cycles to the first beat
// Interval  CHANNELS/LANES cycles per index
// Reset     control and the sticky flag
`default_nettype none

module qs5_embed #(
    parameter ROWS       = 4,   // rows of the table
    parameter CHANNELS   = 4,   // elements per row
    parameter LANES      = 1,   // elements per beat
    parameter INDEX_W    = 8,   // bits of the index, a signed word
    parameter W          = 8,   // bits per element
    parameter TABLE_FILE = ""   // ROM image
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
  localparam POWER  = $clog2(BEATS);
  localparam ROW_W  = ROWS > 1 ? $clog2(ROWS) : 1;
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

  // A negative index, read as unsigned, is above every row. The comparison goes bit by bit from the
  // lowest: synthesis maps it to LUTs instead of a carry chain.
  reg     unknown;
  integer i;
  always @* begin
    unknown = 1'b0;
    for (i = 0; i < INDEX_W; i = i + 1)
      unknown = LAST_ROW[i] ? unknown & in_data_i[i] : unknown | in_data_i[i];
  end
  reg               start_q;
  reg [  ROW_W-1:0] index_q;
  reg               unknown_q;
  reg [        1:0] index_tag_q;
  always @(posedge clk_i) begin
    start_q     <= in_valid_i & ~rst_i;
    index_q     <= in_data_i[ROW_W-1:0];
    unknown_q   <= unknown;
    index_tag_q <= in_tag_i;
  end

  // The beats of a row follow without gaps.
  reg              busy_q;
  reg [BEAT_W-1:0] beat_q;
  reg [       1:0] row_tag_q;
  reg              row_unknown_q;
  wire             row_end = beat_q == LAST_BEAT;
  always @(posedge clk_i) begin
    busy_q <= start_q | (busy_q & ~row_end);
    if (start_q) begin
      row_tag_q     <= index_tag_q;
      row_unknown_q <= unknown_q;
    end
    if (busy_q) beat_q <= row_end ? {BEAT_W{1'b0}} : beat_q + 1'b1;
    if (rst_i) begin
      busy_q <= 1'b0;
      beat_q <= {BEAT_W{1'b0}};
    end
  end

  // The address is {row, beat} if BEATS is a power of two. Otherwise it counts up from row * BEATS,
  // which is the sum of the row number shifted to each 1 of BEATS.
  wire [ADDR_W-1:0] addr;
  generate
    if (ADDR_W == ROW_W + POWER && 1 << POWER == BEATS) begin : g_power
      reg [ROW_W-1:0] row_q;
      always @(posedge clk_i) if (start_q) row_q <= unknown_q ? LAST_ROW[ROW_W-1:0] : index_q;
      wire unused_start = &{1'b0, LAST_START};
      if (POWER == 0) begin : g_one
        assign addr = row_q;
      end else begin : g_beats
        assign addr = {row_q, beat_q};
      end
    end else begin : g_sum
      reg [ADDR_W-1:0] start;
      reg [ROW_W+ADDR_W-1:0] shifted;
      reg [ADDR_W-1:0] addr_q;
      integer j;
      always @* begin
        start = {ADDR_W{1'b0}};
        shifted = {{ADDR_W{1'b0}}, index_q};
        for (j = 0; j < ADDR_W; j = j + 1) begin
          if (BEATS[j]) start = start + shifted[ADDR_W-1:0];
          shifted = shifted << 1;
        end
        if (unknown_q) start = LAST_START;
      end
      always @(posedge clk_i) addr_q <= start_q ? start : addr_q + 1'b1;
      assign addr = addr_q;
    end
  endgenerate

  reg [LANES*W-1:0] rom[0:DEPTH-1];
  reg [LANES*W-1:0] out_q;
  reg               valid_q;
  reg [        1:0] tag_q;
  reg               sticky_q;
  initial if (TABLE_FILE != "") $readmemh(TABLE_FILE, rom);
  always @(posedge clk_i) begin
    out_q     <= rom[addr];
    tag_q     <= row_tag_q;
    valid_q   <= busy_q & ~rst_i;
    sticky_q  <= ~rst_i & (sticky_q | (busy_q & row_unknown_q));
  end
  assign out_valid_o = valid_q;
  assign out_tag_o   = tag_q;
  assign out_data_o  = out_q;
  assign unknown_o   = sticky_q;
endmodule

`default_nettype wire
