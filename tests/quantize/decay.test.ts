import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createEmulator } from '../../src/network/emulate/emulator.js';
import { fullRange, maxMagnitude, symmetricRange } from '../../src/base/fixed/range.js';
import type { Rounding } from '../../src/base/fixed/rounding.js';
import type { IntegerNetwork, LambdaBar } from '../../src/network/types.js';
import { quantizeLambda } from '../../src/network/quantize/lambda.js';

/** One complex state and nothing else: what goes in is added to it. */
function loop(lambda: LambdaBar, width: number, rounding: Rounding): IntegerNetwork {
  const format = { width, scale: [1] };
  return {
    name: 'loop',
    output: 'x',
    nodes: [
      {
        ...{ op: 'input', id: 'bu', role: 'input', length: 2, format },
        ...{ unsigned: false, range: fullRange(width) },
      },
      {
        ...{
          op: 'recurrence',
          id: 'x',
          role: 'recurrence',
          source: 'bu',
          length: 2,
          lambda,
          rounding,
        },
        ...{ format, range: symmetricRange(width) },
      },
    ],
  };
}

const WIDTH = 9;
const STEPS = 2000;

/** |x|^2 of the free state after a first step that sets it, until it is 0. */
function sizes(network: IntegerNetwork, start: readonly [number, number]): number[] {
  const free = Array.from({ length: STEPS - 1 }, () => [0, 0]);
  const states = createEmulator(network).run([start, ...free]);
  const size = (x: Float64Array) => (x[0] ?? NaN) ** 2 + (x[1] ?? NaN) ** 2;
  const all = states.map(size);
  const end = all.indexOf(0);
  return end < 0 ? all : all.slice(0, end + 1);
}

const word = fc.integer({ min: -maxMagnitude(WIDTH), max: maxMagnitude(WIDTH) });
const NEAREST = { kind: 'nearest' } as const;
const stablePole = fc
  .tuple(
    fc.double({ min: 0.3, max: 0.9999, noNaN: true }),
    fc.double({ min: -Math.PI, max: Math.PI, noNaN: true }),
    fc.boolean(),
  )
  .map(([size, angle, direct]) => {
    const re = Float64Array.of(size * Math.cos(angle));
    const im = Float64Array.of(size * Math.sin(angle));
    return direct
      ? quantizeLambda({ re, im }, 'direct', { lambda: 8, state: WIDTH }, NEAREST, 'p').lambda
      : quantizeLambda({ re, im }, 'delta', { lambda: 6, state: 12 }, NEAREST, 'p').lambda;
  });

describe('a state without input', () => {
  it('shrinks at every step of the toward_zero loop and ends at exactly 0', () => {
    fc.assert(
      fc.property(stablePole, word, word, (lambda, re, im) => {
        const found = sizes(loop(lambda, WIDTH, 'toward_zero'), [re, im]);
        expect(found.at(-1)).toBe(0);
        // |Q(lambda x)| <= |lambda x| < |x|: strictly smaller, in whole numbers.
        found.slice(1).forEach((size, i) => {
          expect(size).toBeLessThan(found[i] ?? NaN);
        });
      }),
      { numRuns: 300 },
    );
  });

  it.each(['half_up', 'half_even'] as const)(
    'is stuck with %s, so that the above can fail',
    (r) => {
      const pole = { re: Float64Array.of(0.99), im: Float64Array.of(0) };
      const widths = { lambda: 8, state: WIDTH };
      const { lambda } = quantizeLambda(pole, 'direct', widths, NEAREST, 'p');
      expect(sizes(loop(lambda, WIDTH, r), [40, 0]).at(-1)).toBeGreaterThan(0);
      expect(sizes(loop(lambda, WIDTH, 'toward_zero'), [40, 0]).at(-1)).toBe(0);
    },
  );
});
