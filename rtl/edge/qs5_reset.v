// Synchronous active-high resets of the blocks, from the active-low reset of AXI.
//
// Every block has a reset register of its own, which can be placed next to the block. No reset has to
// cross the device and pass logic in one cycle.
//
// Stages    1 inversion, 2 one register per block
// Latency   2 cycles: hold aresetn low for at least 3; m_axis_tvalid is low from the fourth cycle on
// Reset     none
`default_nettype none

module qs5_reset #(
    parameter BLOCKS = 1   // blocks, one reset each
) (
    input  wire              clk_i,
    input  wire              aresetn,
    output wire [BLOCKS-1:0] rst_o
);
  reg rst_q;
  always @(posedge clk_i) rst_q <= ~aresetn;

  genvar b;
  generate
    for (b = 0; b < BLOCKS; b = b + 1) begin : g_block
      qs5_reset_stage u_stage (
          .clk_i(clk_i),
          .rst_i(rst_q),
          .rst_o(rst_o[b])
      );
    end
  endgenerate
endmodule

`default_nettype wire
