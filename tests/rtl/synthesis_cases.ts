import type { Tree } from '@yowasp/yosys';
import type { Block, Multiplier } from '../../src/hardware/blocks/block.js';
import { signalPort, signalsOf } from '../../src/hardware/blocks/bundles.js';
import { matvecBlock } from '../../src/hardware/blocks/matvec.js';
import { feedthroughChainBlock } from '../../src/hardware/blocks/feedthrough_chain.js';
import { recurrenceBlock } from '../../src/hardware/blocks/recurrence.js';
import { requantizeChainBlock } from '../../src/hardware/blocks/requantize_chain.js';
import { createRandom, randomWords } from './random.js';

const random = createRandom(5);
const words = (count: number, width: number) => Int32Array.from(randomWords(random, count, width));

function matvecCase(side: number, pe: number, xWidth: number): Block {
  return matvecBlock({
    ...{ id: `matvec_${side}_${xWidth}`, name: 'B', rows: side, cols: side },
    ...{ pe, simd: pe, outLanes: 1, xWidth, weightWidth: 8, accWidth: xWidth + 8 + 6 },
    weights: words(side * side, 8),
  });
}

function recurrenceCase(multipliers: 3 | 4, delta: boolean, stateWidth: number): Block {
  const states = 16;
  const shifts = () => Int32Array.from({ length: delta ? states : 0 }, () => random(3));
  const bound = 2 ** (stateWidth + 9);
  return recurrenceBlock({
    id: `recurrence_${multipliers}_${delta ? 'delta' : 'direct'}_${stateWidth}`,
    ...{ states, lanes: 1, multipliers, stateWidth, buWidth: 12, rounding: 'toward_zero' },
    coefficients: {
      ...{ delta, frac: 8, re: words(states, 8), im: words(states, 8) },
      ...{ reShift: shifts(), imShift: shifts() },
    },
    accRange: { lo: -bound, hi: bound },
  });
}

function requantizeCase(inWidth: number, cut: number): Block {
  const bound = 2 ** (inWidth - 1);
  return requantizeChainBlock({
    ...{ id: `requantize_${inWidth}`, channels: 8, lanes: 2, inWidth, outWidth: 8, cut },
    ...{ inRange: { lo: -bound, hi: bound - 1 }, shift: 20, rounding: 'half_even' },
    multiplier: [...words(8, 16)],
    offset: [...words(8, 20)],
  });
}

/** Its weights fill a ROM of 1024 words. */
export const deepRom = matvecCase(64, 2, 8);

/** Operands of 8 and of 15 or 16 bits: each product fits one DSP of every family. */
export const synthesisCases: readonly Block[] = [
  deepRom,
  matvecCase(8, 2, 16),
  ...([3, 4] as const).flatMap((multipliers) =>
    [false, true].flatMap((delta) =>
      // Three products add two states first, which takes a bit.
      [8, multipliers === 3 ? 15 : 16].map((width) => recurrenceCase(multipliers, delta, width)),
    ),
  ),
  requantizeCase(16, 0),
  requantizeCase(22, 15),
  feedthroughChainBlock({
    ...{ id: 'feedthrough', channels: 8, lanes: 2, inWidth: 19, uWidth: 8, weightWidth: 8 },
    ...{ weights: words(8, 8), sumShift: 0, productShift: 2, outWidth: 20 },
  }),
];

/** Name of the module that holds a block and nothing else. */
export function wrapperName(block: Block): string {
  return `only_${block.id}`;
}

/** Multipliers of a case, inside and outside. */
export function multipliersOf({ operands, multipliers }: Block): number {
  return multipliers.reduce((sum, { count }) => sum + count, operands?.count ?? 0);
}

/** A design of all cases, each with its multipliers in a wrapper whose ports are the block's. */
export function synthesisDesign(blocks: readonly Block[]): string {
  const wrappers = blocks.map((block) => {
    const wiresOf = (multiply: boolean) =>
      block.ports
        .filter(({ type }) => (type === 'multiply') === multiply)
        .flatMap((port) =>
          signalsOf(port).map((signal) => ({
            name: signalPort(port, signal),
            width: signal.width,
          })),
        );
    const all = [{ name: 'clk_i', width: 1 }, { name: 'rst_i', width: 1 }, ...wiresOf(false)];
    const inner = wiresOf(true);
    const ports = all.map(
      ({ name, width }) =>
        `${name.endsWith('_i') ? 'input' : 'output'} wire [${width - 1}:0] ${name}`,
    );
    const parameters = block.parameters.map(
      ({ name, value }) => `.${name}(${typeof value === 'string' ? `"${value}"` : value})`,
    );
    const module = [
      '(* keep_hierarchy *)',
      `module ${wrapperName(block)} (${ports.join(', ')});`,
      ...inner.map(({ name, width }) => `  wire [${width - 1}:0] ${name};`),
      `  ${block.module} #(${parameters.join(', ')}) u (`,
      [...all, ...inner].map(({ name }) => `    .${name}(${name})`).join(',\n'),
      '  );',
      ...(block.operands === undefined ? [] : arrayOf(block.operands)),
      'endmodule',
    ].join('\n');
    return { module, name: wrapperName(block), ports: all };
  });
  const instances = wrappers.map(({ name, ports }) => {
    const list = ports.map((port) => `.${port.name}(${topWire(name, port.name)})`);
    return `  ${name} u_${name} (${list.join(', ')});`;
  });
  const topPorts = wrappers.flatMap(({ name, ports }) =>
    ports
      .filter((port) => topWire(name, port.name) !== port.name)
      .map((port) => {
        const direction = port.name.endsWith('_i') ? 'input' : 'output';
        return `${direction} wire [${port.width - 1}:0] ${topWire(name, port.name)}`;
      }),
  );
  return [
    ...wrappers.map(({ module }) => module),
    `module top (input wire clk_i, input wire rst_i, ${topPorts.join(', ')});`,
    ...instances,
    'endmodule',
    '',
  ].join('\n');
}

function arrayOf({ count, aBits, bBits }: Multiplier): string[] {
  return [
    `  qs5_multiply_array #(.COUNT(${count}), .A_W(${aBits}), .B_W(${bBits})) u_mul (`,
    '    .clk_i(clk_i), .rst_i(rst_i),',
    '    .mul_valid_i(mul_valid_o), .mul_a_i(mul_a_o), .mul_b_i(mul_b_o), .mul_p_o(mul_p_i)',
    '  );',
  ];
}

function topWire(wrapper: string, port: string): string {
  return port === 'clk_i' || port === 'rst_i' ? port : `${wrapper}_${port}`;
}

/** The ROM images as Yosys finds them: their folders are trees. */
export function romTree(blocks: readonly Block[]): Tree {
  const tree: Tree = {};
  for (const { file, words: contents } of blocks.flatMap(({ roms }) => roms)) {
    const folders = file.split('/');
    const name = folders.pop() ?? file;
    let at = tree;
    for (const folder of folders) {
      const inner = at[folder];
      const next = typeof inner === 'object' && !(inner instanceof Uint8Array) ? inner : {};
      at[folder] = next;
      at = next;
    }
    at[name] = contents.map((word) => `${word.toString(16)}\n`).join('');
  }
  return tree;
}
