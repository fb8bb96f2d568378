import { execFileSync } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { createEmulator } from '../../src/network/emulate/emulator.js';
import { createFastEmulator } from '../../src/network/emulate/fast/emulator.js';
import {
  isExactLayerNorm,
  isExactRecurrence,
  isExactRequantize,
  isNarrow,
} from '../../src/network/emulate/fast/exact.js';
import { TILE } from '../../src/network/emulate/fast/program.js';
import { randomCase } from '../../src/prove/fuzz/case.js';
import { designOrRefusal } from '../../src/prove/fuzz/run_case.js';
import { inputNode, nodeById, type IntegerNetwork } from '../../src/network/types.js';
import { randomStream } from '../../src/base/random.js';
import { shippedQuantized } from '../shipped.js';

/** Any words of the input format, the extremes far more often than chance would have them. */
function anyWords(network: IntegerNetwork, seed: number, length: number): Float64Array[] {
  const { uniform } = randomStream(seed);
  const { range, length: elements } = inputNode(network);
  const word = () => {
    const draw = uniform();
    if (draw < 0.2) return range.lo;
    if (draw < 0.4) return range.hi;
    return range.lo + Math.floor(uniform() * (range.hi - range.lo + 1));
  };
  return Array.from({ length }, () => Float64Array.from({ length: elements }, word));
}

/** Every output word, every node's last vector, and every count of clipped words. */
function expectEqual(network: IntegerNetwork, sequences: readonly Float64Array[][], what: string) {
  const plain = createEmulator(network);
  const fast = createFastEmulator(network);
  for (const sequence of sequences) {
    const wanted = plain.run(sequence);
    const found = fast.run(sequence);
    // Node by node first: the first that differs is the one to look at.
    for (const { id } of network.nodes) {
      expect(fast.vector(id), `${what}: ${id}`).toEqual(plain.vector(id));
    }
    expect(found, what).toEqual(wanted);
  }
  expect(fast.clipped, what).toEqual(plain.clipped);
  return plain.clipped;
}

/** The kernels, and the plain operation, that a network calls for. */
function pathsOf(network: IntegerNetwork): string[] {
  return network.nodes.map((node) => {
    const source = 'source' in node ? nodeById(network, node.source) : node;
    const way = (fast: boolean) => (fast ? 'fast' : 'plain');
    if (node.op === 'matvec') return `matvec ${isNarrow(node, source) ? 'narrow' : 'wide'}`;
    if (node.op === 'pool') return `pool ${node.mode}`;
    if (node.op === 'layer_norm') return `layer_norm ${way(isExactLayerNorm(node, source))}`;
    if (node.op === 'recurrence') {
      return `recurrence ${node.rounding} ${way(isExactRecurrence(node))}`;
    }
    if (node.op === 'requantize') {
      return `requantize ${node.rounding} ${way(isExactRequantize(node, source))}`;
    }
    return node.op;
  });
}

const SEED = 41;

describe('the fast emulator equals the plain one, word by word', () => {
  it(`on random networks driven hard, seed ${SEED}, by way of every kernel`, async () => {
    const paths = new Set<string>();
    let clipped = 0;
    for (let index = 0; index < 160; index++) {
      const design = await designOrRefusal(randomCase(SEED, index));
      if ('refused' in design) continue;
      const { network } = design;
      for (const path of pathsOf(network)) paths.add(path);
      const longest = network.maxLength ?? 2 * TILE + 5;
      const lengths = [1, 3, TILE, TILE + 1, 2 * TILE + 5].filter((n) => n <= longest);
      const sequences = lengths.map((length, i) => anyWords(network, 1000 * index + i, length));
      const counts = expectEqual(network, sequences, `case ${index}`);
      for (const count of counts.values()) clipped += count > 0 ? 1 : 0;
    }
    expect(clipped).toBeGreaterThan(100);
    const rounded = ['half_up', 'half_even', 'toward_zero'];
    expect([...paths].sort()).toEqual(
      expect.arrayContaining([
        ...rounded.flatMap((r) => [
          `requantize ${r} fast`,
          `requantize ${r} plain`,
          `recurrence ${r} fast`,
        ]),
        ...['matvec narrow', 'matvec wide', 'layer_norm fast'],
        ...['pool mean', 'pool last', 'pool first', 'reverse', 'join', 'embed', 'lookup'],
        ...['gate', 'residual', 'feedthrough'],
      ]),
    );
  });

  it.each(['smnist', 'smnist-paper', 'listops', 'dynamics', 'tiny', 'smnist-ssm'])(
    'on configs/%s.yaml',
    async (name) => {
      const { network, words } = await shippedQuantized(name);
      expectEqual(network, [words(0), anyWords(network, 3, words(0).length), words(1)], name);
    },
  );
});

it('the checked-in kernels are those of the source', async () => {
  const made = execFileSync(process.execPath, ['scripts/build_kernels.js', 'emulator'], {
    encoding: 'utf8',
  });
  expect(await readFile('src/network/emulate/fast/kernel_bytes.ts', 'utf8')).toBe(made);
});
