// The walk of a folded matrix-vector product: which read of which group of rows, cycle by cycle.
//
// A vector is read GROUPS times, READS reads a pass, which begin GROUP_CYCLES apart; x_start_i
// itself is the first cycle. Weights lie in the order of the walk, so that their address counts up.
//
// Latency   0: all outputs are of the cycle that they speak of
// Interval  GROUPS * GROUP_CYCLES
// Reset     all but the tag
`default_nettype none

module qs5_matvec_walk #(
    parameter GROUPS       = 4,  // passes through the vector
    parameter READS        = 4,  // reads of a pass
    parameter GROUP_CYCLES = 4,  // cycles from pass to pass, at least READS
    parameter ADDR_W       = 4   // bits of the address of the last weights
) (
    input  wire              clk_i,
    input  wire              rst_i,
    input  wire              x_start_i,
    input  wire [       1:0] x_tag_i,
    output wire              read_o,     // read the vector and the weights
    output wire              last_o,     // the last read of a pass
    output wire              release_o,  // in the last pass
    output wire [       1:0] tag_o,      // of the vector that is read
    output wire [ADDR_W-1:0] addr_o      // of the weights
);
  localparam CYCLE_W = GROUP_CYCLES > 1 ? $clog2(GROUP_CYCLES) : 1;
  localparam GROUP_W = GROUPS > 1 ? $clog2(GROUPS) : 1;
  localparam [CYCLE_W-1:0] LAST_CYCLE = GROUP_CYCLES[CYCLE_W-1:0] - 1'b1;
  localparam [CYCLE_W-1:0] LAST_READ  = READS[CYCLE_W-1:0] - 1'b1;
  localparam [GROUP_W-1:0] LAST_GROUP = GROUPS[GROUP_W-1:0] - 1'b1;

  reg                busy_q;
  reg  [CYCLE_W-1:0] cycle_q;
  reg  [GROUP_W-1:0] group_q;
  reg  [ ADDR_W-1:0] addr_q;
  reg  [        1:0] tag_q;
  wire               active = x_start_i | busy_q;
  wire               reading;
  wire               group_end = active & (cycle_q == LAST_CYCLE);
  wire               vector_end = group_end & (group_q == LAST_GROUP);

  always @(posedge clk_i) begin
    tag_q <= tag_o;
    if (active) busy_q <= ~vector_end;
    if (active) cycle_q <= group_end ? {CYCLE_W{1'b0}} : cycle_q + 1'b1;
    if (group_end) group_q <= vector_end ? {GROUP_W{1'b0}} : group_q + 1'b1;
    if (vector_end) addr_q <= {ADDR_W{1'b0}};
    else if (reading) addr_q <= addr_q + 1'b1;
    if (rst_i) begin
      busy_q  <= 1'b0;
      cycle_q <= {CYCLE_W{1'b0}};
      group_q <= {GROUP_W{1'b0}};
      addr_q  <= {ADDR_W{1'b0}};
    end
  end

  generate
    if (GROUP_CYCLES == READS) begin : g_no_idle
      assign reading = active;
    end else begin : g_idle
      assign reading = active & (cycle_q <= LAST_READ);
    end
  endgenerate

  assign read_o    = reading;
  assign last_o    = reading & (cycle_q == LAST_READ);
  assign release_o = group_q == LAST_GROUP;
  assign tag_o     = x_start_i ? x_tag_i : tag_q;
  assign addr_o    = addr_q;
endmodule

`default_nettype wire
