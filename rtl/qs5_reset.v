// From the active-low reset of AXI to the synchronous active-high reset of the library.
`default_nettype none

module qs5_reset (
    input  wire aresetn,
    output wire rst_o
);
  assign rst_o = ~aresetn;
endmodule

`default_nettype wire
