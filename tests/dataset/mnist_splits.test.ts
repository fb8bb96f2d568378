import { createHash } from 'node:crypto';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { at } from '../../src/base/at.js';
import { mnistSplits, type MnistFiles } from '../../src/float/dataset/mnist.js';
import { stratifiedSplit } from '../../src/float/dataset/stratified_split.js';
import { syntheticDataset } from '../../src/float/dataset/synthetic.js';
import { bitReversal, reordered, subset } from '../../src/float/dataset/views.js';
import { caught } from '../checkpoint/caught.js';
import { digitFiles } from './idx_files.js';

const train = digitFiles(200, 0);
const test = digitFiles(20, 7);
const FILES: MnistFiles = {
  trainImages: { path: 'train-images', bytes: train.images },
  trainLabels: { path: 'train-labels', bytes: train.labels },
  testImages: { path: 'test-images', bytes: test.images },
  testLabels: { path: 'test-labels', bytes: test.labels },
};
const PORTS = { inputs: 1, outputs: 10, everyStep: false };

/** Order of bit reversal by its definition, bit by bit. */
function reversedBits(count: number): number[] {
  const bits = Math.ceil(Math.log2(count));
  return Array.from({ length: 2 ** bits }, (_, i) => {
    let reversed = 0;
    for (let bit = 0; bit < bits; bit++) {
      reversed += (Math.floor(i / 2 ** bit) % 2) * 2 ** (bits - 1 - bit);
    }
    return reversed;
  }).filter((n) => n < count);
}

describe('the permutation by bit reversal', () => {
  it('is that of a known table', () => {
    expect(bitReversal(8)).toEqual([0, 4, 2, 6, 1, 5, 3, 7]);
    expect(bitReversal(6)).toEqual([0, 4, 2, 1, 5, 3]);
    expect(bitReversal(784).slice(0, 6)).toEqual([0, 512, 256, 768, 128, 640]);
  });

  it('holds every index once, in the order of reversed bits', () => {
    for (const count of [1, 2, 3, 16, 100, 784, 1024, 1025]) {
      const order = bitReversal(count);
      expect(order).toEqual(reversedBits(count));
      expect(order.toSorted((a, b) => a - b)).toEqual([...Array(count).keys()]);
    }
  });
});

describe('views of a dataset', () => {
  const dataset = {
    count: 4,
    length: 3,
    inputs: 2,
    sequence: (i: number) => Float64Array.from({ length: 6 }, (_, k) => 10 * i + k),
    label: (i: number) => i,
    target: (i: number) => Float64Array.of(i),
  };

  it('move whole steps', () => {
    const moved = reordered(dataset, [2, 0, 1]);
    expect(moved.sequence(1)).toEqual(Float64Array.of(14, 15, 10, 11, 12, 13));
    expect([moved.label(1), moved.target?.(1)]).toEqual([1, Float64Array.of(1)]);
    expect(() => reordered(dataset, [0, 1])).toThrow('an order of 2 for 3 steps');
  });

  it('show the sequences of their indices', () => {
    const part = subset(dataset, [3, 1]);
    expect(part.count).toBe(2);
    expect([0, 1].map((i) => [part.label(i), part.sequence(i)[0], part.target?.(i)[0]])).toEqual([
      [3, 30, 3],
      [1, 10, 1],
    ]);
    expect(() => part.sequence(2)).toThrow('sequence 2 of 2');
    expect(() => part.label(-1)).toThrow(RangeError);
    const untargeted = syntheticDataset({ seed: 1, count: 2, length: 3, inputs: 1 });
    expect(subset(untargeted, [1])).not.toHaveProperty('target');
  });
});

describe('a stratified split', () => {
  const labelled = fc.record({
    labels: fc.uint8Array({ min: 0, max: 5, minLength: 1, maxLength: 200 }),
    share: fc.double({ min: 0, max: 1, noNaN: true }),
    seed: fc.integer(),
  });
  const countOf = (labels: Uint8Array, indices: readonly number[], label: number) =>
    indices.filter((i) => labels[i] === label).length;

  it('is disjoint and complete, keeps the order, and gives each class its share', () => {
    fc.assert(
      fc.property(labelled, ({ labels, share, seed }) => {
        const wanted = Math.round(share * labels.length);
        const { rest, part } = stratifiedSplit(labels, wanted, seed);
        expect(part).toHaveLength(wanted);
        expect([...rest, ...part].sort((a, b) => a - b)).toEqual([...labels.keys()]);
        for (const indices of [rest, part]) {
          expect(indices).toEqual(indices.toSorted((a, b) => a - b));
        }
        for (const label of new Set(labels)) {
          const all = countOf(labels, [...labels.keys()], label);
          const exact = (all * wanted) / labels.length;
          expect(Math.abs(countOf(labels, part, label) - exact)).toBeLessThan(1);
        }
        expect(stratifiedSplit(labels, wanted, seed)).toEqual({ rest, part });
      }),
    );
  });

  it('takes other elements for another seed, all equally often', () => {
    const labels = Uint8Array.from({ length: 40 }, (_, i) => i % 2);
    const taken = new Uint32Array(40);
    for (let seed = 0; seed < 2000; seed++) {
      for (const i of stratifiedSplit(labels, 10, seed).part) taken[i] = (taken[i] ?? 0) + 1;
    }
    // 500 each; 6 standard deviations of 19.
    for (const count of taken) expect(Math.abs(count - 500)).toBeLessThan(120);
  });

  it.each([-1, 4, 0.5])('has no part of %s of 3', (wanted) => {
    expect(() => stratifiedSplit(new Uint8Array(3), wanted, 1)).toThrow(RangeError);
  });
});

describe('the splits of MNIST', () => {
  const splits = mnistSplits(FILES, { permuted: false }, PORTS);

  it('hold a tenth of each class for validation, and the official test digits', () => {
    const classes = Object.values(splits).map((dataset: (typeof splits)['train']) => {
      const counts = new Uint32Array(10);
      for (let i = 0; i < dataset.count; i++) {
        const label = dataset.label(i) ?? NaN;
        counts[label] = (counts[label] ?? NaN) + 1;
      }
      return [...counts];
    });
    expect(classes).toEqual([18, 2, 2].map((count) => Array<number>(10).fill(count)));
    expect(splits.test.sequence(3)).toEqual(
      Float64Array.from({ length: 16 }, (_, k) => (7 + 48 + k) / 255),
    );
  });

  it('never change', () => {
    const labels = Uint8Array.from({ length: 60_000 }, (_, i) => (i * i) % 10);
    const { part } = stratifiedSplit(labels, 6000, 1);
    expect(createHash('sha256').update(part.join()).digest('hex')).toMatchInlineSnapshot(
      `"f99d68e2b807a8e01cfb961f1b0d4e1139dd4e9fad3f18acaef944b5077140cc"`,
    );
  });

  it('permute the pixels of every digit alike, and nothing else', () => {
    const permuted = mnistSplits(FILES, { permuted: true }, PORTS);
    for (const name of ['train', 'validation', 'test'] as const) {
      const [plain, moved] = [splits[name], permuted[name]];
      expect(moved.count).toBe(plain.count);
      for (let i = 0; i < plain.count; i++) {
        const pixels = plain.sequence(i);
        expect(moved.sequence(i)).toEqual(Float64Array.from(bitReversal(16), (k) => at(pixels, k)));
        expect(moved.label(i)).toBe(plain.label(i));
      }
    }
  });

  it('need a model with ten classes and one input', () => {
    const of = (ports: object) =>
      caught(() => mnistSplits(FILES, { permuted: false }, { ...PORTS, ...ports }));
    expect(of({ outputs: 9 })).toContain(
      'train-labels  E_DATASET\n  The label of sequence 9 is 9;',
    );
    expect(of({ inputs: 2 })).toContain('train-images  E_DATASET\n  The images give 1 value');
  });
});
