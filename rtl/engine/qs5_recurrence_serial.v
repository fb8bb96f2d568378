// Complex diagonal recurrence: x[p] <- saturate(round(lambda_bar[p] * x[p]) + bu[p]), one multiplier.
//
// Words come and leave one by one, re and im of each state in turn. A state starts when its bu is
// available and takes four cycles, one per product; with x = a + jb and lambda_bar = c + js:
//
//   c*a   s*a   -s*b   c*b      re = first + third, im = second + fourth
//
// A sum that begins in one cycle continues two cycles later. In between it passes the register of the
// adder and one more register, which is cleared where a sum begins. bu words wait in a queue.
//
// ROM words 4*p to 4*p + 3 are c, s, -s, c of state p; the ROM has at least 8 words. With ROUNDING
// "half_up" sums start from the half, not from 0, and are only rounded down; ACC_W has room for that.
//
// Stages    from the start of a state: 0 addresses, 1 memories, 2 operands, 3 product, 4 sum (re: 6,
//           im: 7), then 1 increment and bu, then the sum in two halves, then saturation if SATURATE
// Latency   from the start of a state 11 to re and 12 to im, 2 less if SATURATE = 0; a state starts one
//           cycle after its last word, and 4 after the previous state
// Interval  4*STATES, but at least one more than the latency to re; all states of a step must have
//           started 4 cycles before the next step starts one
// Reset     control and the sticky flag; a state tagged first takes lambda_bar * x as zero
`default_nettype none

module qs5_recurrence_serial #(
    parameter STATES      = 4,       // complex states
    parameter X_W         = 16,      // bits of re x and of im x
    parameter BU_W        = 16,      // bits of re bu and of im bu
    parameter COEF_W      = 8,       // bits of each coefficient in the ROM
    parameter FRAC        = 7,       // fraction bits of lambda_bar
    parameter ACC_W       = 25,      // bits of lambda_bar * x, from the exact bound
    parameter [8*11-1:0] ROUNDING = "toward_zero",  // "half_up", "half_even" or "toward_zero"
    parameter SATURATE    = 1,       // 0: every new state is proved to fit
    parameter RAM_STYLE   = "auto",  // RAM of the states, same values as QUEUE_STYLE
    parameter QUEUE_STYLE = "auto",  // queue: "auto", "block", "block_36", "block_18", "distributed", "logic"
    parameter ROM_STYLE   = "auto",  // ROM: "auto", "block" or "logic"
    parameter LAMBDA_FILE = ""       // ROM image
) (
    input  wire            clk_i,
    input  wire            rst_i,
    input  wire            in_valid_i,
    input  wire [     1:0] in_tag_i,
    input  wire [BU_W-1:0] in_data_i,
    output wire            out_valid_o,
    output wire [     1:0] out_tag_o,
    output wire [ X_W-1:0] out_data_o,
    output wire            saturated_o  // sticky: some state was clipped
);
  // With few states the next bu can arrive before a state has started. The queue then has room for two steps.
  localparam QUEUE   = STATES < 4 ? 2 * STATES : STATES;
  localparam SLOT_W  = $clog2(QUEUE);
  // A single state still uses a memory of two words.
  localparam ROOM    = STATES > 1 ? STATES : 2;
  localparam STATE_W = $clog2(ROOM);
  localparam POWER   = QUEUE == (1 << SLOT_W);  // the slot number wraps by itself
  localparam [SLOT_W-1:0] LAST_SLOT = QUEUE[SLOT_W-1:0] - 1'b1;
  localparam LATENCY = SATURATE == 0 ? 9 : 11;

  generate
    if (ACC_W <= FRAC) begin : g_bad_acc
      qs5_error_recurrence_serial_ACC_W_must_exceed_FRAC u_error ();
    end
    if (STATES < 1) begin : g_bad_states
      qs5_error_recurrence_serial_STATES_must_be_at_least_1 u_error ();
    end
  endgenerate

  function automatic [SLOT_W-1:0] advance(input [SLOT_W-1:0] slot, input valid);
    advance = !POWER && slot == LAST_SLOT && valid ? {SLOT_W{1'b0}}
        : slot + {{(SLOT_W - 1) {1'b0}}, valid};
  endfunction

  // Words come in. age_q[n] is 1 in cycle n after the start of a state.
  reg               in_part_q;
  reg  [SLOT_W-1:0] in_slot_q;
  reg  [SLOT_W-1:0] slot_q;
  reg  [       1:0] in_tag_q;
  reg  [ LATENCY:1] age_q;
  reg               late_q;    // second half of a state's products
  wire              start = (in_slot_q != slot_q) & ~(age_q[1] | late_q);
  // The words of the state leave in the next cycle.
  wire              leaves = age_q[LATENCY-1] | age_q[LATENCY];
  reg               leaves_q;
  always @(posedge clk_i) begin
    in_part_q <= in_part_q ^ in_valid_i;
    in_slot_q <= advance(in_slot_q, in_valid_i & in_part_q);
    slot_q    <= advance(slot_q, age_q[3]);
    age_q     <= {age_q[LATENCY-1:1], start};
    late_q    <= age_q[1] | age_q[2];
    leaves_q  <= leaves;
    if (in_valid_i & in_part_q) in_tag_q <= in_tag_i;
    if (rst_i) begin
      in_part_q <= 1'b0;
      in_slot_q <= {SLOT_W{1'b0}};
      slot_q    <= {SLOT_W{1'b0}};
      age_q     <= {LATENCY{1'b0}};
      late_q    <= 1'b0;
      leaves_q  <= 1'b0;
    end
  end

  // Slot and tag move along with a state: copies from age 2, 5 and 9, four cycles each.
  reg [SLOT_W+1:0] from2_q;
  reg [SLOT_W+1:0] from5_q;
  reg [SLOT_W+1:0] from9_q;
  always @(posedge clk_i) begin
    if (age_q[1]) from2_q <= {slot_q, in_tag_q};
    if (age_q[4]) from5_q <= from2_q;
    if (age_q[8]) from9_q <= from5_q;
  end
  wire first = from5_q[0];
  wire [SLOT_W-1:0] slot5 = from5_q[SLOT_W+1:2];
  wire [SLOT_W-1:0] slot9 = from9_q[SLOT_W+1:2];

  // Memory of the states, by slot.
  wire [STATE_W-1:0] read_state;
  wire [STATE_W-1:0] write_state;
  generate
    if (QUEUE == STATES) begin : g_same
      assign read_state = slot_q;
      assign write_state = slot9;
    end else if (STATES == 1) begin : g_one
      assign read_state = 1'b0;
      assign write_state = 1'b0;
      wire unused_slot = &{1'b0, slot9};
    end else begin : g_twice
      localparam [SLOT_W-1:0] TURN = STATES[SLOT_W-1:0];
      wire [SLOT_W-1:0] read_turn = slot_q < TURN ? slot_q : slot_q - TURN;
      wire [SLOT_W-1:0] write_turn = slot9 < TURN ? slot9 : slot9 - TURN;
      assign read_state = read_turn[STATE_W-1:0];
      assign write_state = write_turn[STATE_W-1:0];
      wire unused_bits = &{1'b0, read_turn, write_turn};
    end
  endgenerate

  wire odd = age_q[1] | age_q[3];
  wire [COEF_W-1:0] coef;
  qs5_rom #(
      .DEPTH (4*ROOM),
      .W     (COEF_W),
      .STYLE (ROM_STYLE),
      .FILE  (LAMBDA_FILE),
      .ADDR_W(STATE_W+2)
  ) u_rom (
      .clk_i (clk_i),
      .addr_i({read_state, late_q, odd}),
      .data_o(coef)
  );

  wire [X_W-1:0] x;
  qs5_ram #(
      .DEPTH (2*ROOM),
      .W     (X_W),
      .STYLE (RAM_STYLE),
      .ADDR_W(STATE_W+1)
  ) u_ram (
      .clk_i       (clk_i),
      .write_i     (out_valid_o),
      .write_addr_i({write_state, ~age_q[LATENCY]}),
      .write_data_i(out_data_o),
      .read_i      (1'b1),
      .clear_i     (1'b0),
      .read_addr_i ({read_state, late_q}),
      .read_data_o (x)
  );

  // The half that half-up rounding adds.
  localparam ROUNDED   = ROUNDING == "half_up" && FRAC > 0 ? 1 : 0;
  localparam INCREMENT = ROUNDED == 1 || FRAC == 0 ? 0 : 1;
  localparam [ACC_W-1:0] ONE = 1;
  localparam [ACC_W-1:0] FROM = ROUNDED == 1 ? ONE << (FRAC - 1) : {ACC_W{1'b0}};
  wire signed [ACC_W-1:0] acc;
  reg  signed [ACC_W-1:0] acc_q;
  qs5_multiply_add #(
      .A_W(X_W),
      .B_W(COEF_W),
      .P_W(ACC_W)
  ) u_multiply_add (
      .clk_i(clk_i),
      .a_i  (x),
      .b_i  (coef),
      .c_i  (acc_q),
      .p_o  (acc)
  );
  always @(posedge clk_i) begin
    acc_q <= acc;
    if (~(age_q[4] | age_q[5])) acc_q <= FROM;
  end

  localparam FLOOR_W = ACC_W - FRAC;
  localparam KEPT_W  = FLOOR_W + INCREMENT;
  wire [KEPT_W-1:0] rounded;
  reg  [KEPT_W-1:0] kept_q;
  generate
    if (INCREMENT == 1) begin : g_increment
      wire increment;
      qs5_round_increment #(
          .IN_W    (ACC_W),
          .SHIFT   (FRAC),
          .ROUNDING(ROUNDING)
      ) u_increment (
          .in_i       (acc),
          .increment_o(increment)
      );
      assign rounded = {acc[ACC_W-1:FRAC], increment};
    end else begin : g_floor
      assign rounded = acc[ACC_W-1:FRAC];
    end
  endgenerate
  always @(posedge clk_i) begin
    kept_q <= rounded;
    if (first) kept_q <= {KEPT_W{1'b0}};
  end

  wire [BU_W-1:0] bu;
  qs5_ram #(
      .DEPTH (2*QUEUE),
      .W     (BU_W),
      .STYLE (QUEUE_STYLE),
      .ADDR_W(SLOT_W+1)
  ) u_queue (
      .clk_i       (clk_i),
      .write_i     (in_valid_i),
      .write_addr_i({in_slot_q, in_part_q}),
      .write_data_i(in_data_i),
      .read_i      (1'b1),
      .clear_i     (1'b0),
      .read_addr_i ({slot5, age_q[7]}),
      .read_data_o (bu)
  );

  wire clipped;
  qs5_recurrence_update #(
      .FLOOR_W  (FLOOR_W),
      .INCREMENT(INCREMENT),
      .BU_W     (BU_W),
      .X_W      (X_W),
      .SATURATE (SATURATE)
  ) u_update (
      .clk_i    (clk_i),
      .kept_i   (kept_q),
      .bu_i     (bu),
      .x_o      (out_data_o),
      .clipped_o(clipped)
  );
  assign out_valid_o = leaves_q;
  assign out_tag_o = from9_q[1:0];

  reg saturated_q;
  always @(posedge clk_i) begin
    saturated_q <= saturated_q | (clipped & leaves);
    if (rst_i) saturated_q <= 1'b0;
  end
  assign saturated_o = saturated_q;
endmodule

`default_nettype wire
