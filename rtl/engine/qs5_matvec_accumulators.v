// Accumulators of a folded matrix-vector product: sums of READS terms for each of PE rows.
//
// Sums leave OUT_LANES at a time, rows in order, while the next sums are accumulated. The terms of a pass
// come in READS cycles without a gap. Accumulators have PARTS parts. Each part works one cycle after the
// part below it, so that carry chains are short.
//
// LOAD      0  a pass starts from cleared accumulators; its sums are taken from the adder
//           1  a pass starts from its first term; its sums are taken from the register. The critical path
//              is shorter. Free on iCE40, one extra LUT per bit elsewhere
//
// Latency   from the last term to the first sums: PARTS - 1, plus 1 if READS > 1 and LOAD, plus 1 if
//           sums are held (OUT_LANES < PE, or READS > 1 and not LOAD)
// Interval  READS cycles, at least PE / OUT_LANES
// Reset     control only
`default_nettype none

module qs5_matvec_accumulators #(
    parameter PE        = 1,   // rows
    parameter READS     = 4,   // terms of a row
    parameter OUT_LANES = 1,   // sums per beat, divides PE
    parameter ACC_W     = 18,  // bits of a term and of a sum, modulo 2^ACC_W
    parameter LOAD      = 0,   // 1: start from the first term; 0: from zero
    parameter PARTS     = 1    // parts of an accumulator, at most ACC_W; 1 if READS is 1
) (
    input  wire                       clk_i,
    input  wire                       rst_i,
    // terms
    input  wire                       valid_i,
    input  wire                       last_i,  // last term of a pass
    input  wire [                1:0] tag_i,
    input  wire [       PE*ACC_W-1:0] term_i,
    // stream out
    output wire                       out_valid_o,
    output wire [                1:0] out_tag_o,
    output wire [OUT_LANES*ACC_W-1:0] out_data_o
);
  localparam BEATS  = PE / OUT_LANES;
  localparam LATE   = READS > 1 && LOAD != 0;
  localparam WAIT   = BEATS > 1 || (READS > 1 && !LATE);
  localparam LATENCY = (LATE ? 1 : 0) + (WAIT ? 1 : 0) + PARTS - 1;
  localparam PART_W = (ACC_W + PARTS - 1) / PARTS;

  // A term is the first of a pass if it follows a last term or no term.
  reg first_q;
  always @(posedge clk_i) first_q <= last_i | ~valid_i;

  genvar k, i;
  generate
    for (k = 0; k < PARTS; k = k + 1) begin : g_part
      localparam LOW = k * PART_W;
      localparam W = k == PARTS - 1 ? ACC_W - LOW : PART_W;
      wire [          PE-1:0] carries;
      wire [          PE-1:0] carries_in;
      wire [        PE*W-1:0] terms;
      wire [ OUT_LANES*W-1:0] sums;
      wire [             2:0] control;  // {first, last, clear}

      for (i = 0; i < PE; i = i + 1) begin : g_term
        if (k == 0) begin : g_now
          assign terms[i*W+:W] = term_i[i*ACC_W+LOW+:W];
        end else begin : g_later
          reg [k*W-1:0] line_q;
          if (k == 1) begin : g_register
            always @(posedge clk_i) line_q <= term_i[i*ACC_W+LOW+:W];
          end else begin : g_line
            always @(posedge clk_i) line_q <= {line_q[(k-1)*W-1:0], term_i[i*ACC_W+LOW+:W]};
          end
          assign terms[i*W+:W] = line_q[(k-1)*W+:W];
        end
      end
      if (k == 0) begin : g_lowest
        assign carries_in = {PE{1'b0}};
        assign control    = {first_q, last_i, last_i | ~valid_i};
      end else begin : g_above
        reg [2:0] control_q;
        always @(posedge clk_i) control_q <= g_part[k-1].control;
        assign control    = control_q;
        assign carries_in = g_part[k-1].carries;
      end

      qs5_matvec_accumulator_slice #(
          .PE       (PE),
          .READS    (READS),
          .OUT_LANES(OUT_LANES),
          .W        (W),
          .LOAD     (LOAD)
      ) u_slice (
          .clk_i  (clk_i),
          .first_i(control[2]),
          .last_i (control[1]),
          .clear_i(control[0]),
          .term_i (terms),
          .carry_i(carries_in),
          .carry_o(carries),
          .sum_o  (sums)
      );

      // All parts of a sum leave together.
      for (i = 0; i < OUT_LANES; i = i + 1) begin : g_sum
        if (k == PARTS - 1) begin : g_now
          assign out_data_o[i*ACC_W+LOW+:W] = sums[i*W+:W];
        end else begin : g_later
          localparam LATER = PARTS - 1 - k;
          reg [LATER*W-1:0] line_q;
          if (LATER == 1) begin : g_register
            always @(posedge clk_i) line_q <= sums[i*W+:W];
          end else begin : g_line
            always @(posedge clk_i) line_q <= {line_q[(LATER-1)*W-1:0], sums[i*W+:W]};
          end
          assign out_data_o[i*ACC_W+LOW+:W] = line_q[(LATER-1)*W+:W];
        end
      end
    end
    wire unused_carries = &{1'b0, g_part[PARTS-1].carries};
  endgenerate

  // Time and tag of the sums that leave.
  localparam START = BEATS > 1 ? LATENCY - 1 : LATENCY;
  wire       start;
  wire [1:0] start_tag;
  generate
    if (START == 0) begin : g_start
      assign start     = last_i;
      assign start_tag = tag_i;
    end else begin : g_start_later
      reg [  START-1:0] start_q;
      reg [2*START-1:0] tags_q;
      if (START == 1) begin : g_register
        always @(posedge clk_i) begin
          start_q <= last_i & ~rst_i;
          tags_q  <= tag_i;
        end
      end else begin : g_line
        always @(posedge clk_i) begin
          start_q <= {start_q[START-2:0], last_i} & {START{~rst_i}};
          tags_q  <= {tags_q[2*START-3:0], tag_i};
        end
      end
      assign start     = start_q[START-1];
      assign start_tag = tags_q[2*START-1-:2];
    end

    if (BEATS == 1) begin : g_beat
      assign out_valid_o = start;
      assign out_tag_o   = start_tag;
      if (START == 0) begin : g_no_reset
        wire unused_reset = &{1'b0, rst_i};
      end
    end else begin : g_beats
      localparam BEAT_W = $clog2(BEATS);
      reg               valid_q;
      reg         [1:0] tag_q;
      wire              beats_end;
      wire              unused_first;
      wire              unused_last;
      wire              unused_soon;
      wire [BEAT_W-1:0] unused_beat;
      always @(posedge clk_i) begin
        if (start) tag_q <= start_tag;
        valid_q <= start | (valid_q & ~beats_end);
        if (rst_i) valid_q <= 1'b0;
      end
      qs5_lookahead_counter #(
          .COUNT (BEATS),
          .LOWEST(1)
      ) u_beat (
          .clk_i  (clk_i),
          .run_i  (valid_q),
          .end_i  (1'b1),
          .soon_i (1'b1),
          .first_o(unused_first),
          .last_o (unused_last),
          .end_o  (beats_end),
          .soon_o (unused_soon),
          .value_o(unused_beat)
      );
      assign out_valid_o = valid_q;
      assign out_tag_o   = tag_q;
    end
  endgenerate
endmodule

`default_nettype wire
