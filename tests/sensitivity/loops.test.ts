import { describe, expect, it } from 'vitest';
import { parseConfig } from '../../src/config/load.js';
import { quantizeModel } from '../../src/design/build.js';
import { loadFloatModel } from '../../src/design/load_model.js';
import { loopsText } from '../../src/app/report/loops.js';
import { prepare } from '../../src/float/s5/prepare.js';
import type { LoopReport } from '../../src/study/sensitivity/loops.js';
import { reportTensors } from '../../src/study/sensitivity/tensors.js';

const LENGTH = 200;

/** A small network; its slowest poles turn and decay by about dt_min a step. */
const text = (state: number, loop: string) => `
name: slow
model:
  init: { seed: 11, layers: 1, features: 4, state_size: 6, inputs: 2, outputs: 2, dt_min: 0.0005, dt_max: 0.002 }
scope: network
data: { synthetic: { seed: 1, length: ${LENGTH} } }
calibration: { sequences: 2, method: abs_max }
precision: { a: 12, b: 12, c: 12, d: 12, non_ssm: 12, ssm_act: ${Math.min(state, 12)}, non_ssm_act: 8, state: ${state}, residual: 16 }
rounding: { loop: ${loop} }
lambda_form: delta
device: xc7a35t
`;

async function loopOf(state: number, rounding: string): Promise<LoopReport> {
  const quantized = await quantizeModel(parseConfig(text(state, rounding), 'slow.yaml'));
  const { loops } = await reportTensors(quantized, {
    samples: 2,
    maxLength: LENGTH,
    pause: () => Promise.resolve(),
  });
  const [loop] = loops;
  if (loop === undefined || loops.length > 1) throw new Error('not one loop');
  return loop;
}

describe('rounding in the loops of a network', () => {
  it('is bounded by one loss a step, weighed by the powers of each pole', async () => {
    const model = prepare(await loadFloatModel(parseConfig(text(16, 'half_even'), 'slow.yaml')));
    const { lambdaBarRe = [], lambdaBarIm = [] } = model.layers[0]?.discrete ?? {};
    const sums = Array.from(lambdaBarRe, (re, p) => {
      let [sum, power] = [0, 1];
      for (let k = 0; k < LENGTH; k++) {
        sum += power;
        power *= Math.hypot(re, lambdaBarIm[p] ?? NaN);
      }
      return sum;
    });
    const nearest = await loopOf(16, 'half_even');
    expect(nearest).toMatchObject({ rounding: 'half_even', states: 6 });
    expect(nearest.biasBound.largest / (0.5 * Math.max(...sums))).toBeCloseTo(1, 1);
    const cut = await loopOf(16, 'toward_zero');
    expect(cut.biasBound.largest).toBe(2 * nearest.biasBound.largest);
    expect(cut.biasBound.median).toBe(2 * nearest.biasBound.median);
  });

  it('hides states of few bits, and says how many bits show them all', async () => {
    const short = await loopOf(8, 'toward_zero');
    expect(short.hidden).toBeGreaterThan(0);
    expect(short.bitsShort).toBeGreaterThan(0);
    expect(short.state.least).toBeLessThan(short.biasBound.largest);
    expect(loopsText([short], false)).toContain(
      `hint: give precision.state ${short.bitsShort} more bits, or use rounding: { loop: half_even }.`,
    );
    const enough = await loopOf(8 + short.bitsShort, 'toward_zero');
    expect(enough.hidden).toBe(0);
    expect(loopsText([enough], false)).not.toContain('warning');
    // Each bit halves the LSB, and so doubles the words; a scale is a power of two.
    const ratio = enough.state.median / short.state.median;
    expect(ratio).toBeGreaterThan(2 ** (short.bitsShort - 1));
  });
});
