// Slice of the accumulators of a matrix-vector product: some bits of every row.
//
// Latency   from the last term to the first sums: 1 if READS > 1 and LOAD, plus 1 if sums are held
// Interval  READS cycles, at least PE / OUT_LANES
// Reset     none
`default_nettype none

module qs5_matvec_accumulator_slice #(
    parameter PE        = 1,   // rows
    parameter READS     = 4,   // terms of a row
    parameter OUT_LANES = 1,   // sums per beat, divides PE
    parameter W         = 18,  // bits of a term and of a sum, modulo 2^W
    parameter LOAD      = 0    // 1: start from the first term; 0: from zero
) (
    input  wire                   clk_i,
    // terms, and carries from the slice below
    input  wire                   first_i,  // first term of a pass
    input  wire                   last_i,   // last term of a pass
    input  wire                   clear_i,  // last term of a pass, or no term
    input  wire [       PE*W-1:0] term_i,
    input  wire [         PE-1:0] carry_i,
    output wire [         PE-1:0] carry_o,
    // sums
    output wire [OUT_LANES*W-1:0] sum_o
);
  localparam BEATS = PE / OUT_LANES;
  localparam LATE  = READS > 1 && LOAD != 0;       // a total is available one cycle after its last term
  localparam WAIT  = BEATS > 1 || (READS > 1 && !LATE);  // a total is held

  // The exact bound covers the final sums, so that partial sums may wrap.
  wire [PE*W-1:0] total;
  genvar i;
  generate
    if (READS == 1) begin : g_term
      assign total   = term_i;
      assign carry_o = {PE{1'b0}};
      wire unused_inputs = &{1'b0, first_i, clear_i, carry_i};
    end else begin : g_sum
      for (i = 0; i < PE; i = i + 1) begin : g_row
        wire [W-1:0] term = term_i[i*W+:W];
        reg  [W-1:0] acc_q;
        reg          carry_q;
        wire [W-1:0] sum;
        wire         carry;
        wire         unused_bit;
        // The carry-out of a first term is not used. Gating the top bit forces a LUT after the carry
        // chain, so that the carry register packs with that LUT.
        wire         mixed = LATE ? first_i : 1'b0;
        assign {carry, sum, unused_bit} = {1'b0, acc_q, 1'b1} + {mixed, term, carry_i[i]};
        always @(posedge clk_i) carry_q <= carry;
        assign carry_o[i] = carry_q;
        if (LATE) begin : g_load
          always @(posedge clk_i) acc_q <= first_i ? term : sum;
          assign total[i*W+:W] = acc_q;
        end else begin : g_clear
          always @(posedge clk_i)
            if (clear_i) acc_q <= {W{1'b0}};
            else acc_q <= sum;
          assign total[i*W+:W] = sum;
        end
      end
      if (LATE) begin : g_unused_clear
        wire unused_clear = &{1'b0, clear_i};
      end else begin : g_unused_first
        wire unused_first = &{1'b0, first_i};
      end
    end

    if (WAIT) begin : g_wait
      reg  [PE*W-1:0] hold_q;
      wire            take;
      if (LATE) begin : g_late
        reg last_q;
        always @(posedge clk_i) last_q <= last_i;
        assign take = last_q;
      end else begin : g_at_once
        assign take = last_i;
      end
      if (BEATS == 1) begin : g_parallel
        always @(posedge clk_i) if (take) hold_q <= total;
      end else begin : g_serial
        always @(posedge clk_i) hold_q <= take ? total : hold_q >> (OUT_LANES * W);
      end
      assign sum_o = hold_q[OUT_LANES*W-1:0];
    end else begin : g_pass
      wire unused_last = &{1'b0, last_i};
      assign sum_o = total;
    end
    if (READS == 1 && !WAIT) begin : g_wires
      wire unused_clk = &{1'b0, clk_i};
    end
  endgenerate
endmodule

`default_nettype wire
