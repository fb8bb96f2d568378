import { expect, it } from 'vitest';
import { at } from '../../src/base/at.js';
import { forward, prepare } from '../../src/float/s5/forward.js';
import type { InitSpec } from '../../src/float/s5/init.js';
import { createFloatNetwork, floatNetwork } from '../../src/train/inference/float_network.js';
import { TINY } from '../s5/specs.js';
import { randomModel, randomSequences } from './small.js';

const LENGTH = 150;

const CASES: readonly (readonly [string, Partial<InitSpec>])[] = [
  ['batch norm', {}],
  ['layer norm, full_glu', { norm: 'layer', activation: 'full_glu' }],
  ['both directions', { bidirectional: true, layers: 3 }],
  ['an output every step', { pooling: 'none', features: 7 }],
  ['norm behind, last step', { prenorm: false, pooling: 'last' }],
];

it.each(CASES)('gives the outputs of the float64 network: %s', (_name, change) => {
  const model = randomModel({ ...TINY, ...change });
  const run = createFloatNetwork(floatNetwork(model), LENGTH);
  for (const sequence of randomSequences(2, LENGTH * model.shape.inputs, 3)) {
    const wanted = forward(prepare(model), sequence, LENGTH);
    const own = run(sequence);
    expect(own.length).toBe(wanted.length);
    const size = wanted.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
    for (const [i, value] of own.entries()) {
      expect(Math.abs(value - at(wanted, i))).toBeLessThan(2e-5 * size);
    }
  }
});
