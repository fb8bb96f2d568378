// Reset register of one block.
//
// Synthesis would merge the equal registers of all blocks into one. Yosys and Vivado keep the
// hierarchy; Quartus and Gowin obey the attributes of the register.
//
// Latency   1 cycle
// Reset     none
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
