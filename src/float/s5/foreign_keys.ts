/** Keys of metadata that are none of qs5's: S5's own names, slips of the pen, and all others. */
import { editDistance } from '../../base/nearest.js';
import { ARCHITECTURE_KEYS, KEY_READERS, type ArchitectureKey } from './architecture.js';

/** A key of S5's own code in qs5's key and words. */
export interface Translation {
  readonly key: ArchitectureKey;
  /** qs5's words for each of S5's; undefined: the same words. */
  readonly words?: Readonly<Record<string, string>>;
}

/**
 * Names that S5's command line or Q-S5's has for keys of the architecture.
 *
 * Source: lindermanlab/S5 run_train.py, stevenabreu7/Q-S5 run_train.py
 */
export const TRANSLATIONS: ReadonlyMap<string, Translation> = new Map([
  ['activation_fn', { key: 'activation' }],
  ['mode', { key: 'pooling', words: { pool: 'mean', last: 'last' } }],
  ['batchnorm', { key: 'norm', words: { true: 'batch', false: 'layer' } }],
  ['qgelu_approx', { key: 'gelu', words: { true: 'q_gelu', false: '' } }],
  ['hard_sigmoid', { key: 'sigmoid', words: { true: 'hard', false: 'exact' } }],
] as const);

/** Options of S5's code and its ports that qs5 does not build; false is the only good value. */
export const NOT_BUILT: ReadonlyMap<string, string> = new Map([
  ['liquid', 'a liquid S5 has an input in its poles, which qs5 does not build.'],
  [
    'padded',
    'S5 pools a padded sequence over its own length; qs5 pools over every step. Give sequences without padding, and remove the key.',
  ],
]);

/** Sizes that S5's command line names, by what they are the sizes of. */
export const SIZE_KEYS = ['n_layers', 'd_model', 'ssm_size_base', 'd_output'] as const;
export type SizeKey = (typeof SIZE_KEYS)[number];

/** Other names that are in use for a key; letters only, as `squashed` makes them. */
const ALIASES: Readonly<Record<ArchitectureKey, string>> = {
  activation: 'act actfn activationfunction nonlinearity glu glutype',
  gelu: 'geluapprox geluapproximate geluapproximation gelutype gelukind geluvariant approximate',
  sigmoid: 'sigmoidtype sigmoidkind gatefn gateactivation',
  norm: 'normalization normalisation normtype normalizationtype layernorm uselayernorm usebatchnorm bn ln',
  norm_eps: 'eps epsilon normepsilon layernormeps batchnormeps lneps bneps',
  prenorm: 'normfirst postnorm',
  conj_sym: 'conj conjugatesymmetry conjugatesym conjsymmetry',
  bidirectional: 'bidir bidirection',
  discretization: 'discretisation discretize discretizationmethod discmethod disc',
  pooling: 'pool poolmode poolingmode pooltype poolingtype readout aggregation',
  clip_eigs: 'clipeig clipeigenvalues',
  step_rescale: 'stepscale rescale dtrescale dtscale timescalefactor',
  bandlimit: 'bandlimiting',
};

/** Slips of the pen in a word, at most. */
const SLIPS = 2;
const LONGEST = Math.max(...ARCHITECTURE_KEYS.map((key) => key.length));

function squashed(key: string): string {
  return key.toLowerCase().replace(/[^a-z0-9]/g, '');
}

/**
 * The key that was probably meant by one that nobody knows; undefined for a key of other things,
 * as `author`.
 */
export function meantKey(key: string): ArchitectureKey | undefined {
  // The name of a section may precede a key: `model.activation`.
  const bare = squashed(key.split(/[.:/]/).at(-1) ?? key);
  const same = ARCHITECTURE_KEYS.find(
    (known) => squashed(known) === bare || ALIASES[known].split(' ').includes(bare),
  );
  if (same !== undefined) return same;
  const translated = [...TRANSLATIONS].find(([name]) => squashed(name) === bare);
  if (translated !== undefined) return translated[1].key;
  // Short words are near to too many others.
  return ARCHITECTURE_KEYS.filter((known) => known.length > 5).find(
    (known) => editDistance(bare.slice(0, 2 * LONGEST), squashed(known)) <= SLIPS,
  );
}

/** `tanh, erf or q_gelu`: what a key may be. */
export function allowedFor(key: ArchitectureKey): string {
  return KEY_READERS[key].allowed;
}
