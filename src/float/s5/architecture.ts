/** The keys of an architecture as metadata and configs spell them, and the values they may have. */
import {
  ACTIVATIONS,
  DISCRETIZATIONS,
  NORMS,
  POOLINGS,
  SIGMOIDS,
  type Activation,
  type Discretization,
  type GeluKind,
  type Norm,
  type Pooling,
  type SigmoidKind,
} from './model.js';

/** GELUs that a network may have been trained with; `exact` alone would leave open which one. */
export const TRAINED_GELUS = ['tanh', 'erf', 'q_gelu'] as const;
export type TrainedGelu = (typeof TRAINED_GELUS)[number];

/** The GELU of a network that was trained with it. */
export function geluKindOf(trained: TrainedGelu): GeluKind {
  return trained === 'tanh' ? 'exact' : trained;
}

/** Facts about its network that a checkpoint may state in addition to its tensors. */
export interface Architecture {
  readonly activation: Activation;
  readonly gelu: TrainedGelu;
  readonly sigmoid: SigmoidKind;
  readonly norm: Norm;
  /** Added to the variance; above 0. */
  readonly norm_eps: number;
  readonly prenorm: boolean;
  readonly conj_sym: boolean;
  readonly bidirectional: boolean;
  readonly discretization: Discretization;
  readonly pooling: Pooling;
  /** True if Re(lambda) is cut off at -1e-4. */
  readonly clip_eigs: boolean;
  /** Factor on every time step; above 0. */
  readonly step_rescale: number;
  /** States above half this frequency, in cycles per step, are not read; Infinity: all are. */
  readonly bandlimit: number;
}

export type ArchitectureKey = keyof Architecture;
export type ArchitectureValue = Architecture[ArchitectureKey];

/** Facts of an architecture that a config or a file states. */
export type Stated = {
  readonly [Key in ArchitectureKey]?: Architecture[Key] | undefined;
};

/** How a text of metadata is read. */
interface KeyReader {
  /** Words for an error: what the value may be. */
  readonly allowed: string;
  /** The value of a text; undefined for a text that is none. */
  readonly read: (text: string) => ArchitectureValue | undefined;
}

function word(words: readonly (ArchitectureValue & string)[]): KeyReader {
  const last = words.at(-1) ?? '';
  return {
    allowed: `${words.slice(0, -1).join(', ')} or ${last}`,
    read: (text) => words.find((one) => one === text),
  };
}

/** `True` and `False` are how Python prints them. */
const flag: KeyReader = {
  allowed: 'true or false',
  read: (text) => ({ true: true, false: false })[text.toLowerCase()],
};

function number(limit: number, words: string): KeyReader {
  return {
    allowed: words,
    read: (text) => {
      const value = /^[+]?[\d.]+(e[+-]?\d+)?$/i.test(text.trim()) ? Number(text) : NaN;
      return value > 0 && value <= limit ? value : undefined;
    },
  };
}

export const KEY_READERS: Readonly<Record<ArchitectureKey, KeyReader>> = {
  activation: word(ACTIVATIONS),
  gelu: word(TRAINED_GELUS),
  sigmoid: word(SIGMOIDS),
  norm: word(NORMS),
  norm_eps: number(1, 'a number above 0, up to 1'),
  prenorm: flag,
  conj_sym: flag,
  bidirectional: flag,
  discretization: word(DISCRETIZATIONS),
  pooling: word(POOLINGS),
  clip_eigs: flag,
  step_rescale: number(1e6, 'a number above 0, up to 1000000'),
  bandlimit: number(1e6, 'a number above 0, up to 1000000'),
};

export const ARCHITECTURE_KEYS = Object.keys(KEY_READERS) as readonly ArchitectureKey[];

/** flax's epsilons. */
const NORM_EPS: Readonly<Record<Norm, number>> = { batch: 1e-5, layer: 1e-6 };

/**
 * Defaults of facts that are not stated: those of S5's command line, and of flax for gelu and
 * norm_eps.
 *
 * Source: lindermanlab/S5 run_train.py, flax.linen.normalization, jax.nn.gelu.
 */
export function defaultsFor(norm: Norm): Architecture {
  return {
    activation: 'half_glu1',
    gelu: 'tanh',
    sigmoid: 'exact',
    norm: 'batch',
    norm_eps: NORM_EPS[norm],
    prenorm: true,
    conj_sym: true,
    bidirectional: false,
    discretization: 'zoh',
    pooling: 'mean',
    clip_eigs: false,
    step_rescale: 1,
    bandlimit: Infinity,
  };
}

/**
 * Keys whose default is a guess: networks differ in them, and tensors do not tell. The others are
 * additions, absent where nothing says that they are there.
 */
export const GUESSED_KEYS: readonly ArchitectureKey[] = [
  'activation',
  'gelu',
  'norm',
  'norm_eps',
  'prenorm',
  'conj_sym',
  'bidirectional',
  'discretization',
  'pooling',
];
