// A design on few pins, for place and route: inputs come from a shift register, outputs go into one.
//
// Nothing of it counts as the design's; its registers take the place of the chip around it.
`default_nettype none

module qs5_pins #(
    parameter IN_W  = 8,  // input bits of the design
    parameter OUT_W = 8   // its output bits
) (
    input  wire             clk_i,
    input  wire             pin_i,
    input  wire             load_i,  // take the outputs; otherwise shift them out
    output wire             pin_o,
    output wire [ IN_W-1:0] to_design_o,
    input  wire [OUT_W-1:0] from_design_i
);
  reg [ IN_W-1:0] in_q;
  reg [OUT_W-1:0] taken_q;
  reg [OUT_W-1:0] out_q;
  always @(posedge clk_i) begin
    in_q    <= {in_q, pin_i};
    taken_q <= from_design_i;
    out_q   <= load_i ? taken_q : {out_q, 1'b0};
  end
  assign to_design_o = in_q;
  assign pin_o = out_q[OUT_W-1];
endmodule

`default_nettype wire
