import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { symmetricRange } from '../../src/base/fixed/range.js';
import { stateBounds } from '../../src/network/ops/recurrence.js';
import { boundsIn, isProved } from '../../src/network/proved.js';
import type { InputNode, IntegerNetwork, RecurrenceNode } from '../../src/network/types.js';
import { lambdaAsIntegers } from '../../src/network/types.js';
import { roundShift } from '../../src/base/fixed/rounding.js';

const WIDTH = 16;
const FRAC = 12;

/** A recurrence behind an input of `bits` bits, in the format of a wide state. */
function recurrence(re: number, im: number, bits: number) {
  const input: InputNode = {
    op: 'input',
    id: 'input',
    role: 'input',
    length: 2,
    format: { width: bits, scale: [1] },
    unsigned: false,
    range: symmetricRange(bits),
  };
  const node: RecurrenceNode = {
    op: 'recurrence',
    id: 'x',
    role: 'recurrence',
    source: 'input',
    length: 2,
    lambda: {
      form: 'direct',
      width: FRAC + 1,
      frac: FRAC,
      re: Int32Array.of(re),
      im: Int32Array.of(im),
    },
    rounding: 'toward_zero',
    format: { width: WIDTH, scale: [1] },
    range: symmetricRange(WIDTH),
  };
  const network: IntegerNetwork = { name: 'x', nodes: [input, node], output: 'x' };
  return { network, node };
}

/** A pole inside the unit circle, as integers at 2^-FRAC. */
const pole = fc
  .record({
    radius: fc.double({ min: 0, max: 0.999, noNaN: true }),
    angle: fc.double({ min: 0, max: 6.3, noNaN: true }),
  })
  .map(({ radius, angle }) => ({
    re: Math.trunc(radius * Math.cos(angle) * 2 ** FRAC),
    im: Math.trunc(radius * Math.sin(angle) * 2 ** FRAC),
  }));

describe('the worst-case peak gain', () => {
  it('bounds what the worst drive makes of a state, and not by much more', () => {
    fc.assert(
      fc.property(pole, fc.integer({ min: 1, max: 60 }), ({ re, im }, length) => {
        const { network, node } = recurrence(re, im, 8);
        const bound = Number(stateBounds(node, boundsIn(network), length)[0]);
        const { re: cs, im: ss } = lambdaAsIntegers(node.lambda);
        const [c = 0, s = 0] = [cs[0], ss[0]];
        // The last real part is a sum over Re(lambda^j) and -Im(lambda^j): every drive has its sign.
        const unit = 2 ** FRAC;
        const signs: [number, number][] = [];
        let [a, b] = [1, 0];
        for (let j = 0; j < length; j++) {
          signs.push([a >= 0 ? 127 : -127, b >= 0 ? -127 : 127]);
          [a, b] = [(c * a - s * b) / unit, (s * a + c * b) / unit];
        }
        let [x, y] = [0, 0];
        let peak = 0;
        for (const [dr, di] of signs.reverse()) {
          const next = roundShift(c * x - s * y, FRAC, 'toward_zero') + dr;
          y = roundShift(s * x + c * y, FRAC, 'toward_zero') + di;
          x = next;
          peak = Math.max(peak, Math.abs(x), Math.abs(y));
        }
        expect(peak).toBeLessThanOrEqual(bound);
        // Truncation takes up to a unit a step, so short of the bound by that much gain.
        expect(bound).toBeLessThan(peak * (1 + 4 / 127) + 8 + 2 * length);
      }),
      { seed: 11, numRuns: 300 },
    );
  });

  it('tells what cannot clip from what can', () => {
    // |lambda| = 0.5: the state stays below twice the drive.
    const slow = recurrence(2048, 0, 14);
    expect(isProved(slow.network, slow.node, 1000)).toBe(true);
    const full = recurrence(2048, 0, 16);
    expect(isProved(full.network, full.node, 1000)).toBe(false);
    expect(isProved(full.network, full.node, 1)).toBe(false);
    const wide = recurrence(4090, 0, 9);
    expect(isProved(wide.network, wide.node, 100)).toBe(true);
    expect(isProved(wide.network, wide.node, 1000)).toBe(false);
  });
});
