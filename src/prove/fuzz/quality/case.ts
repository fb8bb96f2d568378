import { at } from '../../../base/at.js';
import { parseConfig, type LoadedConfig } from '../../../config/load.js';
import type { Dataset } from '../../../float/dataset/dataset.js';
import { syntheticDataset } from '../../../float/dataset/synthetic.js';
import { loadFloatModel } from '../../../design/load_model.js';
import { drawFrom, seedOf, type Draw } from '../../../base/draw.js';
import { randomStream } from '../../../base/random.js';
import type { S5Model } from '../../../float/s5/model.js';
import { stringify } from 'yaml';
import { seededSpoil, type Spoil } from './spoil.js';

/** A random network of known quality, with its changes. */
export interface QualityCase {
  /** Its config as a file. The float model is that of the config with the changes. */
  readonly config: string;
  readonly spoils: readonly Spoil[];
  /** Data: standard normal values, with a factor and an offset per input channel. */
  readonly data: {
    readonly seed: number;
    readonly count: number;
    readonly length: number;
    readonly gains: readonly number[];
    readonly offsets: readonly number[];
  };
  /** Seed of the rounding errors of the expectation. */
  readonly noiseSeed: number;
}

/** Separates the seeds of quality cases from those of designs. */
const OWN_SEEDS = 0x51a1;

/** Case number `index` of a seed. */
export async function randomQualityCase(seed: number, index: number): Promise<QualityCase> {
  const draw = drawFrom(randomStream(seedOf(seed ^ OWN_SEEDS, index)));
  const { between, pick, chance } = draw;
  const inputs = between(1, 4);
  const length = pick([16, 32, 64, 96]);
  const config = stringify(randomConfig(draw, inputs, length));
  const spoils: Spoil[] = [];
  let model = await loadFloatModel(parseConfig(config, 'quality.yaml'));
  for (let left = pick([0, 1, 1, 2, 3]); left > 0; left--) {
    const spoil = seededSpoil(between(0, 2 ** 31), model);
    spoils.push(spoil);
    model = spoil.apply(model);
  }
  const channel = (usual: number, others: readonly number[]) =>
    Array.from({ length: inputs }, () => (chance(0.75) ? usual : pick(others)));
  return {
    config,
    spoils,
    data: {
      ...{ seed: between(0, 2 ** 31), count: 3, length },
      gains: channel(1, [0, 0.01, 30]),
      offsets: channel(0, [0.3, -2, 20]),
    },
    noiseSeed: between(0, 2 ** 31),
  };
}

function randomConfig({ between, pick, chance }: Draw, inputs: number, length: number) {
  const norm = pick(['batch', 'layer']);
  const activation = pick(['gelu', 'full_glu', 'half_glu1', 'half_glu2']);
  const bidirectional = chance(0.25);
  const words = between(8, 14);
  return {
    name: 'quality',
    model: {
      init: {
        ...{ seed: between(0, 2 ** 31), layers: between(1, 3), features: between(1, 8) },
        ...{ state_size: between(1, 8), inputs, outputs: between(1, 4) },
        ...{ norm, norm_bias: norm === 'batch' || chance(0.5), prenorm: chance(0.7), activation },
        ...{ bidirectional, discretization: pick(['zoh', 'bilinear']) },
        ...{ dt_min: pick([0.001, 0.01]), dt_max: pick([0.05, 0.2]) },
        pooling: pick(bidirectional ? ['mean', 'last'] : ['mean', 'last', 'none']),
      },
    },
    scope: 'network',
    data: { synthetic: { seed: 0, length } },
    functions: { gelu: pick(['exact', 'q_gelu']), sigmoid: pick(['exact', 'hard']) },
    calibration: { sequences: 3, method: 'abs_max', margin: 1 },
    precision: {
      ...{ a: between(12, 18), b: between(6, 16), c: between(6, 16), d: between(6, 16) },
      ...{ non_ssm: between(6, 16), ssm_act: words, non_ssm_act: Math.min(words, between(8, 14)) },
      ...{ state: between(Math.max(words, 12), 20), residual: between(14, 22) },
    },
    lambda_form: 'delta',
    device: 'xc7a35t',
  };
}

/** The config, the changed model and the data of a case. */
export async function openCase({ config, spoils, data }: QualityCase): Promise<{
  readonly loaded: LoadedConfig;
  readonly model: S5Model;
  readonly dataset: Dataset;
}> {
  const loaded = parseConfig(config, 'quality.yaml');
  const plain = await loadFloatModel(loaded);
  const model = spoils.reduce((from, spoil) => spoil.apply(from), plain);
  const { inputs } = model.shape;
  const { seed, count, length, gains, offsets } = data;
  const base = syntheticDataset({ seed, count, length, inputs });
  const dataset: Dataset = {
    ...base,
    sequence: (i) =>
      base.sequence(i).map((v, n) => v * at(gains, n % inputs) + at(offsets, n % inputs)),
  };
  return { loaded, model, dataset };
}
