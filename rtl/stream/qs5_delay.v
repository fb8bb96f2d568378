// Delay of a stream by DELAY cycles, so that it does not reach its partner's buffer too early.
//
// RAM = 0 is a line of registers. RAM = 1 is a memory read in a circle and written one cycle behind.
//
// Latency   DELAY cycles
// Interval  one beat per cycle
// Reset     control only
`default_nettype none

module qs5_delay #(
    parameter LANES     = 1,       // elements per beat
    parameter W         = 8,       // bits per element
    parameter DELAY     = 1,       // cycles, at least 1
    parameter RAM       = 0,       // 1: in a memory, if DELAY is at least 3
    parameter RAM_STYLE = "auto"   // RAM: "auto", "block", "block_36", "block_18", "distributed", "logic"
) (
    input  wire               clk_i,
    input  wire               rst_i,
    input  wire               in_valid_i,
    input  wire [        1:0] in_tag_i,
    input  wire [LANES*W-1:0] in_data_i,
    output wire               out_valid_o,
    output wire [        1:0] out_tag_o,
    output wire [LANES*W-1:0] out_data_o
);
  generate
    if (RAM != 0 && (RAM != 1 || DELAY < 3)) begin : g_bad_ram
      qs5_error_delay_RAM_must_be_0_or_1_and_then_DELAY_at_least_3 u_error ();
    end
  endgenerate

  genvar i;
  generate
    if (DELAY < 1) begin : g_bad_cycles
      qs5_error_delay_DELAY_must_be_at_least_1 u_error ();
    end else if (RAM == 0) begin : g_line
      wire unused_style = &{1'b0, RAM_STYLE};
      for (i = 0; i < DELAY; i = i + 1) begin : g_stage
        reg               valid_q;
        reg [        1:0] tag_q;
        reg [LANES*W-1:0] data_q;
        if (i == 0) begin : g_first
          always @(posedge clk_i) begin
            valid_q <= in_valid_i & ~rst_i;
            tag_q  <= in_tag_i;
            data_q <= in_data_i;
          end
        end else begin : g_next
          always @(posedge clk_i) begin
            valid_q <= g_stage[i-1].valid_q & ~rst_i;
            tag_q  <= g_stage[i-1].tag_q;
            data_q <= g_stage[i-1].data_q;
          end
        end
      end
      assign out_valid_o = g_stage[DELAY-1].valid_q;
      assign out_tag_o   = g_stage[DELAY-1].tag_q;
      assign out_data_o  = g_stage[DELAY-1].data_q;
    end else begin : g_ram
      localparam ADDR_W = $clog2(DELAY);
      localparam [ADDR_W-1:0] LAST = DELAY[ADDR_W-1:0] - 1'b1;
      wire [ADDR_W-1:0] rd_addr;
      wire              last;
      reg  [ADDR_W-1:0] wr_addr_q;
      // The word that is read was written after the reset.
      reg               filled_q;
      wire              valid;
      qs5_counter #(
          .N(DELAY)
      ) u_addr (
          .clk_i  (clk_i),
          .rst_i  (rst_i),
          .step_i (1'b1),
          .count_o(rd_addr),
          .last_o (last)
      );
      always @(posedge clk_i) begin
        wr_addr_q <= rst_i ? LAST : rd_addr;
        filled_q  <= ~rst_i & (filled_q | last);
      end
      qs5_ram #(
          .DEPTH(DELAY),
          .W    (LANES*W+3),
          .STYLE(RAM_STYLE)
      ) u_ram (
          .clk_i       (clk_i),
          .write_i     (1'b1),
          .write_addr_i(wr_addr_q),
          .write_data_i({in_valid_i & ~rst_i, in_tag_i, in_data_i}),
          .read_i      (1'b1),
          .clear_i     (1'b0),
          .read_addr_i (rd_addr),
          .read_data_o ({valid, out_tag_o, out_data_o})
      );
      assign out_valid_o = valid & filled_q;
    end
  endgenerate
endmodule

`default_nettype wire
