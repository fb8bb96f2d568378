// Mean over the steps of a sequence: out = round(sum / count), exact, once per sequence.
//
// Vectors pass LANES elements per beat. A memory holds the sum of every element. A vector tagged first
// takes the sum as zero and sets the count of steps to one. Only a vector tagged last gives a result:
// its beats leave divided by the count, with the tag. The source of the stream sees to it that a
// sequence has at most MAX_STEPS steps.
//
// The division gives one quotient bit per cycle, and its rest is exact. A mean always fits W bits.
// SERIAL    0  a pipeline that takes a beat every cycle
//           1  one divider per lane, beat after beat. The sums of a finished sequence wait in one half
//              of the memory while the next sequence fills the other half. A sequence begins with zeros
//              instead of reads, which leaves the read port to the divider
//
// Stages    1 memory read, 2 or zero, 3 sum of both halves of the words, 4 carry into the upper half;
//           W + 1 of quotient, 3 of rounding
// Latency   SERIAL = 0: W + 8 cycles; SERIAL = 1: W + 11 cycles from the last beat of a vector to its
//           first result, then one every W + 4 cycles
// Interval  at least 5 cycles from a sum's read to its next read; SERIAL = 1: at least
//           CHANNELS/LANES * (W + 4) + 3
// Reset     control only; the tag clears the sums
`default_nettype none

module qs5_pool_mean #(
    parameter CHANNELS  = 4,       // elements per vector
    parameter LANES     = 1,       // elements per beat
    parameter W         = 8,       // bits per element, in and out
    parameter MAX_STEPS = 16,      // steps of the longest sequence
    parameter [8*11-1:0] ROUNDING = "half_even",  // "half_up", "half_even" or "toward_zero"
    parameter SERIAL    = 0,       // 1: one divider per lane, beat after beat
    parameter RAM_STYLE = "auto"   // RAM: "auto", "block", "block_36", "block_18", "distributed", "logic"
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
    if (ROUNDING != "half_up" && ROUNDING != "half_even" && ROUNDING != "toward_zero") begin : g_bad_rounding
      qs5_error_pool_mean_ROUNDING_must_be_half_up_half_even_or_toward_zero u_error ();
    end
    if (SERIAL < 0 || SERIAL > 1) begin : g_bad_serial
      qs5_error_pool_mean_SERIAL_must_be_0_or_1 u_error ();
    end
  endgenerate

  // Beat number, flags of the first and the last beat, and the number of earlier steps.
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

  // The sums are read with the beat and written back four cycles later.
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
        // rst_i is 0 whenever the carry counts. Mixed in, it keeps the carry in a LUT next to its flip-flop.
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

      // Half of the memory that the sequence uses, and its address four cycles later.
      reg bank_q;
      reg [SUMMED*ADDR_W-1:0] addr_q;
      always @(posedge clk_i) begin
        bank_q <= ~rst_i & (bank_q ^ sequence_end);
        addr_q <= {addr_q[(SUMMED-1)*ADDR_W-1:0], bank_q, beat_q};
      end
      assign write_addr = addr_q[SUMMED*ADDR_W-1-:ADDR_W];

      // End of a sequence, delayed until its sums are written.
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
