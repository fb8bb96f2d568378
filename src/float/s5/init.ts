import { Qs5Error } from '../../base/errors.js';
import { hippoBasis, type HippoBasis } from './hippo.js';
import { initSsm, type CInit } from './init_ssm.js';
import {
  activationDenses,
  type Dense,
  type NormParameters,
  type S5Layer,
  type S5Model,
  type S5Shape,
} from './model.js';
import { draws, randomStream, type RandomStream } from '../../base/random.js';

export { C_INITS, type CInit } from './init_ssm.js';

/** `stateSize` is P, the stored states; a block has 2P/J with `conjSym`, P/J without. */
export interface InitSpec extends S5Shape {
  /** Any integer of 32 bits. */
  readonly seed: number;
  /** J, the number of equal HiPPO blocks. */
  readonly blocks: number;
  /** Smallest and largest time step, above 0; S5 takes 0.001 and 0.1. */
  readonly dtMin: number;
  readonly dtMax: number;
  readonly cInit: CInit;
}

/**
 * An untrained model as S5 starts from, of any size; the same for the same spec. Dense kernels are
 * lecun_normal with zero bias, norms the identity.
 *
 * @param onLayer called before each layer with the number of layers made.
 * @throws Qs5Error E_CONFIG_COMBINATION when the states do not divide into blocks, or dtMin is
 * above dtMax.
 */
export function initModel(
  spec: InitSpec,
  onLayer?: (done: number, layers: number) => void,
): S5Model {
  if (!(spec.dtMin > 0 && spec.dtMin <= spec.dtMax)) {
    throw new Qs5Error('E_CONFIG_COMBINATION', {
      message: `The time steps run from ${spec.dtMin} to ${spec.dtMax}.`,
      hint: 'the smallest must be above 0 and not above the largest; S5 takes 0.001 and 0.1.',
      path: ['model', 'init', 'dt_min'],
    });
  }
  const basis = hippoBasis(blockSize(spec), spec.conjSym);
  const random = randomStream(spec.seed);
  const encoder = initDense(spec.inputs, spec.features, random);
  const layers = Array.from({ length: spec.layers }, (_, n) => {
    onLayer?.(n, spec.layers);
    return initLayer(spec, basis, random);
  });
  const decoder = initDense(spec.features, spec.outputs, random);
  return { shape: shapeOf(spec), encoder, layers, decoder };
}

/** N of a block, after checking that there is a whole, usable one. */
function blockSize({ stateSize, blocks, conjSym }: InitSpec): number {
  if (stateSize % blocks === 0) return conjSym ? (2 * stateSize) / blocks : stateSize / blocks;
  const odd = conjSym && (2 * stateSize) % blocks === 0;
  const divisors = Array.from({ length: stateSize }, (_, i) => i + 1).filter(
    (count) => stateSize % count === 0,
  );
  throw new Qs5Error('E_CONFIG_COMBINATION', {
    message: odd
      ? `${stateSize} conjugate pairs in ${blocks} blocks give blocks of odd size ${(2 * stateSize) / blocks}, which do not split into pairs.`
      : `${stateSize} states do not divide into ${blocks} blocks.`,
    hint: `use ${divisors.join(', ').replace(/, (\d+)$/, ' or $1')}.`,
    path: ['model', 'init', 'blocks'],
  });
}

function shapeOf(spec: InitSpec): S5Shape {
  return {
    layers: spec.layers,
    features: spec.features,
    stateSize: spec.stateSize,
    inputs: spec.inputs,
    outputs: spec.outputs,
    activation: spec.activation,
    gelu: spec.gelu,
    sigmoid: spec.sigmoid,
    norm: spec.norm,
    normBias: spec.normBias || spec.norm === 'batch',
    normEps: spec.normEps,
    prenorm: spec.prenorm,
    conjSym: spec.conjSym,
    bidirectional: spec.bidirectional,
    discretization: spec.discretization,
    pooling: spec.pooling,
  };
}

function initLayer(spec: InitSpec, basis: HippoBasis, random: RandomStream): S5Layer {
  const ssm = initSsm(spec, basis, random);
  const names = activationDenses(spec.activation);
  const dense = (name: 'out1' | 'out2'): Partial<Record<'out1' | 'out2', Dense>> =>
    names.includes(name) ? { [name]: initDense(spec.features, spec.features, random) } : {};
  return { ssm, norm: initNorm(spec), ...dense('out1'), ...dense('out2') };
}

/** lecun_normal kernel: variance 1 / inputs. */
function initDense(inputs: number, outputs: number, random: RandomStream): Dense {
  return {
    inputs,
    outputs,
    kernel: draws(inputs * outputs, 1 / Math.sqrt(inputs), random.truncatedNormal),
    bias: new Float64Array(outputs),
  };
}

function initNorm({ norm, features }: InitSpec): NormParameters {
  const affine = { scale: new Float64Array(features).fill(1), bias: new Float64Array(features) };
  if (norm === 'layer') return affine;
  return { ...affine, mean: new Float64Array(features), var: new Float64Array(features).fill(1) };
}
