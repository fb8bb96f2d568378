// Memory with one write port and one read port: data = mem[addr], registered.
//
// No user reads a word in the cycle in which it is written, so synthesis needs no bypass.
// STYLE "block_36" and "block_18" are block RAMs, cut into memories of at most that many bits side by
// side. The cut avoids a bug of Yosys 0.55: it connects the upper parity bits of a RAMB36E1 of 72 bits
// to the lower ones.
//
// Latency   1 cycle from read_i; the output holds while read_i is 0
// Interval  one read and one write per cycle
// Reset     none; clear_i makes the word that is read zero
`default_nettype none

module qs5_ram #(
    parameter DEPTH  = 16,      // words
    parameter W      = 8,       // bits of a word
    parameter STYLE  = "auto",  // "auto", "block", "block_36", "block_18", "distributed" or "logic"
    parameter ADDR_W = DEPTH > 1 ? $clog2(DEPTH) : 1  // bits of an address
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
  // Only the slice styles end in 6 or 8. 0: no slices.
  localparam SLICE_W = STYLE[7:0] == "6" ? 36 : STYLE[7:0] == "8" ? 18 : 0;

  generate
    if (SLICE_W != 0) begin : g_slices
      genvar low;
      for (low = 0; low < W; low = low + SLICE_W) begin : g_slice
        localparam THIS_W = W - low < SLICE_W ? W - low : SLICE_W;
        qs5_ram #(
            .DEPTH (DEPTH),
            .W     (THIS_W),
            .STYLE ("block"),
            .ADDR_W(ADDR_W)
        ) u_slice (
            .clk_i       (clk_i),
            .write_i     (write_i),
            .write_addr_i(write_addr_i),
            .write_data_i(write_data_i[low+:THIS_W]),
            .read_i      (read_i),
            .clear_i     (clear_i),
            .read_addr_i (read_addr_i),
            .read_data_o (read_data_o[low+:THIS_W])
        );
      end
    end else begin : g_memory
      // Only synthesis uses STYLE.
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
    end
  endgenerate
endmodule

`default_nettype wire
