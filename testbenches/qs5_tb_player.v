// Plays a bench: line n of stimulus.hex is what goes into the module under test in clock cycle n,
// line n of expected.hex is what must come out in that cycle. After the last line it prints
//
//   RESULT mismatches=<n> outputs=<n> latency=<n>
//
// and ends the run. Outputs are the cycles with output_i high; latency is counted from the first
// cycle with input_i high to the first of those. A run always takes CYCLES cycles, so it cannot
// hang; one without the RESULT line has failed, whatever its exit code. With `BATCH defined, the
// run goes on for the other benches of the same program.
//
// Cycle n ends with rising edge n of the clock; everything is looked at there. Cycle 0 comes
// before the first edge that any register has seen and is not checked.
`default_nettype none

module qs5_tb_player #(
    parameter STIMULUS_W = 1,     // bits of a line of stimulus.hex
    parameter EXPECTED_W = 1,     // bits of a line of expected.hex
    parameter CYCLES     = 1,     // lines of each
    parameter VECTORS    = "./"   // folder of both
) (
    input  wire                  clk,
    output wire [          31:0] cycle_o,
    output wire                  checking_o,  // expected_o counts in this cycle
    output wire [STIMULUS_W-1:0] stimulus_o,
    output wire [EXPECTED_W-1:0] expected_o,
    input  wire                  input_i,
    input  wire                  output_i,
    input  wire [          31:0] mismatches_i
);
  reg [STIMULUS_W-1:0] stimulus[0:CYCLES-1];
  reg [EXPECTED_W-1:0] expected[0:CYCLES-1];
  initial begin
    $readmemh({VECTORS, "stimulus.hex"}, stimulus);
    $readmemh({VECTORS, "expected.hex"}, expected);
  end

  integer cycle        = 0;
  integer outputs      = 0;
  integer first_input  = -1;
  integer first_output = -1;

  assign cycle_o    = cycle;
  assign checking_o = cycle > 0 && cycle < CYCLES;
  assign stimulus_o = stimulus[cycle < CYCLES ? cycle : 0];
  assign expected_o = expected[cycle < CYCLES ? cycle : 0];

  always @(posedge clk) begin
    cycle <= cycle + 1;
    if (checking_o && input_i === 1'b1 && first_input < 0) first_input <= cycle;
    if (checking_o && output_i === 1'b1) begin
      outputs <= outputs + 1;
      if (first_output < 0) first_output <= cycle;
    end
    if (cycle == CYCLES) begin
      $display("RESULT mismatches=%0d outputs=%0d latency=%0d", mismatches_i, outputs,
               first_output - first_input);
`ifndef BATCH
      $finish;
`endif
    end
  end
endmodule

`default_nettype wire
