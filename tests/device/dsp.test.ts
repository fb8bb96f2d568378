import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { loadDevice } from '../../src/hardware/device/device.js';
import { dspsOfProduct } from '../../src/hardware/device/dsp.js';
import { FAMILY_NAMES } from '../../src/hardware/device/families/index.js';
import { cellsOfType } from '../../src/prove/synth/cells.js';
import { yosysRun } from '../rtl/yosys.js';
import { FAMILY_PROBES, textOf } from './yosys_families.js';

/** Operand widths about every limit of the families. */
const SIDES = [2, 4, 8, 9, 11, 16, 18, 19, 25, 27, 28, 34];
const WIDTHS = SIDES.flatMap((a) => SIDES.map((b) => [a, b] as const));

interface Stat {
  readonly modules: Readonly<
    Record<string, { readonly num_cells_by_type?: Readonly<Record<string, number>> }>
  >;
}

describe('dspsOfProduct', () => {
  it.each(FAMILY_PROBES)(
    'counts what Yosys maps on $device',
    async ({ family, device, multipliers, dsp: cell }) => {
      const { dsp } = loadDevice(device);
      const multiply = await readFile('rtl/arithmetic/qs5_multiply.v', 'utf8');
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
      const top = `module top(input c, input [63:0] x, input [63:0] y, ${ports.join(', ')});\n${instances.join('\n')}\nendmodule\n`;
      const { ok, log, files } = await yosysRun(
        `read_verilog -sv m.v; ${multipliers} -top top; tee -q -o stat.json stat -json`,
        { 'm.v': [...products, top].join('\n') },
      );
      expect(ok, log.slice(-500)).toBe(true);
      const { modules } = JSON.parse(textOf(files['stat.json'])) as Stat;
      const found = names.map((name) => {
        const cells = Object.entries(modules[`\\${name}`]?.num_cells_by_type ?? {});
        const count = cells
          .filter(([type]) => cell.test(type))
          .reduce((sum, [type, n]) => sum + n * cellsOfType(family, type).dsp, 0);
        return [name, count];
      });
      expect(found).toEqual(
        WIDTHS.map(([a, b]) => [`product_${a}x${b}`, dspsOfProduct(dsp, a, b)]),
      );
    },
  );

  it('is checked for every family', () => {
    expect(FAMILY_PROBES.map(({ family }) => family)).toEqual(FAMILY_NAMES);
  });

  it('counts none on a device without DSPs, and where synthesis uses none', () => {
    expect(dspsOfProduct(loadDevice('ice40hx8k').dsp, 16, 16)).toBe(0);
    expect(dspsOfProduct(loadDevice('gw2a-18').dsp, 16, 16)).toBe(0);
  });

  it('counts a multiplier of 27 bits of Cyclone V as two of 18', () => {
    expect(dspsOfProduct(loadDevice('5ceba4').dsp, 18, 18)).toBe(1);
    expect(dspsOfProduct(loadDevice('5ceba4').dsp, 19, 8)).toBe(2);
    // Yosys looks at the operands in their order, and cuts this one.
    expect(dspsOfProduct(loadDevice('5ceba4').dsp, 8, 19)).toBe(1);
  });
});
