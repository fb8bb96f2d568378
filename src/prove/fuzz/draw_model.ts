import type { Draw } from '../../base/draw.js';
import type { Sizes } from './fuzz_case.js';
import { choicesOf } from './choices.js';

/** Largest vectors of a core, and of a whole network of up to three layers. */
const LARGEST_CORE = 24;
const LARGEST_LAYER = 10;
const MOST_LAYERS = 3;
/** Sizes of rare large vectors: more than a group of rows, a chain or a block RAM holds. */
const VERY_LARGE = 72;

/** A network of random weights, and the part that becomes hardware. */
export interface DrawnModel {
  readonly init: Readonly<Record<string, string | number | boolean>>;
  readonly scope: 'network' | { readonly ssm_core: number };
  readonly input?: 'one_hot';
  /** Input of images, one pixel per step: unsigned words. */
  readonly pixels: boolean;
  readonly sizes: Sizes;
}

const NORMS = choicesOf(['model', 'init', 'norm']);
const ACTIVATIONS = choicesOf(['model', 'init', 'activation']);
const DISCRETIZATIONS = choicesOf(['model', 'init', 'discretization']);
const GELUS = choicesOf(['model', 'init', 'gelu']);
const SIGMOIDS = choicesOf(['model', 'init', 'sigmoid']);
const POOLINGS = choicesOf(['model', 'init', 'pooling']);
const C_INITS = choicesOf(['model', 'init', 'c_init']);

function weights({ between, pick, chance, divisor }: Draw, stateSize: number) {
  const norm = pick(NORMS);
  return {
    seed: between(0, 2 ** 31),
    scheme: 'hippo',
    norm,
    // Batch norms always have a bias.
    norm_bias: norm === 'batch' || chance(0.5),
    prenorm: chance(0.7),
    conj_sym: chance(0.75),
    blocks: chance(0.3) ? divisor(stateSize) : 1,
    ...(chance(0.3) ? { norm_eps: pick([1e-12, 1e-6, 1e-3, 0.5]) } : {}),
    ...(chance(0.5) ? { gelu: pick(GELUS) } : {}),
    ...(chance(0.5) ? { sigmoid: pick(SIGMOIDS) } : {}),
    ...(chance(0.2) ? { step_rescale: pick([0.1, 0.5, 2, 10]) } : {}),
    discretization: pick(DISCRETIZATIONS),
    c_init: pick(C_INITS),
    // Time constants from one step to thousands of steps.
    dt_min: pick([0.0001, 0.0005, 0.001, 0.01]),
    dt_max: pick([0.02, 0.1, 0.5, 2]),
  };
}

/** A size up to `largest`, rarely 1 or much larger. */
function sizeOf({ between, chance, pick }: Draw, largest: number): number {
  if (chance(0.08)) return 1;
  return chance(0.03) ? pick([32, 48, 64, VERY_LARGE]) : between(1, largest);
}

/** The SSM core of a layer, of one or two. */
export function drawCore(draw: Draw): DrawnModel {
  const { between, pick, chance } = draw;
  const [features, states] = [sizeOf(draw, LARGEST_CORE), sizeOf(draw, LARGEST_CORE)];
  const layers = chance(0.75) ? 1 : 2;
  const init = {
    ...weights(draw, states),
    ...{ layers, features, state_size: states, inputs: between(1, 3), outputs: 1 },
    activation: layers === 1 ? 'gelu' : pick(ACTIVATIONS),
  };
  return {
    init,
    scope: { ssm_core: between(0, layers - 1) },
    pixels: false,
    sizes: { features, states, read: 2 * states, inputs: features, outputs: features, layers },
  };
}

/** A whole network of 1 to 3 layers. */
export function drawNetwork(draw: Draw): DrawnModel {
  const { between, pick, chance } = draw;
  const [features, states] = [sizeOf(draw, LARGEST_LAYER), sizeOf(draw, LARGEST_LAYER)];
  const outputs = between(1, 5);
  const bidirectional = chance(0.35);
  const kind = pick(['values', 'values', 'values', 'one_hot', 'pixels'] as const);
  const oneHot = kind === 'one_hot';
  const inputs = kind === 'pixels' ? 1 : between(1, 5);
  const layers = Math.max(features, states) > LARGEST_LAYER ? 1 : between(1, MOST_LAYERS);
  const init = {
    ...weights(draw, states),
    ...{ layers, features, state_size: states, inputs, outputs },
    activation: pick(ACTIVATIONS),
    bidirectional,
    // A bidirectional model gives no output every step.
    pooling: pick(POOLINGS.filter((pooling) => !(bidirectional && pooling === 'none'))),
  };
  const read = bidirectional ? 4 * states : 2 * states;
  return {
    init,
    scope: 'network',
    ...(oneHot ? { input: kind } : {}),
    pixels: kind === 'pixels',
    sizes: { features, states, read, inputs: oneHot ? 1 : inputs, outputs, layers },
  };
}
