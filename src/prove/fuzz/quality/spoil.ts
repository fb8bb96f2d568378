import { at } from '../../../base/at.js';
import { drawFrom } from '../../../base/draw.js';
import { randomStream } from '../../../base/random.js';
import type { Dense, S5Layer, S5Model } from '../../../float/s5/model.js';

/** One change of a float model, by name. */
export interface Spoil {
  readonly name: string;
  /** Applies the change; repeated calls give the same model. */
  readonly apply: (model: S5Model) => S5Model;
}

/** Largest reduction of a row or column, orders of magnitude. */
const MOST_ORDERS = 6;

/**
 * A random property of a sound model: rows and columns scaled by 10^-k, zeros, any D, dead and huge
 * channels, biases, offsets, weak and strong branches, very slow states.
 */
export function seededSpoil(seed: number, model: S5Model): Spoil {
  // A change samples during its application, always from the start of its own stream.
  return { name: drawSpoil(seed, model).name, apply: (from) => drawSpoil(seed, model).apply(from) };
}

function drawSpoil(seed: number, model: S5Model): Spoil {
  const random = randomStream(seed);
  const draw = drawFrom(random);
  const { pick, between, chance } = draw;
  const { layers, activation, norm } = model.shape;
  const index = between(0, layers - 1);
  const orders = between(1, MOST_ORDERS);
  const factors = (count: number, factor: () => number) =>
    Float64Array.from({ length: count }, factor);
  const some = (count: number, factor: number) => {
    const share = pick([1 / count, 0.3, 0.7]);
    return factors(count, () => (chance(share) ? factor : 1));
  };
  const normal = (deviation: number) => () => deviation * random.normal();
  const inLayer = (name: string, change: (layer: S5Layer) => S5Layer): Spoil => ({
    name: `layer ${index}: ${name}`,
    apply: (from) => ({
      ...from,
      layers: from.layers.map((layer, n) => (n === index ? change(layer) : layer)),
    }),
  });
  const inSsm = (name: string, change: (ssm: S5Layer['ssm']) => Partial<S5Layer['ssm']>) =>
    inLayer(name, (layer) => ({ ...layer, ssm: { ...layer.ssm, ...change(layer.ssm) } }));
  const inDense = (name: string, change: (dense: Dense) => Dense): Spoil => {
    const halves = [
      ...(activation === 'full_glu' ? (['out1'] as const) : []),
      ...(activation === 'gelu' ? [] : (['out2'] as const)),
    ];
    const which = pick(['encoder', 'decoder', ...halves] as const);
    if (which === 'encoder' || which === 'decoder') {
      const label = `${which}: ${name}`;
      return { name: label, apply: (from) => ({ ...from, [which]: change(from[which]) }) };
    }
    return inLayer(`${which}: ${name}`, (layer) => {
      const dense = layer[which];
      return dense === undefined ? layer : { ...layer, [which]: change(dense) };
    });
  };

  const { features: H, stateSize: P } = model.shape;
  const factor = chance(0.3) ? 0 : 10 ** -orders;
  const size = factor === 0 ? 'zero' : `1e-${orders}`;
  const spoils: readonly (() => Spoil)[] = [
    () => {
      const rows = some(P, factor);
      return inSsm(`rows of B times ${size}`, ({ b }) => ({
        b: b.map((v, i) => v * at(rows, Math.floor(i / (2 * H)))),
      }));
    },
    () => {
      const columns = some(H, factor);
      return inSsm(`columns of B times ${size}`, ({ b }) => ({
        b: b.map((v, i) => v * at(columns, Math.floor(i / 2) % H)),
      }));
    },
    () => {
      const rows = some(H, factor);
      return inSsm(`rows of C times ${size}`, ({ c }) => ({
        c: c.map((v, i) => v * at(rows, Math.floor((i * H) / c.length))),
      }));
    },
    () => {
      const columns = some(P, factor);
      return inSsm(`columns of C times ${size}`, ({ c }) => ({
        c: c.map((v, i) => v * at(columns, Math.floor(i / 2) % P)),
      }));
    },
    () => inSsm('B zero', ({ b }) => ({ b: b.map(() => 0) })),
    () => inSsm('C zero', ({ c }) => ({ c: c.map(() => 0) })),
    () => {
      const scale = pick([0, 1e-4, 0.01, 10, 1000]);
      const rows = some(H, scale);
      return inSsm(`elements of D times ${scale}`, ({ d }) => ({
        d: d.map((v, h) => v * at(rows, h)),
      }));
    },
    () => {
      const scale = pick([1e-3, 0.03, 30]);
      return inSsm(`branch times ${scale}`, ({ c, d }) => ({
        c: c.map((v) => v * scale),
        d: d.map((v) => v * scale),
      }));
    },
    () => {
      const slow = some(P, 1);
      const step = pick([-30, -12, -9]);
      return inSsm(`log_step ${step}`, ({ logStep }) => ({
        logStep: logStep.map((v, p) => (slow[p] === 1 && chance(0.5) ? step : v)),
      }));
    },
    () =>
      inDense(`rows times ${size}`, (dense) => {
        const rows = some(dense.outputs, factor);
        return {
          ...dense,
          kernel: dense.kernel.map((v, i) => v * at(rows, i % dense.outputs)),
        };
      }),
    () =>
      inDense(`columns times ${size}`, (dense) => {
        const columns = some(dense.inputs, factor);
        return {
          ...dense,
          kernel: dense.kernel.map((v, i) => v * at(columns, Math.floor(i / dense.outputs))),
        };
      }),
    () => inDense('kernel zero', (dense) => ({ ...dense, kernel: dense.kernel.map(() => 0) })),
    () => {
      const deviation = pick([0.1, 1, 10]);
      return inDense(`bias of ${deviation}`, (dense) => ({
        ...dense,
        bias: dense.bias.map(normal(deviation)),
      }));
    },
    () => {
      const scale = pick([0, 0.01, 10]);
      const channels = some(H, scale);
      return inLayer(`gains of the norm times ${scale}`, (layer) => ({
        ...layer,
        norm: { ...layer.norm, scale: layer.norm.scale.map((v, h) => v * at(channels, h)) },
      }));
    },
    () => {
      const deviation = pick([0.3, 3]);
      return inLayer(`offsets of the norm of ${deviation}`, (layer) => ({
        ...layer,
        norm: {
          ...layer.norm,
          ...(model.shape.normBias ? { bias: layer.norm.bias.map(normal(deviation)) } : {}),
          ...(norm === 'batch' && layer.norm.mean !== undefined
            ? { mean: layer.norm.mean.map(normal(deviation)) }
            : {}),
        },
      }));
    },
  ];
  return pick(spoils)();
}
