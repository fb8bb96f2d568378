// AXI4-Stream input edge: stores the vector of a time step, starts the step, sends the vector.
//
// A step starts one cycle after these three hold: its vector is complete, the previous step started
// at least INTERVAL - 1 cycles ago, and step_room_i is 1. The vector then leaves as a stream, one beat
// per cycle. No part of the design stalls after a start. Two vectors can wait. A vector that starts
// frees its bank at once; the next vector follows it through the bank.
//
// s_axis_tdata has LANES slots of SLOT_W bits, lowest element first. Each slot has a signed W-bit word
// in its low bits. With UNSIGNED = 1 it has an unsigned word of W-1 bits, extended with a zero.
// s_axis_tlast with the last beat of a vector ends the sequence. The tag {last, first} tells every
// block. step_tag_o is the tag of the step that waits to start; step_room_i may depend on it in the
// same cycle.
//
// With MAX_LENGTH > 0, step MAX_LENGTH of a sequence ends it, whatever s_axis_tlast says. The next
// step is then the first of a new sequence. The cut happens when the last beat of that step is taken.
// protocol_o rises one cycle later, unless s_axis_tlast came with that beat.
//
// With ALIGNED = 1 each step starts a whole multiple of INTERVAL after the first step since reset.
//
// Latency   2 cycles from the last beat to the start at the earliest; first beat out 1 cycle later
// Interval  INTERVAL cycles per step
// Reset     control only; a vector that is half received is lost
`default_nettype none

module qs5_axis_in #(
    parameter ELEMENTS   = 4,       // elements per vector
    parameter LANES      = 1,       // elements per beat
    parameter W          = 8,       // bits per element
    parameter SLOT_W     = 8,       // bits per element on the bus, a multiple of 8
    parameter INTERVAL   = 8,       // cycles from step to step, at least ELEMENTS/LANES and 3
    parameter MAX_LENGTH = 0,       // steps of the longest sequence; 0: no limit
    parameter ALIGNED    = 0,       // 1: starts are whole intervals apart
    parameter UNSIGNED   = 0,       // 1: the bus carries unsigned words of W-1 bits
    parameter RAM_STYLE  = "auto"   // RAM: "auto", "block", "block_36", "block_18", "distributed", "logic"
) (
    input  wire                    clk_i,
    input  wire                    rst_i,
    // AXI4-Stream
    input  wire [LANES*SLOT_W-1:0] s_axis_tdata,
    input  wire                    s_axis_tvalid,
    output wire                    s_axis_tready,
    input  wire                    s_axis_tlast,
    // step control
    input  wire                    step_room_i,   // the end of the segment has room for the waiting step
    output wire                    step_start_o,  // a step starts
    output wire [             1:0] step_tag_o,    // tag of the step that waits
    // stream out
    output wire                    out_valid_o,
    output wire [             1:0] out_tag_o,
    output wire [     LANES*W-1:0] out_data_o,
    // sticky: tlast came within a vector, or a sequence was cut
    output wire                    protocol_o
);
  localparam BEATS   = ELEMENTS / LANES;
  localparam BEAT_W  = BEATS > 1 ? $clog2(BEATS) : 1;
  localparam WORD_W  = (UNSIGNED != 0 && W > 1) ? W - 1 : W;  // bits of a word on the bus

  generate
    if (ELEMENTS % LANES != 0) begin : g_bad_lanes
      qs5_error_axis_in_LANES_must_divide_ELEMENTS u_error ();
    end
    if (SLOT_W % 8 != 0 || SLOT_W < WORD_W) begin : g_bad_slot
      qs5_error_axis_in_SLOT_W_must_be_whole_bytes_and_hold_a_word u_error ();
    end
    if (INTERVAL < BEATS) begin : g_bad_interval
      qs5_error_axis_in_INTERVAL_must_cover_the_beats u_error ();
    end
    if (UNSIGNED != 0 && UNSIGNED != 1) begin : g_bad_unsigned
      qs5_error_axis_in_UNSIGNED_must_be_0_or_1 u_error ();
    end
    if (W < 1 || (UNSIGNED != 0 && W < 2)) begin : g_bad_width
      qs5_error_axis_in_W_must_exceed_UNSIGNED u_error ();
    end
  endgenerate

  // Gather a vector in one of two banks.
  wire [BEAT_W-1:0] in_beat;
  wire              in_end;     // the next beat completes a vector
  reg               one_q;      // a vector waits
  reg               two_q;      // two vectors wait
  wire              accept = s_axis_tvalid & ~two_q;
  wire              gathered = accept & in_end;
  wire              start;
  assign s_axis_tready = ~two_q & ~rst_i;  // beats taken during a reset would be lost
  qs5_counter #(
      .N(BEATS)
  ) u_in_beat (
      .clk_i  (clk_i),
      .rst_i  (rst_i),
      .step_i (accept),
      .count_o(in_beat),
      .last_o (in_end)
  );

  // full: the vector that is gathered is the last one that its sequence may have.
  wire full;
  generate
    if (MAX_LENGTH < 2) begin : g_no_length
      assign full = MAX_LENGTH == 1;
    end else begin : g_length
      localparam LENGTH_W = $clog2(MAX_LENGTH);
      localparam BEFORE_I = MAX_LENGTH - 2;
      localparam [LENGTH_W-1:0] BEFORE_LAST = BEFORE_I[LENGTH_W-1:0];
      reg [LENGTH_W-1:0] length_q;  // vectors gathered of the sequence
      reg                full_q;
      assign full = full_q;
      // A reset counts as a vector that ends a sequence.
      always @(posedge clk_i) begin
        if (gathered | rst_i) begin
          length_q <= length_q + 1'b1;
          full_q   <= length_q == BEFORE_LAST;
          if (s_axis_tlast | full_q | rst_i) begin
            length_q <= {LENGTH_W{1'b0}};
            full_q   <= 1'b0;
          end
        end
      end
    end
  endgenerate

  // Vectors that wait, and a flag for each: its step ends the sequence.
  reg  in_bank_q;
  reg  protocol_q;
  reg  last_q;         // flag of the older vector
  reg  second_last_q;  // flag of the newer vector
  wire in_last = s_axis_tlast | full;
  always @(posedge clk_i) begin
    one_q     <= gathered | two_q | (one_q & ~start);
    two_q     <= ~start & (two_q | (one_q & gathered));
    in_bank_q <= in_bank_q ^ gathered;
    if (~two_q) second_last_q <= in_last;
    if (start | ~one_q) last_q <= two_q ? second_last_q : in_last;
    protocol_q <= protocol_q | (accept & (in_end ? full & ~s_axis_tlast : s_axis_tlast));
    if (rst_i) begin
      one_q      <= 1'b0;
      two_q      <= 1'b0;
      in_bank_q  <= 1'b0;
      protocol_q <= 1'b0;
    end
  end
  assign protocol_o = protocol_q;

  // Start a step.
  reg       first_q;  // the next step is the first of its sequence
  reg [1:0] tag_q;
  qs5_step_pacer #(
      .INTERVAL(INTERVAL),
      .ALIGNED (ALIGNED)
  ) u_pacer (
      .clk_i  (clk_i),
      .rst_i  (rst_i),
      .waits_i(one_q),
      .room_i (step_room_i),
      .start_o(start)
  );
  assign step_start_o = start;
  assign step_tag_o   = {last_q, first_q};
  always @(posedge clk_i) begin
    if (start) tag_q <= step_tag_o;
    if (start | rst_i) first_q <= last_q | rst_i;
  end

  // Send the vector of the step. The count rests at 0.
  wire [BEAT_W-1:0] out_beat;
  wire              out_end;
  reg               out_bank_q;
  reg               busy_q;
  reg               valid_q;
  wire              reading = start | busy_q;
  qs5_counter #(
      .N(BEATS)
  ) u_out_beat (
      .clk_i  (clk_i),
      .rst_i  (~reading),
      .step_i (1'b1),
      .count_o(out_beat),
      .last_o (out_end)
  );
  always @(posedge clk_i) begin
    valid_q    <= reading & ~rst_i;
    busy_q     <= reading & ~out_end;
    out_bank_q <= out_bank_q ^ (reading & out_end);
    if (rst_i) begin
      busy_q     <= 1'b0;
      out_bank_q <= 1'b0;
    end
  end
  assign out_valid_o = valid_q;
  assign out_tag_o   = tag_q;

  // The banks hold the words of the bus, without extension.
  wire [LANES*WORD_W-1:0] words;
  wire [LANES*WORD_W-1:0] sent_words;
  genvar l;
  generate
    for (l = 0; l < LANES; l = l + 1) begin : g_slot
      assign words[l*WORD_W+:WORD_W] = s_axis_tdata[l*SLOT_W+:WORD_W];
      if (SLOT_W > WORD_W) begin : g_unused
        wire unused_bits = &{1'b0, s_axis_tdata[l*SLOT_W+WORD_W+:SLOT_W-WORD_W]};
      end
      if (W > WORD_W) begin : g_extend
        assign out_data_o[l*W+:W] = {1'b0, sent_words[l*WORD_W+:WORD_W]};
      end else begin : g_whole
        assign out_data_o[l*W+:W] = sent_words[l*WORD_W+:WORD_W];
      end
    end
  endgenerate

  // Bank 0 has the even words, bank 1 the odd words. A word written while no beat comes is
  // overwritten by the next beat.
  localparam ADDR_W = $clog2(2 * BEATS);
  wire [BEAT_W:0] in_addr = {in_beat, in_bank_q};
  wire [BEAT_W:0] out_addr = {out_beat, out_bank_q};
  wire            unused_addr = &{1'b0, in_addr[BEAT_W], out_addr[BEAT_W]};
  qs5_ram #(
      .DEPTH(2 * BEATS),
      .W    (LANES * WORD_W),
      .STYLE(RAM_STYLE)
  ) u_ram (
      .clk_i       (clk_i),
      .write_i     (~two_q),
      .write_addr_i(in_addr[ADDR_W-1:0]),
      .write_data_i(words),
      .read_i      (1'b1),
      .clear_i     (1'b0),
      .read_addr_i (out_addr[ADDR_W-1:0]),
      .read_data_o (sent_words)
  );
endmodule

`default_nettype wire
