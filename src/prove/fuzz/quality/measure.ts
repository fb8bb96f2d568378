import { at, oneOrEach } from '../../../base/at.js';
import type { Config } from '../../../config/schema.js';
import type { Dataset } from '../../../float/dataset/dataset.js';
import { networkPart } from '../../../design/network_part.js';
import { createEmulator } from '../../../network/emulate/emulator.js';
import { nodeById, type IntegerNetwork } from '../../../network/types.js';
import { randomStream } from '../../../base/random.js';
import { forward } from '../../../float/s5/forward.js';
import type { S5Model } from '../../../float/s5/model.js';
import { prepare, type PreparedModel } from '../../../float/s5/prepare.js';
import { noisyForward } from './noisy_forward.js';
import { magnitudesOf } from './ranges.js';

/** Powers per output word, over all outputs of the data. */
export interface Quality {
  readonly network: IntegerNetwork;
  /** Words of each sequence, one vector per step. */
  readonly words: readonly (readonly Float64Array[])[];
  readonly signal: number;
  /** Noise: integer outputs minus float outputs. */
  readonly noise: number;
  /** Expected noise, from word lengths and ranges of the float network. */
  readonly expected: number;
}

/** Number of random networks for the expectation: the noise of one spreads over 40 dB. */
const DRAWS = 64;

/** The integer network of a model, calibrated on the data of the measurement. */
export function measureQuality(
  config: Config,
  model: S5Model,
  data: Dataset,
  noiseSeed: number,
): Quality {
  const prepared = prepare(model);
  const { network, words } = networkPart(config, prepared, data, data.length);
  const sequences = Array.from({ length: data.count }, (_, i) => data.sequence(i));
  const wanted = sequences.map((sequence) => forward(prepared, sequence, data.length));
  const { length, format } = nodeById(network, network.output);
  const scale = (i: number) => oneOrEach(format.scale, i % length);
  const inputs = sequences.map((sequence) => words(sequence, data.length));
  const found = inputs.map((steps) => {
    const vectors = createEmulator(network).run(steps);
    return Float64Array.from(vectors.flatMap((vector) => [...vector])).map((q, i) => q * scale(i));
  });
  return {
    network,
    words: inputs,
    signal: power(wanted, () => 0),
    noise: power(wanted, (i, k) => at(at(found, i), k)),
    expected: expectedNoise(config, prepared, sequences, data.length, wanted, noiseSeed),
  };
}

/** Mean square of the rounding errors at the outputs, from word lengths alone. */
function expectedNoise(
  config: Config,
  model: PreparedModel,
  sequences: readonly Float64Array[],
  length: number,
  wanted: readonly Float64Array[],
  seed: number,
): number {
  const own = magnitudesOf(model, sequences, length);
  const widths = { ...config.precision, multiplier: config.scales.multiplier_bits };
  const random = randomStream(seed);
  const draws = Array.from({ length: DRAWS }, () => {
    const run = noisyForward(model, own, widths, random);
    const noisy = sequences.map(run);
    return power(wanted, (i, k) => at(at(noisy, i), k));
  });
  return draws.reduce((sum, draw) => sum + draw, 0) / DRAWS;
}

/** Mean square of the differences of two lists of equal shape. */
function power(
  values: readonly Float64Array[],
  other: (sequence: number, index: number) => number,
): number {
  let [sum, count] = [0, 0];
  values.forEach((data, i) => {
    data.forEach((value, k) => {
      sum += (value - other(i, k)) ** 2;
      count += 1;
    });
  });
  return sum / count;
}
