import fc from 'fast-check';
import type { InitSpec } from '../../src/float/s5/init.js';
import { C_INITS } from '../../src/float/s5/init.js';
import {
  ACTIVATIONS,
  DISCRETIZATIONS,
  GELUS,
  NORMS,
  POOLINGS,
  SIGMOIDS,
} from '../../src/float/s5/model.js';

/** A small model; tests change what they are about. */
export const TINY: InitSpec = {
  layers: 2,
  features: 4,
  stateSize: 3,
  inputs: 2,
  outputs: 3,
  activation: 'half_glu1',
  gelu: 'exact',
  sigmoid: 'exact',
  norm: 'batch',
  normBias: true,
  normEps: 1e-5,
  prenorm: true,
  conjSym: true,
  bidirectional: false,
  discretization: 'zoh',
  pooling: 'mean',
  seed: 7,
  blocks: 1,
  dtMin: 0.001,
  dtMax: 0.1,
  cInit: 'trunc_standard_normal',
};

/** Small models of every kind. */
export const specs: fc.Arbitrary<InitSpec> = fc
  .record({
    layers: fc.integer({ min: 1, max: 2 }),
    features: fc.integer({ min: 1, max: 6 }),
    blocks: fc.integer({ min: 1, max: 2 }),
    perBlock: fc.integer({ min: 1, max: 3 }),
    inputs: fc.integer({ min: 1, max: 2 }),
    outputs: fc.integer({ min: 1, max: 3 }),
    activation: fc.constantFrom(...ACTIVATIONS),
    gelu: fc.constantFrom(...GELUS),
    sigmoid: fc.constantFrom(...SIGMOIDS),
    norm: fc.constantFrom(...NORMS),
    normBias: fc.boolean(),
    normEps: fc.constantFrom(1e-5, 1e-2),
    prenorm: fc.boolean(),
    conjSym: fc.boolean(),
    bidirectional: fc.boolean(),
    discretization: fc.constantFrom(...DISCRETIZATIONS),
    pooling: fc.constantFrom(...POOLINGS),
    seed: fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }),
    cInit: fc.constantFrom(...C_INITS),
  })
  .map(({ perBlock, ...spec }) => ({
    ...spec,
    normBias: spec.normBias || spec.norm === 'batch',
    stateSize: perBlock * spec.blocks,
    dtMin: 0.001,
    dtMax: 0.1,
  }));
