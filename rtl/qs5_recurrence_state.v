// States of a recurrence between two multiplications: x[p] = saturate(round(lambda_bar[p]*x[p]) + bu[p]).
//
// What is kept of a state is lambda_bar * x of the step before, rounded down, and the increment that
// its rounding adds: so bu need not wait for a product, and one carry chain adds all three. LANES
// states pass per beat, in order; the new state leaves at next_o, and lambda_bar times it comes
// back at acc_i LOOP cycles later.
//
// Stages    1 read, 2 add bu, 3 saturate
// Latency   3; next_o, not registered, has the new state a cycle before out_data_o
// Interval  a state may be read again 3 + LOOP cycles after its beat, and not before
// Reset     control and the sticky flag; a beat whose tag says first takes lambda_bar * x as zero
`default_nettype none

module qs5_recurrence_state #(
    parameter STATES   = 4,   // complex states
    parameter LANES    = 1,   // states per beat
    parameter X_W      = 16,  // bits of re x and of im x
    parameter BU_W     = 16,  // bits of re bu and of im bu
    parameter FRAC     = 7,   // fraction bits of acc
    parameter ACC_W    = 25,  // bits of lambda_bar * x, from the exact bound
    parameter ROUNDING = 2,   // as in qs5_round
    parameter LOOP     = 3,   // cycles from next_o to its acc_i
    parameter RAM_STYLE = "auto",  // as in qs5_ram
    parameter SLOT_W   = STATES > LANES ? $clog2(STATES / LANES) : 1  // of a beat's number
) (
    input  wire                     clk_i,
    input  wire                     rst_i,
    // stream in
    input  wire                     in_valid_i,
    input  wire [              1:0] in_tag_i,
    input  wire [ 2*LANES*BU_W-1:0] in_data_i,   // {im, re} per lane
    // stream out
    output wire                     out_valid_o,
    output wire [              1:0] out_tag_o,
    output wire [  2*LANES*X_W-1:0] out_data_o,  // {im, re} per lane
    output wire                     saturated_o, // sticky: some state was clipped
    // multiplication
    output wire [       SLOT_W-1:0] slot_o,        // beat's number, a cycle before next_o
    output wire                     next_valid_o,
    output wire [  2*LANES*X_W-1:0] next_o,        // {im, re} per lane
    input  wire [2*LANES*ACC_W-1:0] acc_i          // {im, re} per lane
);
  localparam SLOTS   = STATES / LANES;
  localparam FLOOR_W = ACC_W - FRAC;
  localparam KEPT_W  = FLOOR_W + 1;  // {floor, increment}
  localparam SUM_W   = (FLOOR_W > BU_W ? FLOOR_W : BU_W) + 1;
  localparam PARTS   = 2 * LANES;
  localparam STAGES  = 2 + LOOP;     // from a beat to its write
  localparam [SLOT_W-1:0] LAST_SLOT = SLOTS[SLOT_W-1:0] - 1'b1;

  generate
    if (STATES % LANES != 0) begin : g_bad_lanes
      qs5_error_recurrence_state_LANES_must_divide_STATES u_error ();
    end
    if (ACC_W <= FRAC) begin : g_bad_acc
      qs5_error_recurrence_state_ACC_W_must_exceed_FRAC u_error ();
    end
    if (LOOP < 1) begin : g_bad_loop
      qs5_error_recurrence_state_LOOP_must_be_at_least_1 u_error ();
    end
  endgenerate

  // Slots pass in order; each is written back STAGES cycles after it was read.
  reg  [SLOT_W-1:0] slot_q;
  reg  [SLOT_W-1:0] slot_q2;
  reg  [SLOT_W-1:0] write_slot_q;
  reg  [STAGES-1:0] valid_q;
  reg  [       5:0] tag_q;
  wire              write = valid_q[STAGES-1];
  always @(posedge clk_i) begin
    valid_q <= {valid_q[STAGES-2:0], in_valid_i};
    tag_q   <= {tag_q[3:0], in_tag_i};
    slot_q2 <= slot_q;
    if (in_valid_i) slot_q <= (slot_q == LAST_SLOT) ? {SLOT_W{1'b0}} : slot_q + 1'b1;
    if (write) write_slot_q <= (write_slot_q == LAST_SLOT) ? {SLOT_W{1'b0}} : write_slot_q + 1'b1;
    if (rst_i) begin
      valid_q      <= {STAGES{1'b0}};
      slot_q       <= {SLOT_W{1'b0}};
      write_slot_q <= {SLOT_W{1'b0}};
    end
  end
  assign slot_o       = slot_q2;
  assign next_valid_o = valid_q[1];
  assign out_valid_o  = valid_q[2];
  assign out_tag_o    = tag_q[5:4];

  wire [PARTS*KEPT_W-1:0] keep;
  wire [PARTS*KEPT_W-1:0] kept_words;
  qs5_ram #(
      .DEPTH(SLOTS),
      .W    (PARTS*KEPT_W),
      .STYLE(RAM_STYLE)
  ) u_ram (
      .clk_i       (clk_i),
      .write_i     (write),
      .write_addr_i(write_slot_q),
      .write_data_i(keep),
      .read_i      (1'b1),
      .clear_i     (in_tag_i[0]),
      .read_addr_i (slot_q),
      .read_data_o (kept_words)
  );
  reg [PARTS*BU_W-1:0] bu_q;
  always @(posedge clk_i) bu_q <= in_data_i;

  wire [PARTS-1:0] clipped;
  genvar r;
  generate
    for (r = 0; r < PARTS; r = r + 1) begin : g_part
      wire signed [ACC_W-1:0] acc = acc_i[r*ACC_W+:ACC_W];
      wire increment;
      qs5_round_increment #(
          .IN_W    (ACC_W),
          .SHIFT   (FRAC),
          .ROUNDING(ROUNDING)
      ) u_increment (
          .in_i       (acc),
          .increment_o(increment)
      );
      assign keep[r*KEPT_W+:KEPT_W] = {acc[ACC_W-1:FRAC], increment};

      // The lowest bit is there for its carry only: 1 + increment.
      wire signed [KEPT_W-1:0] kept = kept_words[r*KEPT_W+:KEPT_W];
      wire signed [  BU_W-1:0] bu = bu_q[r*BU_W+:BU_W];
      wire signed [   SUM_W:0] kept_w = {{(SUM_W - FLOOR_W) {kept[KEPT_W-1]}}, kept};
      wire signed [   SUM_W:0] bu_w = {{(SUM_W - BU_W) {bu[BU_W-1]}}, bu, 1'b1};
      wire signed [   SUM_W:0] sum = kept_w + bu_w;
      wire unused_carry = &{1'b0, sum[0]};
      reg signed [SUM_W-1:0] sum_q;
      always @(posedge clk_i) sum_q <= sum[SUM_W:1];

      qs5_saturate #(
          .IN_W (SUM_W),
          .OUT_W(X_W)
      ) u_saturate (
          .in_i       (sum_q),
          .out_o      (next_o[r*X_W+:X_W]),
          .saturated_o(clipped[r])
      );
    end
  endgenerate

  reg [PARTS*X_W-1:0] out_q;
  reg                 saturated_q;
  always @(posedge clk_i) begin
    out_q       <= next_o;
    saturated_q <= ~rst_i & (saturated_q | (next_valid_o & (|clipped)));
  end
  assign out_data_o  = out_q;
  assign saturated_o = saturated_q;
endmodule

`default_nettype wire
