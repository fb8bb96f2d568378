// Memory with a write port and a read port: data = mem[addr], registered.
//
// A word is never read in the cycle in which it is written: every user sees to that, and synthesis
// need not.
//
// Latency   1 cycle from read_i, which holds the word that was read while it is 0
// Reset     none; clear_i makes the word that is read zero
`default_nettype none

module qs5_ram #(
    parameter DEPTH  = 16,      // words
    parameter W      = 8,       // bits of a word
    parameter STYLE  = "auto",  // where it goes: "block" RAM, "distributed" RAM, "logic", or "auto"
    parameter ADDR_W = DEPTH > 1 ? $clog2(DEPTH) : 1
) (
    input  wire              clk_i,
    input  wire              write_i,
    input  wire [ADDR_W-1:0] write_addr_i,
    input  wire [     W-1:0] write_data_i,
    input  wire              read_i,
    input  wire              clear_i,
    input  wire [ADDR_W-1:0] read_addr_i,
    output wire [     W-1:0] read_data_o
);
  // Only synthesis looks at it.
  wire unused_style = &{1'b0, STYLE};

  (* no_rw_check, ram_style = STYLE *)
  reg [W-1:0] mem[0:DEPTH-1];
  reg [W-1:0] data_q;
  always @(posedge clk_i) begin
    if (write_i) mem[write_addr_i] <= write_data_i;
    if (read_i) begin
      data_q <= mem[read_addr_i];
      if (clear_i) data_q <= {W{1'b0}};
    end
  end
  assign read_data_o = data_q;
endmodule

`default_nettype wire
