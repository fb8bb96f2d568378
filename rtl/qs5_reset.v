// From the active-low reset of AXI to the synchronous active-high resets of the blocks.
//
// Every block has a register of its own, which can lie beside it: in no cycle a reset has to cross
// the device and then to choose.
//
// Stages    1 inverted, 2 one register per block
// Latency   2 cycles: hold aresetn low for at least 3, and expect m_axis_tvalid to be low from the
//           fourth cycle on
`default_nettype none

module qs5_reset #(
    parameter BLOCKS = 1  // resets that go out
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
