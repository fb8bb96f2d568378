// Read-only memory: data = rom[addr].
//
// Latency   1 cycle
// Interval  one word per cycle
// Reset     none
`default_nettype none

module qs5_rom #(
    parameter DEPTH  = 16,      // words
    parameter W      = 8,       // bits of a word
    parameter STYLE  = "auto",  // "auto", "block" or "logic"
    parameter FILE   = "",      // image, for $readmemh
    parameter ADDR_W = DEPTH > 1 ? $clog2(DEPTH) : 1  // bits of an address
) (
    input  wire              clk_i,
    input  wire [ADDR_W-1:0] addr_i,
    output wire [     W-1:0] data_o
);
  // Only synthesis uses STYLE.
  wire unused_style = &{1'b0, STYLE};

  (* rom_style = STYLE *)
  reg [W-1:0] rom[0:DEPTH-1];
  reg [W-1:0] data_q;
  initial if (FILE != "") $readmemh(FILE, rom);
  always @(posedge clk_i) data_q <= rom[addr_i];
  assign data_o = data_q;
endmodule

`default_nettype wire
