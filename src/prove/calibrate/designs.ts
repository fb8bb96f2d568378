import { stringify } from 'yaml';
import { drawFrom, seedOf, type Draw } from '../../base/draw.js';
import { randomStream } from '../../base/random.js';

/** Largest vectors of designs for a small device. */
const SMALL = 16;

const ROUNDINGS = ['half_up', 'half_even', 'toward_zero'] as const;

export interface DesignRequest {
  readonly seed: number;
  /** Number of the design among those of the seed. */
  readonly index: number;
  readonly device: string;
  /** True for few vectors and multipliers: for small devices, and devices without multipliers. */
  readonly small: boolean;
  /** True for the fastest design on the device. */
  readonly folded: boolean;
}

/**
 * The config of a random design, YAML: networks and cores of usual sizes, word lengths and
 * foldings. Every module of the library thus occurs with realistic parameters.
 */
export function designText({ seed, index, device, small, folded }: DesignRequest): string {
  const draw = drawFrom(randomStream(seedOf(seed, index)));
  const { pick, between, chance } = draw;
  const core = chance(0.25);
  const most = small ? SMALL : Infinity;
  const size = (sizes: readonly number[]) => pick(sizes.filter((one) => one <= most));
  const features = size(core ? [8, 16, 24, 32, 48, 64] : [4, 6, 8, 12, 16, 20, 24, 32, 40]);
  const states = size(core ? [8, 16, 24, 32] : [2, 4, 6, 8, 12, 16, 20]);
  const length = pick([32, 64, 100, 256]);
  return stringify({
    name: `${folded ? 'folded' : 'random'}-${seed}-${index}`,
    model: { init: model(draw, core, features, states) },
    scope: core ? { ssm_core: 0 } : 'network',
    ...(!core && chance(0.15) ? { input: 'one_hot' } : {}),
    ...(chance(0.4) ? { max_length: pick([64, 256, 784, 2048]) } : {}),
    functions: { gelu: pick(['exact', 'q_gelu']), sigmoid: pick(['exact', 'hard']) },
    data: { synthetic: { seed: between(0, 2 ** 31), length: Math.min(length, 64) } },
    calibration: { sequences: 2, method: 'abs_max' },
    precision: precision(draw),
    lambda_form: pick(['direct', 'delta']),
    poles: 'nearest',
    rounding: {
      loop: pick(['toward_zero', 'toward_zero', ...ROUNDINGS]),
      requantize: pick(['half_even', 'half_even', ...ROUNDINGS]),
    },
    scales: {
      kind: pick(['real', 'real', 'real', 'power_of_two']),
      weights: pick(['per_channel', 'per_channel', 'per_tensor']),
      multiplier_bits: pick([8, 12, 16, 16, 18]),
    },
    folding: {
      ...(chance(0.4)
        ? { recurrence: { lanes: draw.divisor(states), multipliers: pick([3, 4]) } }
        : chance(0.4)
          ? { recurrence: { lanes: 1, multipliers: 1 } }
          : {}),
    },
    target: folded
      ? { device }
      : chance(0.5)
        ? { multipliers: size([4, 8, 16, 32, 64]) }
        : {
            interval: pick([32, 64, 100, 128, 200, 256, 400, 768].map((n) => (small ? 4 * n : n))),
          },
    sharing: pick(['auto', 'never', 'always']),
    device,
  });
}

function model({ pick, chance, between }: Draw, core: boolean, features: number, states: number) {
  const bidirectional = !core && chance(0.2);
  const init = {
    seed: between(0, 2 ** 31),
    layers: core ? 1 : pick([1, 1, 2]),
    features,
    state_size: states,
    inputs: core ? 1 : pick([1, 2, 3, 8]),
    outputs: core ? 1 : pick([1, 2, 5, 10]),
    activation: pick(['gelu', 'full_glu', 'half_glu1', 'half_glu2']),
    norm: pick(['batch', 'batch', 'layer']),
    norm_bias: true,
    prenorm: chance(0.8),
    bidirectional,
    pooling: bidirectional ? pick(['mean', 'last']) : pick(['mean', 'mean', 'last', 'none']),
  };
  if (init.norm === 'layer') init.norm_bias = chance(0.5);
  return init;
}

function precision({ pick }: Draw) {
  const weights = () => pick([4, 6, 8, 8, 8, 10]);
  return {
    a: pick([6, 8, 8, 10, 12, 16]),
    b: weights(),
    c: weights(),
    d: weights(),
    non_ssm: weights(),
    ssm_act: pick([6, 8, 8, 8, 10, 12]),
    non_ssm_act: pick([6, 8, 8, 8, 9]),
    state: pick([12, 14, 16, 16, 18, 20, 24]),
    residual: pick([10, 12, 14, 16, 16, 18]),
  };
}
