// Wide sum in pieces, one piece per cycle from the lowest on, so that carry chains are short.
//
//   sum_o = {(a + b) >> (DROPPED * PIECE_W), 1 if any lower bit is 1}       PIECE_W = ceil(W / PIECES)
//
// modulo 2^W. A rounding needs only one fact about low pieces: are they zero. DROPPED low pieces
// therefore leave as one bit.
//
// Stages    1 to PIECES: one piece each
// Latency   PIECES cycles
// Interval  one sum per cycle
// Reset     none: data registers only
`default_nettype none

module qs5_add_pipelined #(
    parameter W       = 34,  // bits of a, b and the sum
    parameter PIECES  = 2,   // pieces of the sum, one per cycle
    parameter DROPPED = 1,   // low pieces that leave as one bit, less than PIECES
    parameter PIECE_W = (W + PIECES - 1) / PIECES,  // bits of a piece
    parameter OUT_W   = W - DROPPED * PIECE_W + 1  // bits out
) (
    input  wire             clk_i,
    input  wire [    W-1:0] a_i,
    input  wire [    W-1:0] b_i,
    output wire [OUT_W-1:0] sum_o
);
  generate
    if (PIECES < 1 || (PIECES - 1) * PIECE_W >= W) begin : g_bad_pieces
      qs5_error_add_pipelined_PIECES_must_each_have_a_bit_of_W u_error ();
    end
    if (DROPPED < 0 || DROPPED >= PIECES) begin : g_bad_dropped
      qs5_error_add_pipelined_DROPPED_must_be_less_than_PIECES u_error ();
    end
  endgenerate

  genvar i;
  generate
    for (i = 0; i < PIECES; i = i + 1) begin : g_piece
      localparam AT = i * PIECE_W;
      localparam N  = i == PIECES - 1 ? W - AT : PIECE_W;
      // Bits below AT are sums; bits from AT on are still a.
      wire [W-1:0] word;
      wire [W-1:0] b;
      wire         carry;
      wire         some;
      reg  [W-1:0] word_q;
      reg          some_q;
      // Two equal bits above the piece make the carry a sum bit. On iCE40 a carry that goes straight
      // into a register would leave the chain.
      wire [  N:0] sum = {word[AT], word[AT+:N]} + {word[AT], b[AT+:N]} + {{N{1'b0}}, carry};
      if (i == 0) begin : g_first
        assign word  = a_i;
        assign b     = b_i;
        assign carry = 1'b0;
        assign some  = 1'b0;
      end else begin : g_next
        assign word  = g_piece[i-1].word_q;
        assign b     = g_piece[i-1].g_rest.b_q;
        assign carry = g_piece[i-1].g_rest.carry_q;
        if (i <= DROPPED) begin : g_dropped
          assign some = g_piece[i-1].some_q | (|word[AT-PIECE_W+:PIECE_W]);
        end else begin : g_kept
          assign some = g_piece[i-1].some_q;
        end
      end
      always @(posedge clk_i) begin
        word_q         <= word;
        word_q[AT+:N]  <= sum[N-1:0];
        some_q         <= some;
      end
      if (i < PIECES - 1) begin : g_rest
        reg [W-1:0] b_q;
        reg         carry_q;
        always @(posedge clk_i) begin
          b_q     <= b;
          carry_q <= sum[N];
        end
      end else begin : g_last
        wire unused_bits = &{1'b0, b, sum[N]};
      end
    end
  endgenerate

  assign sum_o = {g_piece[PIECES-1].word_q[W-1:DROPPED*PIECE_W], g_piece[PIECES-1].some_q};
  generate
    if (DROPPED > 0) begin : g_unused
      wire unused_bits = &{1'b0, g_piece[PIECES-1].word_q[DROPPED*PIECE_W-1:0]};
    end
  endgenerate
endmodule

`default_nettype wire
