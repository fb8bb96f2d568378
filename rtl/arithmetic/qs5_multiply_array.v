// COUNT multipliers for CLIENTS engines that never multiply in the same cycle.
//
// An engine shows its operands while its mul_valid_i is 1, and takes the products 2 cycles later. The
// plan proves that at most one engine has mul_valid_i at 1. Client c has bit c of mul_valid_i, and
// operand words c*COUNT to c*COUNT + COUNT - 1. Products go to all engines.
//
// Stages    1 operands, 2 product
// Latency   2 cycles
// Interval  one set of operands per cycle
// Reset     none: data registers only
`default_nettype none

module qs5_multiply_array #(
    parameter COUNT   = 1,  // multipliers
    parameter CLIENTS = 1,  // engines that share the multipliers
    parameter A_W     = 8,  // bits of a
    parameter B_W     = 8   // bits of b
) (
    input  wire                         clk_i,
    input  wire                         rst_i,
    input  wire [          CLIENTS-1:0] mul_valid_i,
    input  wire [CLIENTS*COUNT*A_W-1:0] mul_a_i,
    input  wire [CLIENTS*COUNT*B_W-1:0] mul_b_i,
    output wire [COUNT*(A_W+B_W)-1:0]   mul_p_o
);
  localparam A_ALL = COUNT * A_W;
  localparam B_ALL = COUNT * B_W;
  localparam P_W = A_W + B_W;

  generate
    if (CLIENTS < 1) begin : g_bad_clients
      qs5_error_multiply_array_CLIENTS_must_be_at_least_1 u_error ();
    end
  endgenerate

  // Every block is wired to a reset; this one needs none.
  wire unused_reset = &{1'b0, rst_i};

  wire [A_ALL-1:0] a;
  wire [B_ALL-1:0] b;
  generate
    if (CLIENTS == 1) begin : g_own
      assign a = mul_a_i;
      assign b = mul_b_i;
      wire unused_valid = &{1'b0, mul_valid_i};
    end else begin : g_shared
      reg [A_ALL-1:0] a_or;
      reg [B_ALL-1:0] b_or;
      integer c;
      always @* begin
        a_or = {A_ALL{1'b0}};
        b_or = {B_ALL{1'b0}};
        for (c = 0; c < CLIENTS; c = c + 1) begin
          a_or = a_or | ({A_ALL{mul_valid_i[c]}} & mul_a_i[c*A_ALL+:A_ALL]);
          b_or = b_or | ({B_ALL{mul_valid_i[c]}} & mul_b_i[c*B_ALL+:B_ALL]);
        end
      end
      assign a = a_or;
      assign b = b_or;
    end
  endgenerate

  genvar i;
  generate
    for (i = 0; i < COUNT; i = i + 1) begin : g_multiplier
      qs5_multiply #(
          .A_W(A_W),
          .B_W(B_W)
      ) u_multiply (
          .clk_i(clk_i),
          .a_i  (a[i*A_W+:A_W]),
          .b_i  (b[i*B_W+:B_W]),
          .p_o  (mul_p_o[i*P_W+:P_W])
      );
    end
  endgenerate
endmodule

`default_nettype wire
