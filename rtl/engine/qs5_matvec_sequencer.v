// Sequencer of a folded matrix-vector product: reads, passes and weight addresses, cycle by cycle.
//
// A vector is passed TURNS times, with READS reads per pass. Each read serves SLOTS groups of rows, one
// per cycle. Passes begin PASS_READS reads apart. The weight address is {turn, read, slot} if all counts
// are powers of two, else a counter.
//
// Latency   1 cycle from x_start_i to the first read; outputs are aligned with read_o
// Interval  TURNS * PASS_READS * SLOTS
// Reset     idle; all counts are 0 while idle
`default_nettype none

module qs5_matvec_sequencer #(
    parameter TURNS      = 4,  // passes through the vector
    parameter READS      = 4,  // reads of a pass
    parameter PASS_READS = 4,  // reads from pass to pass, at least READS; more only if SLOTS is 1
    parameter SLOTS      = 1,  // cycles of a read
    parameter ADDR_W     = 4   // bits of a weight address
) (
    input  wire              clk_i,
    input  wire              rst_i,
    input  wire              x_start_i,
    input  wire [       1:0] x_tag_i,
    output wire              read_o,     // read the vector
    output wire              first_o,    // a slot of the first read of a pass
    output wire              last_o,     // a slot of the last read of a pass
    output wire              release_o,  // the last pass
    output wire [       1:0] tag_o,      // tag of the vector that is read
    output wire [ADDR_W-1:0] addr_o      // address of the weights
);
  localparam SLOT_BITS = $clog2(SLOTS);
  localparam READ_BITS = $clog2(READS);
  localparam SLOT_W = SLOTS > 1 ? SLOT_BITS : 1;
  localparam READ_W = PASS_READS > 1 ? $clog2(PASS_READS) : 1;
  localparam TURN_W = TURNS > 1 ? $clog2(TURNS) : 1;

  reg        busy_q;
  reg  [1:0] tag_q;
  wire       slot_end;
  wire       slot_soon;
  wire       pass_last;  // the last of PASS_READS read times
  wire       pass_end;
  wire       pass_soon;
  wire       turn_last;
  wire       turn_end;
  wire [SLOT_W-1:0] slot;
  wire [READ_W-1:0] read;
  wire [TURN_W-1:0] turn;

  always @(posedge clk_i) begin
    if (x_start_i) tag_q <= x_tag_i;
    busy_q <= x_start_i | (busy_q & ~turn_end);
    if (rst_i) busy_q <= 1'b0;
  end

  wire unused_slot_first;
  wire unused_slot_last;
  qs5_lookahead_counter #(
      .COUNT (SLOTS),
      .LOWEST(1)
  ) u_slot (
      .clk_i  (clk_i),
      .run_i  (busy_q),
      .end_i  (1'b1),
      .soon_i (1'b1),
      .first_o(unused_slot_first),
      .last_o (unused_slot_last),
      .end_o  (slot_end),
      .soon_o (slot_soon),
      .value_o(slot)
  );
  qs5_lookahead_counter #(
      .COUNT (PASS_READS),
      .LOWEST(SLOTS == 1)
  ) u_read (
      .clk_i  (clk_i),
      .run_i  (busy_q),
      .end_i  (slot_end),
      .soon_i (slot_soon),
      .first_o(first_o),
      .last_o (pass_last),
      .end_o  (pass_end),
      .soon_o (pass_soon),
      .value_o(read)
  );
  wire unused_turn_first;
  wire unused_turn_soon;
  qs5_lookahead_counter #(
      .COUNT (TURNS),
      .LOWEST(SLOTS == 1 && PASS_READS == 1)
  ) u_turn (
      .clk_i  (clk_i),
      .run_i  (busy_q),
      .end_i  (pass_end),
      .soon_i (pass_soon),
      .first_o(unused_turn_first),
      .last_o (turn_last),
      .end_o  (turn_end),
      .soon_o (unused_turn_soon),
      .value_o(turn)
  );

  // Reads are known one cycle early, too.
  wire active;
  wire last_read;
  reg  read_q;
  generate
    if (PASS_READS == READS) begin : g_no_rest
      assign active    = busy_q;
      assign last_read = pass_last;
      always @(posedge clk_i) begin
        read_q <= x_start_i | (busy_q & slot_end & ~turn_end);
        if (rst_i) read_q <= 1'b0;
      end
    end else begin : g_rest
      // The reads of a pass end before the pass does.
      localparam LAST_BUT_ONE = READS - 2;
      reg active_q;
      reg last_read_q;
      always @(posedge clk_i) begin
        active_q <= x_start_i | (busy_q & ~turn_end & (pass_end | (active_q & ~last_read_q)));
        last_read_q <= READS == 1 ? ~busy_q | pass_last
            : busy_q & (read == LAST_BUT_ONE[READ_W-1:0]);
        if (rst_i) active_q <= 1'b0;
      end
      always @* read_q = active_q;
      assign active    = active_q;
      assign last_read = last_read_q;
    end

    if (PASS_READS == READS && SLOTS == (1 << SLOT_BITS) && READS == (1 << READ_BITS))
    begin : g_digits
      // The lowest bits are the address.
      wire [ADDR_W+TURN_W-1:0] wide_turn = {{ADDR_W{1'b0}}, turn};
      wire [ADDR_W+READ_W-1:0] wide_read = {{ADDR_W{1'b0}}, read};
      wire [ADDR_W+SLOT_W-1:0] wide_slot = {{ADDR_W{1'b0}}, slot};
      wire unused_zeros = &{1'b0, wide_turn[ADDR_W+:TURN_W], wide_read[ADDR_W+:READ_W],
                            wide_slot[ADDR_W+:SLOT_W]};
      assign addr_o = (wide_turn[ADDR_W-1:0] << (READ_BITS + SLOT_BITS))
          | (wide_read[ADDR_W-1:0] << SLOT_BITS) | wide_slot[ADDR_W-1:0];
    end else begin : g_counter
      wire unused_digits = &{1'b0, slot, read, turn};
      reg [ADDR_W-1:0] addr_q;
      always @(posedge clk_i)
        if (~busy_q | turn_end) addr_q <= {ADDR_W{1'b0}};
        else if (active) addr_q <= addr_q + 1'b1;
      assign addr_o = addr_q;
    end
  endgenerate

  assign read_o    = read_q;
  assign last_o    = active & last_read;
  assign release_o = turn_last;
  assign tag_o     = tag_q;
endmodule

`default_nettype wire
