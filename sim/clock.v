// The clock of a bench under Icarus: `BENCH names the bench module, whose only port is clk.
// With `WAVE defined, every signal goes to that file.
`default_nettype none

module qs5_clock;
  reg clk = 1'b0;
  always #1 clk = ~clk;

  `BENCH u_bench (.clk(clk));

`ifdef WAVE
  initial begin
    $dumpfile(`WAVE);
    $dumpvars(0, u_bench);
  end
`endif
endmodule

`default_nettype wire
