import { describe, expect, it } from 'vitest';
import { createEmulator } from '../../src/network/emulate/emulator.js';
import { fullRange, symmetricRange, type Range } from '../../src/base/fixed/range.js';
import type { IntegerNetwork, Node } from '../../src/network/types.js';

const format = (width: number) => ({ width, scale: [1] });
const wide: { format: Node['format']; range: Range } = {
  format: format(16),
  range: fullRange(16),
};

/**
 * u -> b = (3, -2) u -> bu = half_up(b / 2) -> x <- toward_zero((3 + j) x / 4) + bu
 *   -> c = 2 re + im -> d = 2 c + 5 u -> y = half_even((3 d + 4) / 8), state and y in +-15.
 */
const network: IntegerNetwork = {
  name: 'by-hand',
  output: 'y',
  nodes: [
    {
      ...{ op: 'input', id: 'u', role: 'input', length: 1, format: format(4) },
      ...{ unsigned: false, range: fullRange(4) },
    },
    {
      ...{ op: 'matvec', id: 'b', role: 'b', source: 'u', length: 2, cols: 1, ...wide },
      ...{ weights: Int32Array.of(3, -2), weightWidth: 3 },
    },
    {
      ...{ op: 'requantize', id: 'bu', role: 'bu', source: 'b', length: 2, format: format(5) },
      ...{ range: symmetricRange(5), multiplier: [1], offset: [0], shift: 1, rounding: 'half_up' },
    },
    {
      ...{
        op: 'recurrence',
        id: 'x',
        role: 'recurrence',
        source: 'bu',
        length: 2,
        rounding: 'toward_zero',
      },
      ...{ format: format(5), range: symmetricRange(5) },
      lambda: {
        ...{ form: 'direct', width: 3, frac: 2 },
        ...{ re: Int32Array.of(3), im: Int32Array.of(1) },
      },
    },
    {
      ...{ op: 'matvec', id: 'c', role: 'c', source: 'x', length: 1, cols: 2, ...wide },
      ...{ weights: Int32Array.of(2, 1), weightWidth: 3 },
    },
    {
      ...{ op: 'feedthrough', id: 'd', role: 'd', source: 'c', input: 'u', length: 1, ...wide },
      ...{ weights: Int32Array.of(5), weightWidth: 4, sumShift: 1, productShift: 0 },
    },
    {
      ...{ op: 'requantize', id: 'y', role: 'y', source: 'd', length: 1, format: format(5) },
      ...{ range: symmetricRange(5), multiplier: [3], offset: [4], shift: 3 },
      rounding: 'half_even',
    },
  ],
};

/** Results of each step, computed by hand. */
const STEPS = [
  // b = (21, -14), bu = (10.5 up, -7); 3 * 65 + 4 = 199, / 8 = 24.9, clipped.
  { u: 7, first: true, bu: [11, -7], x: [11, -7], c: [15], d: [65], y: [15] },
  // (3+j)(11-7j) = 40 - 10j, / 4 = 10 - 2.5j, towards zero 10 - 2j; 3 * -36 + 4 = -104.
  { u: -8, first: false, bu: [-12, 8], x: [-2, 6], c: [2], d: [-36], y: [-13] },
  // (3+j)(-2+6j) = -12 + 16j, / 4 = -3 + 4j; 187 / 8 = 23.4, clipped.
  { u: 7, first: false, bu: [11, -7], x: [8, -3], c: [13], d: [61], y: [15] },
  // (3+j)(8-3j) = 27 - j, / 4 = 6.75 - 0.25j, towards zero 6; 6 + 11 = 17, clipped to 15.
  { u: 7, first: false, bu: [11, -7], x: [15, -7], c: [23], d: [81], y: [15] },
  // A new sequence forgets (15, -7). bu = (1.5 up, -1); 37 / 8 = 4.6.
  { u: 1, first: true, bu: [2, -1], x: [2, -1], c: [3], d: [11], y: [5] },
  // 4 / 8 is a tie: to the even 0.
  { u: 0, first: true, bu: [0, 0], x: [0, 0], c: [0], d: [0], y: [0] },
];

/** The input vectors of steps, a list for each sequence. */
function sequences(steps: readonly { readonly u: number; readonly first: boolean }[]) {
  const all: number[][][] = [];
  for (const { u, first } of steps) {
    if (first) all.push([]);
    all.at(-1)?.push([u]);
  }
  return all;
}

describe('createEmulator', () => {
  it('gives the vectors that were computed by hand', () => {
    for (const [i, { bu, x, c, d, y }] of STEPS.entries()) {
      const wanted = { bu, x, c, d, y };
      const emulator = createEmulator(network);
      // Everything up to this step, so that its vectors are the last.
      const runs = sequences(STEPS.slice(0, i + 1)).map((steps) => emulator.run(steps));
      expect([...(runs.at(-1)?.at(-1) ?? [])]).toEqual(wanted.y);
      const found = Object.fromEntries(
        Object.keys(wanted).map((id) => [id, [...emulator.vector(id)]]),
      );
      expect(found).toEqual(wanted);
    }
  });

  it('counts clipped words by node, over all steps', () => {
    const emulator = createEmulator(network);
    expect(Object.fromEntries(emulator.clipped)).toEqual({ bu: 0, x: 0, y: 0 });
    for (const steps of sequences(STEPS)) emulator.run(steps);
    expect(Object.fromEntries(emulator.clipped)).toEqual({ bu: 0, x: 1, y: 3 });
  });

  it('starts every sequence from x = 0', () => {
    const used = createEmulator(network);
    used.run(STEPS.map(({ u }) => [u]));
    const sequence = [[3], [-5], [7], [0], [0]];
    expect(used.run(sequence)).toEqual(createEmulator(network).run(sequence));
  });

  it('has factors per element where a node has them', () => {
    const [u, , bu] = network.nodes;
    if (u?.op !== 'input' || bu?.op !== 'requantize') throw new Error('other nodes now');
    const emulator = createEmulator({
      name: 'per-element',
      output: 'bu',
      nodes: [
        { ...u, length: 3 },
        { ...bu, source: 'u', length: 3, multiplier: [2, -4, 1], offset: [0, 0, 3] },
      ],
    });
    // half_up of 10 / 2, -20 / 2 and 8 / 2
    expect(emulator.run([[5, 5, 5]])).toEqual([Float64Array.of(5, -10, 4)]);
  });

  it('throws for a vector before the first step', () => {
    expect(() => createEmulator(network).vector('c')).toThrow('no vector c yet');
  });
});
