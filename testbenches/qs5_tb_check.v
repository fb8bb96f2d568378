// Compares one signal of a bench with what is expected, in the cycles in which care_i is high.
// An unknown bit is a mismatch. The first five mismatches are printed.
`default_nettype none

module qs5_tb_check #(
    parameter SIGNAL = "?",  // name to print
    parameter W      = 1     // bits
) (
    input  wire         clk,
    input  wire [ 31:0] cycle_i,
    input  wire         care_i,
    input  wire [W-1:0] expected_i,
    input  wire [W-1:0] actual_i,
    output wire [ 31:0] mismatches_o
);
  integer mismatches = 0;
  assign mismatches_o = mismatches;

  always @(posedge clk) begin
    if (care_i !== 1'b0 && actual_i !== expected_i) begin
      mismatches <= mismatches + 1;
      if (mismatches < 5)
        $display("MISMATCH cycle=%0d signal=%0s expected=%h actual=%h", cycle_i, SIGNAL,
                 expected_i, actual_i);
    end
  end
endmodule

`default_nettype wire
