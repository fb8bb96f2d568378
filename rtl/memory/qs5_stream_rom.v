// ROM words in order, one for each beat of a stream, over and over.
//
// Latency   1 cycle from a beat to its word
// Interval  one beat per cycle
// Reset     to the first word
`default_nettype none

module qs5_stream_rom #(
    parameter BEATS = 4,       // words
    parameter W     = 8,       // bits of a word
    parameter STYLE = "auto",  // "auto", "block" or "logic"
    parameter FILE  = ""       // ROM image
) (
    input  wire         clk_i,
    input  wire         rst_i,
    input  wire         in_valid_i,
    output wire [W-1:0] data_o
);
  localparam BEAT_W = BEATS > 1 ? $clog2(BEATS) : 1;
  localparam [BEAT_W-1:0] LAST_BEAT = BEATS[BEAT_W-1:0] - 1'b1;

  reg [BEAT_W-1:0] beat_q;
  always @(posedge clk_i) begin
    if (in_valid_i) beat_q <= (beat_q == LAST_BEAT) ? {BEAT_W{1'b0}} : beat_q + 1'b1;
    if (rst_i) beat_q <= {BEAT_W{1'b0}};
  end

  qs5_rom #(
      .DEPTH(BEATS),
      .W    (W),
      .STYLE(STYLE),
      .FILE (FILE)
  ) u_rom (
      .clk_i (clk_i),
      .addr_i(beat_q),
      .data_o(data_o)
  );
endmodule

`default_nettype wire
