// The register before the reset of one block. The hierarchy is kept (Yosys, Vivado), and the
// register is not to be merged (Quartus, Gowin), as synthesis would make one of them all.
//
// Latency   1 cycle
`default_nettype none

(* keep_hierarchy *)
module qs5_reset_stage (
    input  wire clk_i,
    input  wire rst_i,
    output wire rst_o
);
  (* dont_merge, syn_preserve = 1 *) reg rst_q;
  always @(posedge clk_i) rst_q <= rst_i;
  assign rst_o = rst_q;
endmodule

`default_nettype wire
