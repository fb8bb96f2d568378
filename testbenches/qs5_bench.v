// Self-checking bench of a generated design; both simulators run it. `clk` is its only port, so
// that no simulator needs delays (sim/clock.cpp and sim/clock.v are the clocks).
//
// The source offers the beats of INPUT_FILE. The sink takes results and compares each word, and the
// cycle of its handshake, with EXPECTED_FILE. Two patterns of PATTERN bits, which repeat, make the
// stalls. The source may put a new beat on the bus in the cycle after a 1 in VALID_FILE. The sink is
// ready in the cycles of a 1 in READY_FILE.
//
// Cycle 0 is the first rising edge. aresetn is low for RESET_CYCLES cycles from cycle 0. Each entry of
// RESET_FILE is a further reset: aresetn is low for `cycles` cycles from `cycle` on. A reset that
// begins during another restarts the count. The source then continues with beat number `beat`.
//
//   INPUT_FILE      {tlast, tdata}
//   EXPECTED_FILE   {cycle[31:0], tlast, tdata}
//   RESET_FILE      {cycles[31:0], beat[31:0], cycle[31:0]}
//   STATUS_FILE     the sticky status bits at the end
//
// The bench also checks the rules of AXI4-Stream. A beat that waits must not change or vanish. Once the
// blocks have seen a reset, no beat is offered or taken. While the source offers no beat, its data are
// unknown (x) on purpose.
//
// Ends with one line RESULT mismatches=.. cycle_mismatches=.. outputs=.. latency=.. cycles=..
// A run without that line has failed, whatever its exit code.
`default_nettype none

module qs5_bench #(
    parameter IN_W         = 8,    // bits of s_axis_tdata
    parameter OUT_W        = 8,    // bits of m_axis_tdata
    parameter OUT_BEATS    = 1,    // beats of a result
    parameter STATUS_W     = 1,    // status bits
    parameter INPUTS       = 1,    // beats offered
    parameter OUTPUTS      = 1,    // beats expected
    parameter RESETS       = 0,    // resets in mid-stream
    parameter RESET_CYCLES = 4,    // cycles of the first reset
    parameter PATTERN      = 1024, // bits of the two patterns
    parameter PATIENCE     = 1000, // cycles without a handshake after which the run is over
    parameter VECTOR_DIR    = "vectors",
    parameter INPUT_FILE    = {VECTOR_DIR, "/input.hex"},
    parameter EXPECTED_FILE = {VECTOR_DIR, "/expected.hex"},
    parameter RESET_FILE    = {VECTOR_DIR, "/resets.hex"},
    parameter STATUS_FILE   = {VECTOR_DIR, "/status.hex"},
    parameter VALID_FILE    = {VECTOR_DIR, "/valid_pattern.hex"},
    parameter READY_FILE    = {VECTOR_DIR, "/ready_pattern.hex"}
) (
    input  wire                clk,
    output wire                aresetn,
    output wire [    IN_W-1:0] s_axis_tdata,
    output wire                s_axis_tvalid,
    input  wire                s_axis_tready,
    output wire                s_axis_tlast,
    input  wire [   OUT_W-1:0] m_axis_tdata,
    input  wire                m_axis_tvalid,
    output wire                m_axis_tready,
    input  wire                m_axis_tlast,
    input  wire [STATUS_W-1:0] status
);
  localparam MAX_PRINTED = 10;

  reg [     IN_W:0] inputs   [0:INPUTS-1];
  reg [OUT_W+32:0] expected [0:OUTPUTS];   // one more than there are, so that 0 is legal
  reg [       95:0] resets   [0:RESETS];    // likewise
  reg [STATUS_W-1:0] status_expected [0:0];
  reg               valid_pattern [0:PATTERN-1];
  reg               ready_pattern [0:PATTERN-1];
  initial begin
    $readmemh(INPUT_FILE, inputs);
    $readmemh(EXPECTED_FILE, expected);
    $readmemh(RESET_FILE, resets);
    $readmemh(STATUS_FILE, status_expected);
    $readmemh(VALID_FILE, valid_pattern);
    $readmemh(READY_FILE, ready_pattern);
  end

  integer cycle            = 0;
  integer phase            = 0;   // cycle modulo PATTERN
  integer reset_left       = RESET_CYCLES;
  integer reset_next       = 0;   // index of the next reset
  integer offered          = 0;   // beat on the bus, or next to be
  integer taken            = 0;   // results taken
  integer first_input      = -1;  // cycle of the first input handshake
  integer latency          = -1;  // from there to the end of the first result
  integer idle             = 0;   // cycles since the last handshake
  integer mismatches       = 0;
  integer violations       = 0;   // broken rules of AXI4-Stream; they count as mismatches
  integer cycle_mismatches = 0;
  reg     valid            = 1'b0;
  reg     waiting          = 1'b0;  // a beat was offered in the last cycle and not taken
  reg [2:0] resetting      = 3'b0;  // bit i is 1 if aresetn was low i + 1 cycles ago
  reg [OUT_W:0] waiting_beat = {(OUT_W + 1) {1'b0}};

  assign aresetn       = reset_left == 0;
  assign s_axis_tvalid = valid;
  assign s_axis_tdata  = valid ? inputs[offered][IN_W-1:0] : {IN_W{1'bx}};
  assign s_axis_tlast  = valid ? inputs[offered][IN_W] : 1'bx;
  assign m_axis_tready = ready_pattern[phase];

  wire accept = aresetn & valid & s_axis_tready;
  wire take   = aresetn & m_axis_tvalid & m_axis_tready;
  wire broken = (aresetn & waiting & (m_axis_tvalid !== 1'b1
                                      | {m_axis_tlast, m_axis_tdata} !== waiting_beat))
              | (resetting[1] & s_axis_tready !== 1'b0)
              | (resetting[2] & m_axis_tvalid !== 1'b0);
  wire reset_now = reset_next < RESETS && resets[reset_next][31:0] == cycle + 1;
  wire [OUT_W+32:0] want = expected[taken < OUTPUTS ? taken : 0];

  always @(posedge clk) begin
    cycle <= cycle + 1;
    phase <= phase == PATTERN - 1 ? 0 : phase + 1;
    idle  <= accept || take || reset_now ? 0 : idle + 1;

    // Reset.
    if (reset_now) begin
      reset_left <= resets[reset_next][95:64];
      reset_next <= reset_next + 1;
    end else if (reset_left != 0) begin
      reset_left <= reset_left - 1;
    end

    // Source.
    if (reset_now) begin
      valid   <= 1'b0;
      offered <= resets[reset_next][63:32];
    end else if (aresetn) begin
      if (accept) offered <= offered + 1;
      if (accept || !valid)
        valid <= valid_pattern[phase] && (accept ? offered + 1 : offered) < INPUTS;
    end
    if (accept && first_input < 0) first_input <= cycle;

    // Rules.
    waiting      <= aresetn & m_axis_tvalid & ~m_axis_tready;
    waiting_beat <= {m_axis_tlast, m_axis_tdata};
    resetting    <= {resetting[1:0], ~aresetn};
    if (broken) begin
      violations <= violations + 1;
      if (violations < MAX_PRINTED)
        $display("MISMATCH cycle=%0d output=%0d signal=axi4_stream expected=stable actual=changed",
                 cycle, taken);
    end

    // Sink.
    if (take) begin
      taken <= taken + 1;
      if (taken == OUT_BEATS - 1) latency <= cycle - first_input;
      if (taken >= OUTPUTS) begin
        mismatches <= mismatches + 1;
        if (mismatches < MAX_PRINTED)
          $display("MISMATCH cycle=%0d output=%0d signal=m_axis expected=none actual=%h", cycle,
                   taken, m_axis_tdata);
      end else begin
        if ({m_axis_tlast, m_axis_tdata} !== want[OUT_W:0]) begin
          mismatches <= mismatches + 1;
          if (mismatches < MAX_PRINTED)
            $display("MISMATCH cycle=%0d output=%0d signal=m_axis expected=%h actual=%h", cycle,
                     taken, want[OUT_W:0], {m_axis_tlast, m_axis_tdata});
        end
        if (cycle !== want[OUT_W+32:OUT_W+1]) begin
          cycle_mismatches <= cycle_mismatches + 1;
          if (cycle_mismatches < MAX_PRINTED)
            $display("MISMATCH cycle=%0d output=%0d signal=cycle expected=%0d actual=%0d", cycle,
                     taken, want[OUT_W+32:OUT_W+1], cycle);
        end
      end
    end

    // The end: no handshake for PATIENCE cycles. Missing results count as mismatches.
    if (idle == PATIENCE) begin
      if (taken < OUTPUTS)
        $display("MISMATCH cycle=%0d output=%0d signal=m_axis expected=%h actual=none", cycle,
                 taken, want[OUT_W:0]);
      if (status !== status_expected[0])
        $display("MISMATCH cycle=%0d output=%0d signal=status expected=%h actual=%h", cycle, taken,
                 status_expected[0], status);
      $display("RESULT mismatches=%0d cycle_mismatches=%0d outputs=%0d latency=%0d cycles=%0d",
               mismatches + violations + (taken < OUTPUTS ? OUTPUTS - taken : 0)
               + (status !== status_expected[0] ? 1 : 0),
               cycle_mismatches, taken, latency, cycle - PATIENCE);
      $finish;
    end
  end
endmodule

`default_nettype wire
