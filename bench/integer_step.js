// @ts-check
/** One training step through the integers of 8 bits, on the batch of `training_step.js`. */
import { draws, randomStream } from '#qs5/base/random.js';
import { initModel } from '#qs5/float/s5/init.js';
import { prepare } from '#qs5/float/s5/prepare.js';
import { networkGraph } from '#qs5/network/graph/network.js';
import { calibrate } from '#qs5/network/quantize/calibrate.js';
import { quantizedFormulation } from '#qs5/train/loop/formulation.js';
import { batchGradients } from '#qs5/train/loop/batch.js';
import { localLane } from '#qs5/train/loop/lane.js';
import { createQuantizedRunner } from '#qs5/train/quantized/lane.js';
import { COMMON, LENGTH, SEQUENCES } from './training_step.js';

/** @import { InitSpec } from '#qs5/float/s5/init.js' */
/** @import { QuantizeSettings } from '#qs5/network/quantize/settings.js' */

const PIXEL = 1 / 255;

/** @type {QuantizeSettings} */
const SETTINGS = {
  name: 'bench',
  at: () => ({
    precision: {
      ...{ a: 8, b: 8, c: 8, d: 8, non_ssm: 8, ssm_act: 8, non_ssm_act: 8 },
      ...{ state: 16, residual: 16 },
    },
    lambdaForm: 'delta',
    rounding: { loop: 'half_even', requantize: 'half_even' },
  }),
  scales: {
    ...{ kind: 'real', perChannel: true, weightRange: 'mse' },
    ...{ balancedStates: true, multiplierBits: 16 },
  },
  input: { kind: 'values', width: 9, scale: PIXEL, unsigned: true },
  poles: { kind: 'impulse', length: LENGTH },
  proof: { tensors: new Set(), length: LENGTH, margin: 1 },
  maxLength: LENGTH,
};

/** @param {Pick<InitSpec, 'layers' | 'features' | 'stateSize'>} sizes */
export function integerStep({ layers, features, stateSize }) {
  const model = initModel({ ...COMMON, layers, features, stateSize });
  const random = randomStream(1);
  const words = Array.from({ length: SEQUENCES }, () =>
    draws(LENGTH, 1, random.uniform).map((value) => Math.round(255 * value)),
  );
  const ranges = calibrate(
    networkGraph(prepare(model), false),
    { count: 4, values: (i) => (words[i] ?? new Float64Array()).map((word) => word * PIXEL) },
    { method: { kind: 'abs_max' }, margin: 1 },
  );
  const formulation = quantizedFormulation(model, { ranges, settings: SETTINGS });
  const lanes = [localLane(createQuantizedRunner(formulation, { sequences: 1, length: LENGTH }))];
  const sequences = words.map((input, index) => ({
    input,
    masks: new Map(),
    target: { kind: /** @type {const} */ ('class'), label: index % 10 },
  }));
  return async () => {
    const { weights, gradients: gradientsOf } = formulation.of(model);
    const { graph } = formulation;
    const { gradients } = await batchGradients(lanes, {
      graph,
      weights,
      sequences,
      length: LENGTH,
    });
    gradientsOf(gradients);
  };
}
