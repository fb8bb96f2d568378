import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { loadDevice } from '../../src/device/device.js';
import { dspsOfProduct } from '../../src/device/dsp.js';
import { yosysRun } from '../rtl/yosys.js';

/** Operand widths about every limit of the three families. */
const WIDTHS = [
  [2, 8],
  [2, 9],
  [3, 8],
  [4, 8],
  [8, 8],
  [8, 16],
  [16, 16],
  [17, 16],
  [18, 16],
  [18, 18],
  [19, 15],
  [20, 15],
  [25, 18],
  [26, 16],
  [27, 18],
  [30, 17],
  [34, 16],
  [24, 24],
] as const;

/** As far as the mapping of DSPs; what comes after does not change their number. */
const FAMILIES = [
  { device: 'ice40up5k', script: 'synth_ice40 -dsp -run begin:map_ram', cell: 'SB_MAC16' },
  { device: 'ecp5-25f', script: 'synth_ecp5 -run begin:map_ram', cell: 'MULT18X18D' },
  { device: 'xc7a35t', script: 'synth_xilinx -family xc7 -run begin:coarse', cell: 'DSP48E1' },
] as const;

describe('dspsOfProduct', () => {
  it.each(FAMILIES)('counts what Yosys maps on $device', async ({ device, script, cell }) => {
    const { dsp } = loadDevice(device);
    const multiply = await readFile('rtl/qs5_multiply.v', 'utf8');
    // A module per product, which keeps its hierarchy, and a top that holds them all.
    const names = WIDTHS.map(([a, b]) => `product_${a}x${b}`);
    const products = WIDTHS.map(([a, b], i) =>
      multiply
        .replace('module qs5_multiply', `module ${names[i] ?? ''}`)
        .replace('A_W = 8', `A_W = ${a}`)
        .replace('B_W = 8', `B_W = ${b}`),
    );
    const ports = WIDTHS.map(([a, b], i) => `output [${a + b - 1}:0] p${i}`);
    const instances = WIDTHS.map(
      ([a, b], i) =>
        `  ${names[i] ?? ''} u${i} (.clk_i(c), .a_i(x[${a - 1}:0]), .b_i(y[${b - 1}:0]), .p_o(p${i}));`,
    );
    const top = `module top(input c, input [39:0] x, input [39:0] y, ${ports.join(', ')});\n${instances.join('\n')}\nendmodule\n`;
    const { ok, log } = await yosysRun(`read_verilog -sv m.v; ${script} -top top; stat`, {
      'm.v': [...products, top].join('\n'),
    });
    expect(ok, log.slice(-500)).toBe(true);
    const found = names.map((name) => {
      const section = log.slice(log.lastIndexOf(`=== ${name} ===`));
      const stat = section.slice(0, section.indexOf('\n=== '));
      return [name, Number(new RegExp(`^ +${cell} +(\\d+)`, 'm').exec(stat)?.[1] ?? 0)];
    });
    expect(found).toEqual(WIDTHS.map(([a, b]) => [`product_${a}x${b}`, dspsOfProduct(dsp, a, b)]));
  });

  it('counts none on a device without DSPs', () => {
    expect(dspsOfProduct(loadDevice('ice40hx8k').dsp, 16, 16)).toBe(0);
  });
});
