// Mean over the steps of a sequence: out = round(sum / count), exact, once per sequence.
//
// Vectors pass LANES elements a beat. The sum of every element so far lies in a memory; a vector
// whose tag says first takes it as zero, and starts the count of steps at one. A vector whose tag
// says last, and no other, gives a result: its beats leave divided by the count, the tag with them.
// A sequence has MAX_STEPS steps at the most; that is for the source of the stream to see to.
//
// The division (qs5_divide_step) gives a bit of the quotient a cycle, and what is left is exact, so
// all modes of ROUNDING (as in qs5_round_increment) are. A mean is never out of W bits. SERIAL chooses
//   0  a pipeline that takes beats as they come, every cycle if need be;
//   1  one divider per lane for one beat after the other, where there is time for it. The sums of
//      a finished sequence wait in their half of the memory while the next one fills the other. It
//      begins with zeros instead of reading, so the port is free for the divider.
//
// Stages    1 memory read, 2 or zero, 3 sum of both halves of the words, 4 carry into the upper
//           half; W + 1 of quotient, 3 of rounding
// Latency   SERIAL 0: W + 8 cycles, a beat every cycle; 1: W + 11 cycles from the last beat of a
//           vector to its first result, then one every W + 4 cycles
// Interval  a sum can be read five cycles after it was read before, so a time step takes at least
//           that many cycles; with SERIAL, CHANNELS/LANES * (W + 4) + 3
// Reset     control only; the sums are cleared by the tag
`default_nettype none

module qs5_pool_mean #(
    parameter CHANNELS  = 4,   // elements per vector
    parameter LANES     = 1,   // elements per beat
    parameter W         = 8,   // bits per element, in and out
    parameter MAX_STEPS = 16,  // steps of the longest sequence
    parameter ROUNDING  = 1,   // as in qs5_round_increment
    parameter SERIAL    = 0,   // 1: one beat is divided after the other
    parameter RAM_STYLE = "auto"  // as in qs5_ram
) (
    input  wire               clk_i,
    input  wire               rst_i,
    input  wire               in_valid_i,
    input  wire [        1:0] in_tag_i,
    input  wire [LANES*W-1:0] in_data_i,
    output wire               out_valid_o,
    output wire [        1:0] out_tag_o,
    output wire [LANES*W-1:0] out_data_o
);
  localparam BEATS   = CHANNELS / LANES;
  localparam BEAT_W  = BEATS > 1 ? $clog2(BEATS) : 1;
  localparam SUM_W   = W + $clog2(MAX_STEPS);
  localparam D_W     = MAX_STEPS > 1 ? $clog2(MAX_STEPS) : 1;  // bits of the count less one
  localparam ADDR_W  = SERIAL == 1 ? BEAT_W + 1 : BEAT_W;
  localparam DEPTH   = SERIAL == 1 ? 2 << BEAT_W : BEATS;
  localparam SUMMED  = 4;  // cycles from a beat to its sum
  localparam BEAT_BEFORE = BEATS > 1 ? BEATS - 2 : 0;
  localparam [BEAT_W-1:0] BEFORE_LAST = BEAT_BEFORE[BEAT_W-1:0];

  generate
    if (CHANNELS % LANES != 0) begin : g_bad_lanes
      qs5_error_pool_mean_LANES_must_divide_CHANNELS u_error ();
    end
    if (W < 2) begin : g_bad_width
      qs5_error_pool_mean_W_must_be_at_least_2 u_error ();
    end
    if (MAX_STEPS < 1) begin : g_bad_steps
      qs5_error_pool_mean_MAX_STEPS_must_be_at_least_1 u_error ();
    end
    if (ROUNDING < 0 || ROUNDING > 2) begin : g_bad_rounding
      qs5_error_pool_mean_ROUNDING_must_be_0_1_or_2 u_error ();
    end
    if (SERIAL < 0 || SERIAL > 1) begin : g_bad_serial
      qs5_error_pool_mean_SERIAL_must_be_0_or_1 u_error ();
    end
  endgenerate

  // Beat of the vector, whether it is its first or its last, and steps of the sequence before.
  reg  [BEAT_W-1:0] beat_q;
  reg               vector_begin_q;
  reg               vector_end_q;
  reg  [   D_W-1:0] less_one_q;
  always @(posedge clk_i) begin
    if (in_valid_i) begin
      beat_q         <= vector_end_q ? {BEAT_W{1'b0}} : beat_q + 1'b1;
      vector_begin_q <= vector_end_q;
      vector_end_q   <= BEATS == 1 || beat_q == BEFORE_LAST;
      if (vector_begin_q) less_one_q <= in_tag_i[0] ? {D_W{1'b0}} : less_one_q + 1'b1;
    end
    if (rst_i) begin
      beat_q         <= {BEAT_W{1'b0}};
      vector_begin_q <= 1'b1;
      vector_end_q   <= BEATS == 1;
    end
  end

  reg [SUMMED-1:0] valid_q;
  reg              first_q;
  always @(posedge clk_i) begin
    valid_q <= rst_i ? {SUMMED{1'b0}} : {valid_q[SUMMED-2:0], in_valid_i};
    first_q <= in_tag_i[0];
  end

  // The sums so far, read with the beat and written back four cycles later.
  wire [     ADDR_W-1:0] write_addr;
  wire [     ADDR_W-1:0] read_addr;
  wire [LANES*SUM_W-1:0] old;
  wire [LANES*SUM_W-1:0] sums;
  qs5_ram #(
      .DEPTH(DEPTH),
      .W    (LANES*SUM_W),
      .STYLE(RAM_STYLE)
  ) u_ram (
      .clk_i       (clk_i),
      .write_i     (valid_q[SUMMED-1]),
      .write_addr_i(write_addr),
      .write_data_i(sums),
      .read_i      (1'b1),
      .clear_i     (1'b0),
      .read_addr_i (read_addr),
      .read_data_o (old)
  );

  localparam LOW_W  = (SUM_W + 1) / 2;  // two short carry chains instead of a long one
  localparam HIGH_W = SUM_W - LOW_W;
  genvar l;
  generate
    for (l = 0; l < LANES; l = l + 1) begin : g_sum
      reg  [    W-1:0] in_q;
      reg  [    W-1:0] in_q2;
      reg  [SUM_W-1:0] old_q;
      reg  [LOW_W-1:0] low_q;
      reg              carry_q;
      reg  [HIGH_W-1:0] high_q;
      reg  [SUM_W-1:0] sum_q;
      wire [SUM_W-1:0] in = {{(SUM_W - W) {in_q2[W-1]}}, in_q2};
      always @(posedge clk_i) begin
        in_q  <= in_data_i[l*W+:W];
        in_q2 <= in_q;
        old_q <= first_q ? {SUM_W{1'b0}} : old[l*SUM_W+:SUM_W];
        // The reset, 0 whenever it matters, keeps the carry in a table next to its flip-flop.
        {carry_q, low_q} <= {rst_i, old_q[LOW_W-1:0]} + {1'b0, in[LOW_W-1:0]};
        high_q <= old_q[SUM_W-1:LOW_W] + in[SUM_W-1:LOW_W];
        sum_q  <= {high_q + {{(HIGH_W - 1) {1'b0}}, carry_q}, low_q};
      end
      assign sums[l*SUM_W+:SUM_W] = sum_q;
    end
  endgenerate

  generate
    if (SERIAL == 1) begin : g_serial
      wire sequence_end = in_valid_i & in_tag_i[1] & vector_end_q;

      // The half of the memory, and its address four cycles later.
      reg bank_q;
      reg [SUMMED*ADDR_W-1:0] addr_q;
      always @(posedge clk_i) begin
        bank_q <= ~rst_i & (bank_q ^ sequence_end);
        addr_q <= {addr_q[(SUMMED-1)*ADDR_W-1:0], bank_q, beat_q};
      end
      assign write_addr = addr_q[SUMMED*ADDR_W-1-:ADDR_W];

      // The end of a sequence, until its sums are written.
      reg [SUMMED-1:0] end_q;
      always @(posedge clk_i)
        end_q <= rst_i ? {SUMMED{1'b0}} : {end_q[SUMMED-2:0], sequence_end};

      wire [BEAT_W-1:0] divide_beat;
      wire              divide_read;
      assign read_addr = divide_read ? {~bank_q, divide_beat} : {bank_q, beat_q};
      qs5_divide_serial #(
          .BEATS   (BEATS),
          .LANES   (LANES),
          .W       (W),
          .SUM_W   (SUM_W),
          .D_W     (D_W),
          .ROUNDING(ROUNDING)
      ) u_divide (
          .clk_i      (clk_i),
          .rst_i      (rst_i),
          .load_i     (end_q[0]),
          .less_one_i (less_one_q),
          .start_i    (end_q[SUMMED-1]),
          .read_o     (divide_read),
          .beat_o     (divide_beat),
          .sums_i     (old),
          .out_valid_o(out_valid_o),
          .out_tag_o  (out_tag_o),
          .out_data_o (out_data_o)
      );
    end else begin : g_pipeline
      reg [SUMMED*ADDR_W-1:0] addr_q;
      reg [(SUMMED-1)*D_W-1:0] count_q;
      reg [       SUMMED-1:0] last_q;
      always @(posedge clk_i) begin
        addr_q <= {addr_q[(SUMMED-1)*ADDR_W-1:0], beat_q};
        count_q <= {count_q[(SUMMED-2)*D_W-1:0], less_one_q};
        last_q <= rst_i ? {SUMMED{1'b0}} : {last_q[SUMMED-2:0], in_valid_i & in_tag_i[1]};
      end
      assign write_addr = addr_q[SUMMED*ADDR_W-1-:ADDR_W];
      assign read_addr  = beat_q;
      qs5_divide #(
          .LANES   (LANES),
          .W       (W),
          .SUM_W   (SUM_W),
          .D_W     (D_W),
          .ROUNDING(ROUNDING)
      ) u_divide (
          .clk_i      (clk_i),
          .rst_i      (rst_i),
          .in_valid_i (last_q[SUMMED-1]),
          .less_one_i (count_q[(SUMMED-1)*D_W-1-:D_W]),
          .sums_i     (sums),
          .out_valid_o(out_valid_o),
          .out_tag_o  (out_tag_o),
          .out_data_o (out_data_o)
      );
    end
  endgenerate
endmodule

`default_nettype wire
