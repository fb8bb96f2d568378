// States of a recurrence between two multiplications.
//
//   x[p] = saturate(round(lambda_bar[p]*x[p]) + bu[p])
//
// The memory holds lambda_bar * x of the previous step: its bits above the point, and the few bits below
// it that decide the rounding. bu need not wait for a product. One sum adds floor, increment and bu.
// LANES states pass per beat, in order. The new state leaves at out_data_o; lambda_bar times it comes
// back at acc_i LOOP cycles later. The memory is read ahead: the next beat's word waits at its output.
//
// Stages    1 increment, 2 and 3 sum with bu in two halves, 4 and 5 saturation if SATURATE
// Latency   5 cycles, 3 if SATURATE = 0
// Interval  a state's next beat comes at least LOOP + 2 cycles after the state left
// Reset     control and the sticky flag; a beat tagged first takes lambda_bar * x as zero
`default_nettype none

module qs5_recurrence_state #(
    parameter STATES    = 4,       // complex states
    parameter LANES     = 1,       // states per beat
    parameter X_W       = 16,      // bits of re x and of im x
    parameter BU_W      = 16,      // bits of re bu and of im bu
    parameter FRAC      = 7,       // fraction bits of acc
    parameter ACC_W     = 25,      // bits of lambda_bar * x, from the exact bound
    parameter [8*11-1:0] ROUNDING = "toward_zero",  // "half_up", "half_even" or "toward_zero"
    parameter ROUNDED   = 0,       // 1: acc_i includes the increment; only round down
    parameter SATURATE  = 1,       // 0: the new state is proved to fit
    parameter LOOP      = 3,       // cycles from a state to its acc_i, at least 1
    parameter RAM_STYLE = "auto",  // RAM: "auto", "block", "block_36", "block_18", "distributed", "logic"
    parameter SLOT_W    = STATES > LANES ? $clog2(STATES / LANES) : 1  // bits of a beat number
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
    output wire [       SLOT_W-1:0] slot_o,      // beat number, one cycle before its states
    input  wire [2*LANES*ACC_W-1:0] acc_i        // {im, re} per lane
);
  localparam SLOTS     = STATES / LANES;
  localparam FLOOR_W   = ACC_W - FRAC;
  localparam INCREMENT = ROUNDED == 1 || FRAC == 0 ? 0 : 1;
  // Kept fraction bits: the half and up to two sticky bits, as far as the rounding needs them. Each
  // sticky bit is the OR of one half of the other fraction bits.
  localparam HALF      = INCREMENT == 1 && ROUNDING != "toward_zero" ? 1 : 0;
  localparam OTHERS    = INCREMENT == 1 && ROUNDING != "half_up" ? FRAC - HALF : 0;
  localparam STICKY    = OTHERS > 2 ? 2 : OTHERS;
  localparam KEPT_FRAC = HALF + STICKY;
  localparam KEPT_W    = FLOOR_W + KEPT_FRAC;
  localparam PARTS     = 2 * LANES;
  localparam LATENCY   = SATURATE == 0 ? 3 : 5;
  localparam STAGES    = LATENCY + LOOP;           // cycles from a beat to its write
  localparam POWER     = SLOTS == (1 << SLOT_W);   // the slot number wraps by itself
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
    if (ROUNDED != 0 && ROUNDED != 1) begin : g_bad_rounded
      qs5_error_recurrence_state_ROUNDED_must_be_0_or_1 u_error ();
    end
  endgenerate

  // Slot numbers at the read, at the output and at the write, all in order.
  function automatic [SLOT_W-1:0] advance(input [SLOT_W-1:0] slot, input valid);
    advance = !POWER && slot == LAST_SLOT && valid ? {SLOT_W{1'b0}}
        : slot + {{(SLOT_W - 1) {1'b0}}, valid};
  endfunction
  reg  [ SLOT_W-1:0] read_slot_q;
  wire [ SLOT_W-1:0] read_slot = advance(read_slot_q, in_valid_i);
  reg  [ SLOT_W-1:0] slot_q;
  reg  [ SLOT_W-1:0] write_slot_q;
  reg  [ STAGES-1:0] valid_q;
  reg  [2*LATENCY-1:0] tag_q;
  wire               leaves = valid_q[LATENCY-2];
  wire               write = valid_q[STAGES-1];
  always @(posedge clk_i) begin
    valid_q      <= {valid_q[STAGES-2:0], in_valid_i};
    tag_q        <= {tag_q[2*LATENCY-3:0], in_tag_i};
    read_slot_q  <= read_slot;
    slot_q       <= advance(slot_q, leaves);
    write_slot_q <= advance(write_slot_q, write);
    if (rst_i) begin
      valid_q      <= {STAGES{1'b0}};
      read_slot_q  <= {SLOT_W{1'b0}};
      slot_q       <= {SLOT_W{1'b0}};
      write_slot_q <= {SLOT_W{1'b0}};
    end
  end
  assign slot_o      = slot_q;
  assign out_valid_o = valid_q[LATENCY-1];
  assign out_tag_o   = tag_q[2*LATENCY-1:2*LATENCY-2];

  wire [PARTS*KEPT_W-1:0] keep;
  wire [PARTS*KEPT_W-1:0] kept;
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
      .clear_i     (1'b0),
      .read_addr_i (read_slot),
      .read_data_o (kept)
  );

  wire [PARTS-1:0] clipped;
  genvar r;
  generate
    for (r = 0; r < PARTS; r = r + 1) begin : g_part
      wire [ACC_W-1:0] acc = acc_i[r*ACC_W+:ACC_W];
      wire [KEPT_W-1:0] word = kept[r*KEPT_W+:KEPT_W];
      wire [FLOOR_W-1:0] floor_part = word[KEPT_W-1:KEPT_FRAC];
      assign keep[r*KEPT_W+KEPT_FRAC+:FLOOR_W] = acc[ACC_W-1:FRAC];
      if (HALF == 1) begin : g_half
        assign keep[r*KEPT_W+STICKY] = acc[FRAC-1];
      end
      if (STICKY == 2) begin : g_sticky
        assign keep[r*KEPT_W+:2] = {|acc[OTHERS-1:OTHERS/2], |acc[OTHERS/2-1:0]};
      end else if (STICKY == 1) begin : g_bit
        assign keep[r*KEPT_W] = acc[0];
      end
      wire unused_acc = &{1'b0, acc};

      reg  [FLOOR_W+INCREMENT-1:0] kept_q;
      reg  [             BU_W-1:0] bu_q;
      wire [FLOOR_W+INCREMENT-1:0] addend;
      if (INCREMENT == 1) begin : g_increment
        wire increment;
        qs5_round_increment #(
            .IN_W    (KEPT_W),
            .SHIFT   (KEPT_FRAC),
            .ROUNDING(ROUNDING)
        ) u_increment (
            .in_i       (word),
            .increment_o(increment)
        );
        assign addend = {floor_part, increment};
      end else begin : g_floor
        assign addend = floor_part;
      end
      always @(posedge clk_i) begin
        kept_q <= addend;
        if (in_tag_i[0]) kept_q <= {(FLOOR_W + INCREMENT) {1'b0}};
        bu_q <= in_data_i[r*BU_W+:BU_W];
      end

      qs5_recurrence_update #(
          .FLOOR_W  (FLOOR_W),
          .INCREMENT(INCREMENT),
          .BU_W     (BU_W),
          .X_W      (X_W),
          .SATURATE (SATURATE)
      ) u_update (
          .clk_i    (clk_i),
          .kept_i   (kept_q),
          .bu_i     (bu_q),
          .x_o      (out_data_o[r*X_W+:X_W]),
          .clipped_o(clipped[r])
      );
    end
  endgenerate

  // One flag per part, so that no part waits for the others.
  reg [PARTS-1:0] saturated_q;
  always @(posedge clk_i) begin
    saturated_q <= saturated_q | (clipped & {PARTS{leaves}});
    if (rst_i) saturated_q <= {PARTS{1'b0}};
  end
  assign saturated_o = |saturated_q;
endmodule

`default_nettype wire
