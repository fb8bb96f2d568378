// Rounding shift by an amount per vector: out = round(in / 2^(BASE + k)).
//
// k stays while words pass. Every stage shifts by two bits of k, the highest first. It keeps one bit
// that says if anything was dropped below the bit that decides the rounding. The result fits OUT_W bits
// by the caller's bound.
//
// Stages    (K_W + 1) / 2 of shift, increment, sum
// Latency   (K_W + 1) / 2 + 2 cycles
// Interval  one word per cycle
// Reset     none
`default_nettype none

module qs5_variable_shift #(
    parameter IN_W  = 32,  // bits in
    parameter OUT_W = 12,  // bits out
    parameter BASE  = 6,   // least shift
    parameter K_W   = 4,   // bits of k
    parameter [8*11-1:0] ROUNDING = "half_even"  // "half_up", "half_even" or "toward_zero"
) (
    input  wire             clk_i,
    input  wire [ IN_W-1:0] in_i,
    input  wire [  K_W-1:0] k_i,
    output wire [OUT_W-1:0] out_o
);
  localparam STAGES = (K_W + 1) / 2;
  localparam MOST   = BASE + (4 << (2 * STAGES)) + OUT_W;
  localparam WIDE_W = MOST > IN_W + 1 ? MOST : IN_W + 1;
  localparam V_W    = WIDE_W - BASE;
  wire [WIDE_W-1:0] wide = {{(WIDE_W - IN_W - 1) {in_i[IN_W-1]}}, in_i, 1'b0};
  wire [2*STAGES-1:0] k = {{(2 * STAGES - K_W) {1'b0}}, k_i};

  genvar s;
  generate
    for (s = 0; s <= STAGES; s = s + 1) begin : g_stage
      wire [V_W-1:0] value;
      wire           dropped;
      if (s == 0) begin : g_in
        assign value = wide[WIDE_W-1:BASE];
        if (BASE == 0) begin : g_none
          assign dropped = 1'b0;
        end else begin : g_base
          assign dropped = |wide[BASE-1:0];
        end
      end else begin : g_shift
        localparam STEP = 1 << (2 * (STAGES - s));
        wire [V_W-1:0] from = g_stage[s-1].value;
        wire [    1:0] by = k[2*(STAGES-s)+:2];
        reg  [V_W-1:0] value_q;
        reg            dropped_q;
        always @(posedge clk_i) begin
          case (by)
            2'd0: value_q <= from;
            2'd1: value_q <= {{STEP{from[V_W-1]}}, from[V_W-1:STEP]};
            2'd2: value_q <= {{(2 * STEP) {from[V_W-1]}}, from[V_W-1:2*STEP]};
            default: value_q <= {{(3 * STEP) {from[V_W-1]}}, from[V_W-1:3*STEP]};
          endcase
          dropped_q <= g_stage[s-1].dropped | ((by != 2'd0) & (|from[0+:STEP]))
              | (by[1] & (|from[STEP+:STEP])) | ((&by) & (|from[2*STEP+:STEP]));
        end
        assign value   = value_q;
        assign dropped = dropped_q;
      end
    end
  endgenerate

  wire [OUT_W:0] value = g_stage[STAGES].value[OUT_W:0];
  wire half = value[0];
  wire unused_high = &{1'b0, g_stage[STAGES].value[V_W-1:OUT_W+1]};
  wire increment;
  generate
    if (ROUNDING == "half_up") begin : g_half_up
      assign increment = half;
      wire unused_dropped = &{1'b0, g_stage[STAGES].dropped};
    end else if (ROUNDING == "half_even") begin : g_half_even
      assign increment = half & (g_stage[STAGES].dropped | value[1]);
    end else begin : g_toward_zero
      assign increment = value[OUT_W] & (half | g_stage[STAGES].dropped);
    end
  endgenerate
  reg             increment_q;
  reg [OUT_W-1:0] value_q;
  reg [OUT_W-1:0] out_q;
  always @(posedge clk_i) begin
    increment_q <= increment;
    value_q     <= value[OUT_W:1];
    out_q       <= value_q + {{(OUT_W - 1) {1'b0}}, increment_q};
  end
  assign out_o = out_q;
endmodule

`default_nettype wire
