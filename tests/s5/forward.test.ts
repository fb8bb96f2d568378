import { describe, expect, test } from 'vitest';
import fc from 'fast-check';
import { syntheticDataset } from '../../src/float/dataset/synthetic.js';
import { argmax, forward, observeUntilSsm, prepare } from '../../src/float/s5/forward.js';
import { initModel, type InitSpec } from '../../src/float/s5/init.js';
import { ACTIVATIONS, GELUS, POOLINGS, SIGMOIDS, type S5Model } from '../../src/float/s5/model.js';
import { naiveForward } from './naive.js';
import { TINY, specs } from './specs.js';

const LENGTH = 9;

const inputOf = (model: S5Model, seed = 1, length = LENGTH): Float64Array =>
  syntheticDataset({ seed, count: 1, length, inputs: model.shape.inputs }).sequence(0);

/** The model with biases and statistics that training would have moved. */
function trained(model: S5Model): S5Model {
  const wave = (values: Float64Array, base: number): Float64Array =>
    values.map((_, i) => base + 0.3 * Math.sin(i + base));
  const dense = <T extends { bias: Float64Array }>(d: T): T => ({ ...d, bias: wave(d.bias, 0.1) });
  return {
    ...model,
    encoder: dense(model.encoder),
    decoder: dense(model.decoder),
    layers: model.layers.map(({ ssm, norm, out1, out2 }) => ({
      ssm,
      norm: {
        scale: wave(norm.scale, 1),
        bias: model.shape.normBias ? wave(norm.bias, 0.2) : norm.bias,
        ...(norm.mean ? { mean: wave(norm.mean, 0.3) } : {}),
        ...(norm.var ? { var: wave(norm.var, 0.7) } : {}),
      },
      ...(out1 ? { out1: dense(out1) } : {}),
      ...(out2 ? { out2: dense(out2) } : {}),
    })),
  };
}

/** Name, width and length of everything observed, and the data by layer and name. */
function record(model: S5Model, input: Float64Array, length = LENGTH): Map<string, Float64Array> {
  const seen = new Map<string, Float64Array>();
  forward(prepare(model), input, length, (layer, tensor, data) => {
    seen.set(`${layer}.${tensor}`, data);
  });
  return seen;
}

function expectNaive(spec: InitSpec): void {
  const model = trained(initModel(spec));
  const input = inputOf(model, spec.seed);
  const fast = forward(prepare(model), input, LENGTH);
  const slow = naiveForward(model, input, LENGTH);
  expect(fast.length).toBe(slow.length);
  for (const [i, value] of fast.entries()) expect(value).toBeCloseTo(slow[i] ?? NaN, 8);
}

describe('agrees with the naive network', () => {
  test('for random models of every kind', () => {
    fc.assert(fc.property(specs, expectNaive), { numRuns: 150 });
  });

  const NORM_KINDS = [
    { norm: 'batch', normBias: true },
    { norm: 'layer', normBias: true },
    { norm: 'layer', normBias: false },
  ] as const;
  test.each(POOLINGS)('pooling %s, each norm, one direction and both', (pooling) => {
    for (const kind of NORM_KINDS) {
      for (const bidirectional of [false, true]) {
        for (const prenorm of [false, true]) {
          expectNaive({ ...TINY, ...kind, pooling, bidirectional, prenorm });
        }
      }
    }
  });

  test.each(ACTIVATIONS)('%s with each GELU and sigmoid', (activation) => {
    for (const gelu of GELUS) {
      for (const sigmoid of SIGMOIDS) expectNaive({ ...TINY, activation, gelu, sigmoid });
    }
  });
});

describe('conjugate symmetry', () => {
  test('half the states with factor 2 equal all states without', () => {
    fc.assert(
      fc.property(specs, (spec) => {
        const half = initModel({ ...spec, conjSym: true });
        const { stateSize, bidirectional } = half.shape;
        const flipped = (values: Float64Array): Float64Array =>
          values.map((value, i) => (i % 2 === 0 ? value : -value));
        // Conjugates after each direction's states: [C1, conj C1, C2, conj C2].
        const directions = bidirectional ? 2 : 1;
        const width = 2 * stateSize;
        const c = (values: Float64Array): Float64Array =>
          Float64Array.from(
            Array.from({ length: values.length / width }, (_, row) => {
              const part = values.subarray(row * width, (row + 1) * width);
              return [...part, ...flipped(part)];
            }).flat(),
          );
        const full: S5Model = {
          ...half,
          shape: { ...half.shape, conjSym: false, stateSize: 2 * stateSize },
          layers: half.layers.map((layer) => ({
            ...layer,
            ssm: {
              lambdaRe: Float64Array.of(...layer.ssm.lambdaRe, ...layer.ssm.lambdaRe),
              lambdaIm: Float64Array.of(
                ...layer.ssm.lambdaIm,
                ...layer.ssm.lambdaIm.map((x) => -x),
              ),
              b: Float64Array.of(...layer.ssm.b, ...flipped(layer.ssm.b)),
              c: c(layer.ssm.c),
              d: layer.ssm.d,
              logStep: Float64Array.of(...layer.ssm.logStep, ...layer.ssm.logStep),
            },
          })),
        };
        expect(half.layers[0]?.ssm.c.length).toBe(spec.features * directions * width);
        const input = inputOf(half);
        const expected = forward(prepare(half), input, LENGTH);
        const found = forward(prepare(full), input, LENGTH);
        for (const [i, value] of found.entries()) expect(value).toBeCloseTo(expected[i] ?? NaN, 9);
      }),
      { numRuns: 50 },
    );
  });
});

describe('both directions', () => {
  test('reverse states are forward states of the reversed sequence', () => {
    const model = initModel({ ...TINY, layers: 1, inputs: 1, bidirectional: true });
    const input = inputOf(model);
    const forwards = record(model, input);
    const backwards = record(model, input.toReversed());
    for (const name of ['0.state_re', '0.state_im']) {
      const there = forwards.get(name) ?? new Float64Array();
      const back = backwards.get(name) ?? new Float64Array();
      expect(there.length).toBe(LENGTH * 6);
      for (let k = 0; k < LENGTH; k++) {
        const reverse = there.slice(6 * k + 3, 6 * k + 6);
        expect(reverse).toEqual(back.slice(6 * (LENGTH - 1 - k), 6 * (LENGTH - 1 - k) + 3));
      }
    }
  });
});

describe('observation', () => {
  const model = trained(initModel({ ...TINY, activation: 'full_glu' }));
  const input = inputOf(model);

  test('every activation, in order, with its width', () => {
    const seen: string[] = [];
    const scores = forward(prepare(model), input, LENGTH, (layer, tensor, data, width) => {
      seen.push(`${layer} ${tensor} ${data.length / width}x${width}`);
    });
    expect(seen).toMatchInlineSnapshot(`
      [
        "0 layer_input 9x4",
        "0 u 9x4",
        "0 state_re 9x3",
        "0 state_im 9x3",
        "0 y 9x4",
        "0 gelu 9x4",
        "0 value 9x4",
        "0 gate_input 9x4",
        "0 gate_output 9x4",
        "0 branch 9x4",
        "0 residual 9x4",
        "0 layer_output 9x4",
        "1 layer_input 9x4",
        "1 u 9x4",
        "1 state_re 9x3",
        "1 state_im 9x3",
        "1 y 9x4",
        "1 gelu 9x4",
        "1 value 9x4",
        "1 gate_input 9x4",
        "1 gate_output 9x4",
        "1 branch 9x4",
        "1 residual 9x4",
        "1 layer_output 9x4",
        "2 pooled 1x4",
      ]
    `);
    expect(scores).toEqual(forward(prepare(model), input, LENGTH));
  });

  test('as far as one SSM: the same values, and nothing later', () => {
    const all = record(model, input);
    const some = new Map<string, Float64Array>();
    observeUntilSsm(prepare(model), input, LENGTH, 1, (layer, tensor, data) => {
      some.set(`${layer}.${tensor}`, data);
    });
    expect([...some.keys()].filter((name) => name.startsWith('1'))).toEqual([
      '1.layer_input',
      '1.u',
      '1.state_re',
      '1.state_im',
      '1.y',
    ]);
    for (const [name, data] of some) expect(data).toEqual(all.get(name));
    expect(() => {
      observeUntilSsm(prepare(model), input, LENGTH, 2, () => undefined);
    }).toThrow(RangeError);
  });

  test('layer output is the next layer input, and u is not normalised without prenorm', () => {
    const seen = record({ ...model, shape: { ...model.shape, prenorm: false } }, input);
    expect(seen.get('1.layer_input')).toBe(seen.get('0.layer_output'));
    expect(seen.get('1.u')).toBe(seen.get('1.layer_input'));
    expect(seen.get('0.residual')).not.toEqual(seen.get('0.layer_output'));
  });
});

test('input of the wrong size is a bug of the caller', () => {
  const network = prepare(initModel(TINY));
  expect(() => forward(network, new Float64Array(5), 2)).toThrow('5 input values are not 2 steps');
  expect(() => forward(network, new Float64Array(0), 0)).toThrow(RangeError);
});

test('argmax takes the first of equals', () => {
  expect(argmax(Float64Array.of(1, 3, 3, 2))).toBe(1);
  expect(argmax(Float64Array.of(-2))).toBe(0);
});
