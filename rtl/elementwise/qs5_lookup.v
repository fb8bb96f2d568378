// Function of one word as a table: out = table[in], for any function of a quantised input.
//
// The table has one entry per input code, addressed by the code as an unsigned number: the entry of -1
// is the last. Every lane has its own copy.
//
// Stages    1 ROM read
// Latency   1 cycle
// Interval  one beat per cycle
// Reset     control only
`default_nettype none

module qs5_lookup #(
    parameter LANES      = 1,       // elements per beat
    parameter IN_W       = 8,       // bits in; the table has 2^IN_W words
    parameter OUT_W      = 8,       // bits out
    parameter ROM_STYLE  = "auto",  // ROM: "auto", "block" or "logic"
    parameter TABLE_FILE = ""       // ROM image
) (
    input  wire                   clk_i,
    input  wire                   rst_i,
    input  wire                   in_valid_i,
    input  wire [            1:0] in_tag_i,
    input  wire [ LANES*IN_W-1:0] in_data_i,
    output wire                   out_valid_o,
    output wire [            1:0] out_tag_o,
    output wire [LANES*OUT_W-1:0] out_data_o
);
  localparam DEPTH = 1 << IN_W;

  generate
    if (IN_W < 2 || IN_W > 16) begin : g_bad_width
      qs5_error_lookup_IN_W_must_be_2_to_16 u_error ();
    end
  endgenerate

  reg       valid_q;
  reg [1:0] tag_q;
  always @(posedge clk_i) begin
    valid_q <= in_valid_i & ~rst_i;
    tag_q   <= in_tag_i;
  end
  assign out_valid_o = valid_q;
  assign out_tag_o   = tag_q;

  genvar l;
  generate
    for (l = 0; l < LANES; l = l + 1) begin : g_lane
      qs5_rom #(
          .DEPTH(DEPTH),
          .W    (OUT_W),
          .STYLE(ROM_STYLE),
          .FILE (TABLE_FILE)
      ) u_rom (
          .clk_i (clk_i),
          .addr_i(in_data_i[l*IN_W+:IN_W]),
          .data_o(out_data_o[l*OUT_W+:OUT_W])
      );
    end
  endgenerate
endmodule

`default_nettype wire
