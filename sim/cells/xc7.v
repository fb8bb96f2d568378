// Models of the 7-series block RAMs, of which the library of Yosys has only the ports. Unused
// features are omitted: output registers, resets to other words than zero, cascades, error
// correction.
`timescale 1ns / 1ps

// RAMB18E1: two-port memory, 16384 data bits and 2048 parity bits, 1 to 18 bits a port,
// or (RAM_MODE "SDP") a read port A and a write port B of 36 bits.
module RAMB18E1 #(
    parameter DOA_REG = 0,
    parameter DOB_REG = 0,
    parameter RAM_MODE = "TDP",
    parameter RAM_EXTENSION_A = "NONE",
    parameter RAM_EXTENSION_B = "NONE",
    parameter READ_WIDTH_A = 0,
    parameter READ_WIDTH_B = 0,
    parameter WRITE_WIDTH_A = 0,
    parameter WRITE_WIDTH_B = 0,
    parameter WRITE_MODE_A = "WRITE_FIRST",
    parameter WRITE_MODE_B = "WRITE_FIRST",
    parameter RDADDR_COLLISION_HWCONFIG = "DELAYED_WRITE",
    parameter SIM_COLLISION_CHECK = "ALL",
    parameter SIM_DEVICE = "7SERIES",
    parameter RSTREG_PRIORITY_A = "RSTREG",
    parameter RSTREG_PRIORITY_B = "RSTREG",
    parameter EN_ECC_READ = "FALSE",
    parameter EN_ECC_WRITE = "FALSE",
    parameter IS_CLKARDCLK_INVERTED = 0,
    parameter IS_CLKBWRCLK_INVERTED = 0,
    parameter IS_ENARDEN_INVERTED = 0,
    parameter IS_ENBWREN_INVERTED = 0,
    parameter IS_RSTRAMARSTRAM_INVERTED = 0,
    parameter IS_RSTRAMB_INVERTED = 0,
    parameter IS_RSTREGARSTREG_INVERTED = 0,
    parameter IS_RSTREGB_INVERTED = 0,
    parameter [35:0] INIT_A = 0,
    parameter [35:0] INIT_B = 0,
    parameter [71:0] SRVAL_A = 0,
    parameter [71:0] SRVAL_B = 0,
    parameter [255:0] INIT_00 = 256'h0,
    parameter [255:0] INIT_01 = 256'h0,
    parameter [255:0] INIT_02 = 256'h0,
    parameter [255:0] INIT_03 = 256'h0,
    parameter [255:0] INIT_04 = 256'h0,
    parameter [255:0] INIT_05 = 256'h0,
    parameter [255:0] INIT_06 = 256'h0,
    parameter [255:0] INIT_07 = 256'h0,
    parameter [255:0] INIT_08 = 256'h0,
    parameter [255:0] INIT_09 = 256'h0,
    parameter [255:0] INIT_0A = 256'h0,
    parameter [255:0] INIT_0B = 256'h0,
    parameter [255:0] INIT_0C = 256'h0,
    parameter [255:0] INIT_0D = 256'h0,
    parameter [255:0] INIT_0E = 256'h0,
    parameter [255:0] INIT_0F = 256'h0,
    parameter [255:0] INIT_10 = 256'h0,
    parameter [255:0] INIT_11 = 256'h0,
    parameter [255:0] INIT_12 = 256'h0,
    parameter [255:0] INIT_13 = 256'h0,
    parameter [255:0] INIT_14 = 256'h0,
    parameter [255:0] INIT_15 = 256'h0,
    parameter [255:0] INIT_16 = 256'h0,
    parameter [255:0] INIT_17 = 256'h0,
    parameter [255:0] INIT_18 = 256'h0,
    parameter [255:0] INIT_19 = 256'h0,
    parameter [255:0] INIT_1A = 256'h0,
    parameter [255:0] INIT_1B = 256'h0,
    parameter [255:0] INIT_1C = 256'h0,
    parameter [255:0] INIT_1D = 256'h0,
    parameter [255:0] INIT_1E = 256'h0,
    parameter [255:0] INIT_1F = 256'h0,
    parameter [255:0] INIT_20 = 256'h0,
    parameter [255:0] INIT_21 = 256'h0,
    parameter [255:0] INIT_22 = 256'h0,
    parameter [255:0] INIT_23 = 256'h0,
    parameter [255:0] INIT_24 = 256'h0,
    parameter [255:0] INIT_25 = 256'h0,
    parameter [255:0] INIT_26 = 256'h0,
    parameter [255:0] INIT_27 = 256'h0,
    parameter [255:0] INIT_28 = 256'h0,
    parameter [255:0] INIT_29 = 256'h0,
    parameter [255:0] INIT_2A = 256'h0,
    parameter [255:0] INIT_2B = 256'h0,
    parameter [255:0] INIT_2C = 256'h0,
    parameter [255:0] INIT_2D = 256'h0,
    parameter [255:0] INIT_2E = 256'h0,
    parameter [255:0] INIT_2F = 256'h0,
    parameter [255:0] INIT_30 = 256'h0,
    parameter [255:0] INIT_31 = 256'h0,
    parameter [255:0] INIT_32 = 256'h0,
    parameter [255:0] INIT_33 = 256'h0,
    parameter [255:0] INIT_34 = 256'h0,
    parameter [255:0] INIT_35 = 256'h0,
    parameter [255:0] INIT_36 = 256'h0,
    parameter [255:0] INIT_37 = 256'h0,
    parameter [255:0] INIT_38 = 256'h0,
    parameter [255:0] INIT_39 = 256'h0,
    parameter [255:0] INIT_3A = 256'h0,
    parameter [255:0] INIT_3B = 256'h0,
    parameter [255:0] INIT_3C = 256'h0,
    parameter [255:0] INIT_3D = 256'h0,
    parameter [255:0] INIT_3E = 256'h0,
    parameter [255:0] INIT_3F = 256'h0,
    parameter [255:0] INITP_00 = 256'h0,
    parameter [255:0] INITP_01 = 256'h0,
    parameter [255:0] INITP_02 = 256'h0,
    parameter [255:0] INITP_03 = 256'h0,
    parameter [255:0] INITP_04 = 256'h0,
    parameter [255:0] INITP_05 = 256'h0,
    parameter [255:0] INITP_06 = 256'h0,
    parameter [255:0] INITP_07 = 256'h0
) (
    input wire CLKARDCLK, CLKBWRCLK, ENARDEN, ENBWREN, REGCEAREGCE, REGCEB,
    input wire RSTRAMARSTRAM, RSTRAMB, RSTREGARSTREG, RSTREGB,
    input wire [13:0] ADDRARDADDR, ADDRBWRADDR,
    input wire [15:0] DIADI, DIBDI,
    input wire [1:0] DIPADIP, DIPBDIP,
    input wire [1:0] WEA,
    input wire [3:0] WEBWE,
    output wire [15:0] DOADO, DOBDO,
    output wire [1:0] DOPADOP, DOPBDOP
);
  localparam SDP = RAM_MODE == "SDP";
  reg [16383:0] mem;
  reg [2047:0] parity;
  initial begin
    mem = {
      INIT_3F, INIT_3E, INIT_3D, INIT_3C,
      INIT_3B, INIT_3A, INIT_39, INIT_38,
      INIT_37, INIT_36, INIT_35, INIT_34,
      INIT_33, INIT_32, INIT_31, INIT_30,
      INIT_2F, INIT_2E, INIT_2D, INIT_2C,
      INIT_2B, INIT_2A, INIT_29, INIT_28,
      INIT_27, INIT_26, INIT_25, INIT_24,
      INIT_23, INIT_22, INIT_21, INIT_20,
      INIT_1F, INIT_1E, INIT_1D, INIT_1C,
      INIT_1B, INIT_1A, INIT_19, INIT_18,
      INIT_17, INIT_16, INIT_15, INIT_14,
      INIT_13, INIT_12, INIT_11, INIT_10,
      INIT_0F, INIT_0E, INIT_0D, INIT_0C,
      INIT_0B, INIT_0A, INIT_09, INIT_08,
      INIT_07, INIT_06, INIT_05, INIT_04,
      INIT_03, INIT_02, INIT_01, INIT_00
    };
    parity = {
      INITP_07, INITP_06, INITP_05, INITP_04,
      INITP_03, INITP_02, INITP_01, INITP_00
    };
    if (DOA_REG != 0 || DOB_REG != 0) begin
      $display("FATAL: RAMB18E1 with output registers has no model");
      $finish;
    end
    if (RAM_EXTENSION_A != "NONE" || RAM_EXTENSION_B != "NONE") begin
      $display("FATAL: RAMB18E1 in a cascade has no model");
      $finish;
    end
    if (SRVAL_A != 0 || SRVAL_B != 0) begin
      $display("FATAL: RAMB18E1 that is reset to another word than zero has no model");
      $finish;
    end
  end

  // Byte of the memory at which a word of WIDTH bits starts.
  function [14:0] byte_at(input [13:0] address, input integer width);
    byte_at = width <= 9 ? address[13:3]
        : width == 18 ? {address[13:4], 1'b0}
        : width == 36 ? {address[13:5], 2'b0}
        : {address[13:6], 3'b0};
  endfunction

  reg [31:0] data_a, data_b;
  reg [3:0] parity_a, parity_b;
  assign {DOBDO, DOADO} = SDP ? data_a : {data_b[15:0], data_a[15:0]};
  assign {DOPBDOP, DOPADOP} = SDP ? parity_a : {parity_b[1:0], parity_a[1:0]};
  wire [2:0] bit_a = READ_WIDTH_A < 9 ? ADDRARDADDR[2:0] : 3'd0;
  wire [2:0] bit_b = READ_WIDTH_B < 9 ? ADDRBWRADDR[2:0] : 3'd0;
  wire [31:0] di_b = SDP ? {DIBDI, DIADI} : {16'd0, DIBDI};
  wire [3:0] dip_b = SDP ? {DIPBDIP, DIPADIP} : {2'd0, DIPBDIP};
  integer i, j;

  wire rst_a = (RSTRAMARSTRAM ^ IS_RSTRAMARSTRAM_INVERTED[0]) === 1'b1;
  wire rst_b = (RSTRAMB ^ IS_RSTRAMB_INVERTED[0]) === 1'b1;

  always @(posedge CLKARDCLK) if (ENARDEN) begin
    data_a   <= rst_a ? 32'd0 : mem[8*byte_at(ADDRARDADDR, READ_WIDTH_A)+bit_a+:32];
    parity_a <= rst_a ? 4'd0 : parity[byte_at(ADDRARDADDR, READ_WIDTH_A)+:4];
    if (!SDP) begin
      if (WRITE_WIDTH_A < 9 && WRITE_WIDTH_A > 0 && WEA[0] === 1'b1)
        for (i = 0; i < WRITE_WIDTH_A; i = i + 1)
          mem[8*byte_at(ADDRARDADDR, WRITE_WIDTH_A)+ADDRARDADDR[2:0]+i] <= DIADI[i];
      if (WRITE_WIDTH_A >= 9)
        for (i = 0; i < WRITE_WIDTH_A / 9; i = i + 1) if (WEA[i] === 1'b1) begin
          mem[8*(byte_at(ADDRARDADDR, WRITE_WIDTH_A)+i)+:8] <= DIADI[8*i+:8];
          parity[byte_at(ADDRARDADDR, WRITE_WIDTH_A)+i] <= DIPADIP[i];
        end
    end
  end

  always @(posedge CLKBWRCLK) if (ENBWREN) begin
    if (!SDP) begin
      data_b   <= rst_b ? 32'd0 : mem[8*byte_at(ADDRBWRADDR, READ_WIDTH_B)+bit_b+:32];
      parity_b <= rst_b ? 4'd0 : parity[byte_at(ADDRBWRADDR, READ_WIDTH_B)+:4];
    end
    if (WRITE_WIDTH_B < 9 && WRITE_WIDTH_B > 0 && WEBWE[0] === 1'b1)
      for (j = 0; j < WRITE_WIDTH_B; j = j + 1)
        mem[8*byte_at(ADDRBWRADDR, WRITE_WIDTH_B)+ADDRBWRADDR[2:0]+j] <= di_b[j];
    if (WRITE_WIDTH_B >= 9)
      for (j = 0; j < WRITE_WIDTH_B / 9; j = j + 1) if (WEBWE[j] === 1'b1) begin
        mem[8*(byte_at(ADDRBWRADDR, WRITE_WIDTH_B)+j)+:8] <= di_b[8*j+:8];
        parity[byte_at(ADDRBWRADDR, WRITE_WIDTH_B)+j] <= dip_b[j];
      end
  end
endmodule

// RAMB36E1: two-port memory, 32768 data bits and 4096 parity bits, 1 to 36 bits a port,
// or (RAM_MODE "SDP") a read port A and a write port B of 72 bits.
module RAMB36E1 #(
    parameter DOA_REG = 0,
    parameter DOB_REG = 0,
    parameter RAM_MODE = "TDP",
    parameter RAM_EXTENSION_A = "NONE",
    parameter RAM_EXTENSION_B = "NONE",
    parameter READ_WIDTH_A = 0,
    parameter READ_WIDTH_B = 0,
    parameter WRITE_WIDTH_A = 0,
    parameter WRITE_WIDTH_B = 0,
    parameter WRITE_MODE_A = "WRITE_FIRST",
    parameter WRITE_MODE_B = "WRITE_FIRST",
    parameter RDADDR_COLLISION_HWCONFIG = "DELAYED_WRITE",
    parameter SIM_COLLISION_CHECK = "ALL",
    parameter SIM_DEVICE = "7SERIES",
    parameter RSTREG_PRIORITY_A = "RSTREG",
    parameter RSTREG_PRIORITY_B = "RSTREG",
    parameter EN_ECC_READ = "FALSE",
    parameter EN_ECC_WRITE = "FALSE",
    parameter IS_CLKARDCLK_INVERTED = 0,
    parameter IS_CLKBWRCLK_INVERTED = 0,
    parameter IS_ENARDEN_INVERTED = 0,
    parameter IS_ENBWREN_INVERTED = 0,
    parameter IS_RSTRAMARSTRAM_INVERTED = 0,
    parameter IS_RSTRAMB_INVERTED = 0,
    parameter IS_RSTREGARSTREG_INVERTED = 0,
    parameter IS_RSTREGB_INVERTED = 0,
    parameter [71:0] INIT_A = 0,
    parameter [71:0] INIT_B = 0,
    parameter [71:0] SRVAL_A = 0,
    parameter [71:0] SRVAL_B = 0,
    parameter [255:0] INIT_00 = 256'h0,
    parameter [255:0] INIT_01 = 256'h0,
    parameter [255:0] INIT_02 = 256'h0,
    parameter [255:0] INIT_03 = 256'h0,
    parameter [255:0] INIT_04 = 256'h0,
    parameter [255:0] INIT_05 = 256'h0,
    parameter [255:0] INIT_06 = 256'h0,
    parameter [255:0] INIT_07 = 256'h0,
    parameter [255:0] INIT_08 = 256'h0,
    parameter [255:0] INIT_09 = 256'h0,
    parameter [255:0] INIT_0A = 256'h0,
    parameter [255:0] INIT_0B = 256'h0,
    parameter [255:0] INIT_0C = 256'h0,
    parameter [255:0] INIT_0D = 256'h0,
    parameter [255:0] INIT_0E = 256'h0,
    parameter [255:0] INIT_0F = 256'h0,
    parameter [255:0] INIT_10 = 256'h0,
    parameter [255:0] INIT_11 = 256'h0,
    parameter [255:0] INIT_12 = 256'h0,
    parameter [255:0] INIT_13 = 256'h0,
    parameter [255:0] INIT_14 = 256'h0,
    parameter [255:0] INIT_15 = 256'h0,
    parameter [255:0] INIT_16 = 256'h0,
    parameter [255:0] INIT_17 = 256'h0,
    parameter [255:0] INIT_18 = 256'h0,
    parameter [255:0] INIT_19 = 256'h0,
    parameter [255:0] INIT_1A = 256'h0,
    parameter [255:0] INIT_1B = 256'h0,
    parameter [255:0] INIT_1C = 256'h0,
    parameter [255:0] INIT_1D = 256'h0,
    parameter [255:0] INIT_1E = 256'h0,
    parameter [255:0] INIT_1F = 256'h0,
    parameter [255:0] INIT_20 = 256'h0,
    parameter [255:0] INIT_21 = 256'h0,
    parameter [255:0] INIT_22 = 256'h0,
    parameter [255:0] INIT_23 = 256'h0,
    parameter [255:0] INIT_24 = 256'h0,
    parameter [255:0] INIT_25 = 256'h0,
    parameter [255:0] INIT_26 = 256'h0,
    parameter [255:0] INIT_27 = 256'h0,
    parameter [255:0] INIT_28 = 256'h0,
    parameter [255:0] INIT_29 = 256'h0,
    parameter [255:0] INIT_2A = 256'h0,
    parameter [255:0] INIT_2B = 256'h0,
    parameter [255:0] INIT_2C = 256'h0,
    parameter [255:0] INIT_2D = 256'h0,
    parameter [255:0] INIT_2E = 256'h0,
    parameter [255:0] INIT_2F = 256'h0,
    parameter [255:0] INIT_30 = 256'h0,
    parameter [255:0] INIT_31 = 256'h0,
    parameter [255:0] INIT_32 = 256'h0,
    parameter [255:0] INIT_33 = 256'h0,
    parameter [255:0] INIT_34 = 256'h0,
    parameter [255:0] INIT_35 = 256'h0,
    parameter [255:0] INIT_36 = 256'h0,
    parameter [255:0] INIT_37 = 256'h0,
    parameter [255:0] INIT_38 = 256'h0,
    parameter [255:0] INIT_39 = 256'h0,
    parameter [255:0] INIT_3A = 256'h0,
    parameter [255:0] INIT_3B = 256'h0,
    parameter [255:0] INIT_3C = 256'h0,
    parameter [255:0] INIT_3D = 256'h0,
    parameter [255:0] INIT_3E = 256'h0,
    parameter [255:0] INIT_3F = 256'h0,
    parameter [255:0] INIT_40 = 256'h0,
    parameter [255:0] INIT_41 = 256'h0,
    parameter [255:0] INIT_42 = 256'h0,
    parameter [255:0] INIT_43 = 256'h0,
    parameter [255:0] INIT_44 = 256'h0,
    parameter [255:0] INIT_45 = 256'h0,
    parameter [255:0] INIT_46 = 256'h0,
    parameter [255:0] INIT_47 = 256'h0,
    parameter [255:0] INIT_48 = 256'h0,
    parameter [255:0] INIT_49 = 256'h0,
    parameter [255:0] INIT_4A = 256'h0,
    parameter [255:0] INIT_4B = 256'h0,
    parameter [255:0] INIT_4C = 256'h0,
    parameter [255:0] INIT_4D = 256'h0,
    parameter [255:0] INIT_4E = 256'h0,
    parameter [255:0] INIT_4F = 256'h0,
    parameter [255:0] INIT_50 = 256'h0,
    parameter [255:0] INIT_51 = 256'h0,
    parameter [255:0] INIT_52 = 256'h0,
    parameter [255:0] INIT_53 = 256'h0,
    parameter [255:0] INIT_54 = 256'h0,
    parameter [255:0] INIT_55 = 256'h0,
    parameter [255:0] INIT_56 = 256'h0,
    parameter [255:0] INIT_57 = 256'h0,
    parameter [255:0] INIT_58 = 256'h0,
    parameter [255:0] INIT_59 = 256'h0,
    parameter [255:0] INIT_5A = 256'h0,
    parameter [255:0] INIT_5B = 256'h0,
    parameter [255:0] INIT_5C = 256'h0,
    parameter [255:0] INIT_5D = 256'h0,
    parameter [255:0] INIT_5E = 256'h0,
    parameter [255:0] INIT_5F = 256'h0,
    parameter [255:0] INIT_60 = 256'h0,
    parameter [255:0] INIT_61 = 256'h0,
    parameter [255:0] INIT_62 = 256'h0,
    parameter [255:0] INIT_63 = 256'h0,
    parameter [255:0] INIT_64 = 256'h0,
    parameter [255:0] INIT_65 = 256'h0,
    parameter [255:0] INIT_66 = 256'h0,
    parameter [255:0] INIT_67 = 256'h0,
    parameter [255:0] INIT_68 = 256'h0,
    parameter [255:0] INIT_69 = 256'h0,
    parameter [255:0] INIT_6A = 256'h0,
    parameter [255:0] INIT_6B = 256'h0,
    parameter [255:0] INIT_6C = 256'h0,
    parameter [255:0] INIT_6D = 256'h0,
    parameter [255:0] INIT_6E = 256'h0,
    parameter [255:0] INIT_6F = 256'h0,
    parameter [255:0] INIT_70 = 256'h0,
    parameter [255:0] INIT_71 = 256'h0,
    parameter [255:0] INIT_72 = 256'h0,
    parameter [255:0] INIT_73 = 256'h0,
    parameter [255:0] INIT_74 = 256'h0,
    parameter [255:0] INIT_75 = 256'h0,
    parameter [255:0] INIT_76 = 256'h0,
    parameter [255:0] INIT_77 = 256'h0,
    parameter [255:0] INIT_78 = 256'h0,
    parameter [255:0] INIT_79 = 256'h0,
    parameter [255:0] INIT_7A = 256'h0,
    parameter [255:0] INIT_7B = 256'h0,
    parameter [255:0] INIT_7C = 256'h0,
    parameter [255:0] INIT_7D = 256'h0,
    parameter [255:0] INIT_7E = 256'h0,
    parameter [255:0] INIT_7F = 256'h0,
    parameter [255:0] INITP_00 = 256'h0,
    parameter [255:0] INITP_01 = 256'h0,
    parameter [255:0] INITP_02 = 256'h0,
    parameter [255:0] INITP_03 = 256'h0,
    parameter [255:0] INITP_04 = 256'h0,
    parameter [255:0] INITP_05 = 256'h0,
    parameter [255:0] INITP_06 = 256'h0,
    parameter [255:0] INITP_07 = 256'h0,
    parameter [255:0] INITP_08 = 256'h0,
    parameter [255:0] INITP_09 = 256'h0,
    parameter [255:0] INITP_0A = 256'h0,
    parameter [255:0] INITP_0B = 256'h0,
    parameter [255:0] INITP_0C = 256'h0,
    parameter [255:0] INITP_0D = 256'h0,
    parameter [255:0] INITP_0E = 256'h0,
    parameter [255:0] INITP_0F = 256'h0
) (
    input wire CLKARDCLK, CLKBWRCLK, ENARDEN, ENBWREN, REGCEAREGCE, REGCEB,
    input wire RSTRAMARSTRAM, RSTRAMB, RSTREGARSTREG, RSTREGB,
    input wire [15:0] ADDRARDADDR, ADDRBWRADDR,
    input wire [31:0] DIADI, DIBDI,
    input wire [3:0] DIPADIP, DIPBDIP,
    input wire [3:0] WEA,
    input wire [7:0] WEBWE,
    input wire CASCADEINA, CASCADEINB, INJECTDBITERR, INJECTSBITERR,
    output wire CASCADEOUTA, CASCADEOUTB, DBITERR, SBITERR,
    output wire [7:0] ECCPARITY,
    output wire [8:0] RDADDRECC,
    output wire [31:0] DOADO, DOBDO,
    output wire [3:0] DOPADOP, DOPBDOP
);
  localparam SDP = RAM_MODE == "SDP";
  reg [32767:0] mem;
  reg [4095:0] parity;
  initial begin
    mem = {
      INIT_7F, INIT_7E, INIT_7D, INIT_7C,
      INIT_7B, INIT_7A, INIT_79, INIT_78,
      INIT_77, INIT_76, INIT_75, INIT_74,
      INIT_73, INIT_72, INIT_71, INIT_70,
      INIT_6F, INIT_6E, INIT_6D, INIT_6C,
      INIT_6B, INIT_6A, INIT_69, INIT_68,
      INIT_67, INIT_66, INIT_65, INIT_64,
      INIT_63, INIT_62, INIT_61, INIT_60,
      INIT_5F, INIT_5E, INIT_5D, INIT_5C,
      INIT_5B, INIT_5A, INIT_59, INIT_58,
      INIT_57, INIT_56, INIT_55, INIT_54,
      INIT_53, INIT_52, INIT_51, INIT_50,
      INIT_4F, INIT_4E, INIT_4D, INIT_4C,
      INIT_4B, INIT_4A, INIT_49, INIT_48,
      INIT_47, INIT_46, INIT_45, INIT_44,
      INIT_43, INIT_42, INIT_41, INIT_40,
      INIT_3F, INIT_3E, INIT_3D, INIT_3C,
      INIT_3B, INIT_3A, INIT_39, INIT_38,
      INIT_37, INIT_36, INIT_35, INIT_34,
      INIT_33, INIT_32, INIT_31, INIT_30,
      INIT_2F, INIT_2E, INIT_2D, INIT_2C,
      INIT_2B, INIT_2A, INIT_29, INIT_28,
      INIT_27, INIT_26, INIT_25, INIT_24,
      INIT_23, INIT_22, INIT_21, INIT_20,
      INIT_1F, INIT_1E, INIT_1D, INIT_1C,
      INIT_1B, INIT_1A, INIT_19, INIT_18,
      INIT_17, INIT_16, INIT_15, INIT_14,
      INIT_13, INIT_12, INIT_11, INIT_10,
      INIT_0F, INIT_0E, INIT_0D, INIT_0C,
      INIT_0B, INIT_0A, INIT_09, INIT_08,
      INIT_07, INIT_06, INIT_05, INIT_04,
      INIT_03, INIT_02, INIT_01, INIT_00
    };
    parity = {
      INITP_0F, INITP_0E, INITP_0D, INITP_0C,
      INITP_0B, INITP_0A, INITP_09, INITP_08,
      INITP_07, INITP_06, INITP_05, INITP_04,
      INITP_03, INITP_02, INITP_01, INITP_00
    };
    if (DOA_REG != 0 || DOB_REG != 0) begin
      $display("FATAL: RAMB36E1 with output registers has no model");
      $finish;
    end
    if (RAM_EXTENSION_A != "NONE" || RAM_EXTENSION_B != "NONE") begin
      $display("FATAL: RAMB36E1 in a cascade has no model");
      $finish;
    end
    if (SRVAL_A != 0 || SRVAL_B != 0) begin
      $display("FATAL: RAMB36E1 that is reset to another word than zero has no model");
      $finish;
    end
  end

  // Byte of the memory at which a word of WIDTH bits starts.
  function [16:0] byte_at(input [15:0] address, input integer width);
    byte_at = width <= 9 ? address[14:3]
        : width == 18 ? {address[14:4], 1'b0}
        : width == 36 ? {address[14:5], 2'b0}
        : {address[14:6], 3'b0};
  endfunction

  reg [63:0] data_a, data_b;
  reg [7:0] parity_a, parity_b;
  assign {DOBDO, DOADO} = SDP ? data_a : {data_b[31:0], data_a[31:0]};
  assign {DOPBDOP, DOPADOP} = SDP ? parity_a : {parity_b[3:0], parity_a[3:0]};
  wire [2:0] bit_a = READ_WIDTH_A < 9 ? ADDRARDADDR[2:0] : 3'd0;
  wire [2:0] bit_b = READ_WIDTH_B < 9 ? ADDRBWRADDR[2:0] : 3'd0;
  wire [63:0] di_b = SDP ? {DIBDI, DIADI} : {32'd0, DIBDI};
  wire [7:0] dip_b = SDP ? {DIPBDIP, DIPADIP} : {4'd0, DIPBDIP};
  integer i, j;

  wire rst_a = (RSTRAMARSTRAM ^ IS_RSTRAMARSTRAM_INVERTED[0]) === 1'b1;
  wire rst_b = (RSTRAMB ^ IS_RSTRAMB_INVERTED[0]) === 1'b1;

  always @(posedge CLKARDCLK) if (ENARDEN) begin
    data_a   <= rst_a ? 64'd0 : mem[8*byte_at(ADDRARDADDR, READ_WIDTH_A)+bit_a+:64];
    parity_a <= rst_a ? 8'd0 : parity[byte_at(ADDRARDADDR, READ_WIDTH_A)+:8];
    if (!SDP) begin
      if (WRITE_WIDTH_A < 9 && WRITE_WIDTH_A > 0 && WEA[0] === 1'b1)
        for (i = 0; i < WRITE_WIDTH_A; i = i + 1)
          mem[8*byte_at(ADDRARDADDR, WRITE_WIDTH_A)+ADDRARDADDR[2:0]+i] <= DIADI[i];
      if (WRITE_WIDTH_A >= 9)
        for (i = 0; i < WRITE_WIDTH_A / 9; i = i + 1) if (WEA[i] === 1'b1) begin
          mem[8*(byte_at(ADDRARDADDR, WRITE_WIDTH_A)+i)+:8] <= DIADI[8*i+:8];
          parity[byte_at(ADDRARDADDR, WRITE_WIDTH_A)+i] <= DIPADIP[i];
        end
    end
  end

  always @(posedge CLKBWRCLK) if (ENBWREN) begin
    if (!SDP) begin
      data_b   <= rst_b ? 64'd0 : mem[8*byte_at(ADDRBWRADDR, READ_WIDTH_B)+bit_b+:64];
      parity_b <= rst_b ? 8'd0 : parity[byte_at(ADDRBWRADDR, READ_WIDTH_B)+:8];
    end
    if (WRITE_WIDTH_B < 9 && WRITE_WIDTH_B > 0 && WEBWE[0] === 1'b1)
      for (j = 0; j < WRITE_WIDTH_B; j = j + 1)
        mem[8*byte_at(ADDRBWRADDR, WRITE_WIDTH_B)+ADDRBWRADDR[2:0]+j] <= di_b[j];
    if (WRITE_WIDTH_B >= 9)
      for (j = 0; j < WRITE_WIDTH_B / 9; j = j + 1) if (WEBWE[j] === 1'b1) begin
        mem[8*(byte_at(ADDRBWRADDR, WRITE_WIDTH_B)+j)+:8] <= di_b[8*j+:8];
        parity[byte_at(ADDRBWRADDR, WRITE_WIDTH_B)+j] <= dip_b[j];
      end
  end
endmodule
