import { SHORTEST_RESET } from '../../hardware/blocks/reset.js';
import { divisors } from '../../base/divisors.js';
import { provableTensors } from './provable.js';
import type {
  FuzzCase,
  FuzzConfig,
  FuzzFolding,
  FuzzStimulus,
  LayerOverride,
} from './fuzz_case.js';

/**
 * Simpler cases than a failing one, the largest change first: shorter stimulus without stalls,
 * smaller sizes, simpler folding, usual word lengths, fewer keys.
 */
export function* simplerCases(fuzzCase: FuzzCase): Generator<FuzzCase> {
  const { config, stimulus, pixels } = fuzzCase;
  for (const change of calmer(stimulus)) {
    yield { ...fuzzCase, stimulus: { ...stimulus, ...change } };
  }
  yield* smaller(fuzzCase);
  for (const plain of plainer(config)) yield { ...fuzzCase, config: plain };
  if (pixels !== undefined) {
    const { seed, rows, columns } = pixels;
    const data = { synthetic: { seed, length: rows * columns } };
    yield { config: { ...config, data }, stimulus };
  }
}

function* calmer(stimulus: FuzzStimulus): Generator<Partial<FuzzStimulus>> {
  const { resets, last_faults: faults, lengths, first_reset: first } = stimulus;
  if (resets.length > 0) yield { resets: [] };
  if (faults.length > 0) yield { last_faults: [] };
  for (const [i, reset] of resets.entries()) {
    if (resets.length > 1) yield { resets: resets.filter((other) => other !== reset) };
    if (reset.cycles === SHORTEST_RESET) continue;
    const shorter = { ...reset, cycles: SHORTEST_RESET };
    yield { resets: resets.map((other, k) => (k === i ? shorter : other)) };
  }
  if (faults.length > 1) {
    for (const fault of faults) yield { last_faults: faults.filter((other) => other !== fault) };
  }
  if (stimulus.stalls !== 'none') yield { stalls: 'none' };
  if (stimulus.content !== 'data') yield { content: 'data' };
  if (first !== USUAL_FIRST_RESET) yield { first_reset: USUAL_FIRST_RESET };
  if (lengths.length > 1) {
    yield { lengths: lengths.slice(0, 1) };
    yield { lengths: lengths.slice(1) };
  }
  if (lengths.some((length) => length > 1)) {
    yield { lengths: lengths.map((length) => Math.ceil(length / 2)) };
    yield { lengths: lengths.map((length) => Math.max(1, length - 1)) };
  }
}

const USUAL_FIRST_RESET = 4;

function* smaller(fuzzCase: FuzzCase): Generator<FuzzCase> {
  const { config } = fuzzCase;
  const { init } = config.model;
  const withInit = (change: FuzzConfig['model']['init']): FuzzCase => ({
    ...fuzzCase,
    config: fitSizes({ ...config, model: { init: { ...init, ...change } } }),
  });
  for (const key of ['layers', 'features', 'state_size', 'inputs', 'outputs'] as const) {
    const size = Number(init[key]);
    for (const fewer of [Math.ceil(size / 2), size - 1]) {
      if (fewer >= 1 && fewer !== size) yield withInit({ [key]: fewer });
    }
  }
  for (const [key, plain] of Object.entries(PLAIN_INIT)) {
    if (init[key] !== undefined && init[key] !== plain) yield withInit({ [key]: plain });
  }
}

/** The simplest choices for a network. */
const PLAIN_INIT = {
  bidirectional: false,
  norm: 'batch',
  norm_bias: true,
  prenorm: true,
  activation: 'gelu',
  conj_sym: true,
  blocks: 1,
  discretization: 'zoh',
  c_init: 'lecun_normal',
  dt_min: 0.001,
  dt_max: 0.1,
  gelu: 'tanh',
  sigmoid: 'exact',
  norm_eps: 1e-6,
  step_rescale: 1,
} as const;

/** Optional keys, all with defaults. */
const OPTIONAL = ['functions', 'poles', 'sharing', 'layers', 'max_length'] as const;

function* plainer(config: FuzzConfig): Generator<FuzzConfig> {
  const { calibration, folding, layers = [], target } = config;
  if (config.name !== 'fuzz') yield { ...config, name: 'fuzz' };
  for (const key of OPTIONAL) {
    if (config[key] !== undefined) yield without(config, key);
  }
  for (const [i, override] of layers.entries()) {
    if (layers.length > 1) yield { ...config, layers: layers.filter((_, k) => k !== i) };
    for (const fewer of fewerOverrides(override)) {
      yield { ...config, layers: layers.map((other, k) => (k === i ? fewer : other)) };
    }
  }
  for (const [key, plain] of Object.entries(PLAIN_CALIBRATION)) {
    const found = calibration[key as keyof typeof PLAIN_CALIBRATION];
    if (found === undefined || JSON.stringify(found) === JSON.stringify(plain)) continue;
    yield { ...config, calibration: { ...calibration, [key]: plain } };
  }
  if (target !== undefined) yield without(config, 'target');
  if (config.device !== 'xc7a35t') yield { ...config, device: 'xc7a35t' };
  if (folding === 'auto') yield { ...config, folding: {} };
  else {
    for (const engine of Object.keys(folding) as (keyof FuzzFolding)[]) {
      if (JSON.stringify(folding[engine]) === JSON.stringify(PLAIN_FOLDING[engine])) continue;
      yield { ...config, folding: { ...folding, [engine]: PLAIN_FOLDING[engine] } };
    }
  }
  for (const [key, bits] of Object.entries(config.precision)) {
    const usual = key === 'state' || key === 'residual' ? 16 : 8;
    if (bits !== usual) yield { ...config, precision: { ...config.precision, [key]: usual } };
  }
  for (const [key, plain] of Object.entries(PLAIN_SCALES)) {
    if (config.scales[key] === plain) continue;
    yield { ...config, scales: { ...config.scales, [key]: plain } };
  }
  if (config.lambda_form !== 'direct') yield { ...config, lambda_form: 'direct' };
}

const PLAIN_CALIBRATION = {
  method: 'abs_max',
  percentile: 99.99,
  weights: 'nearest',
  bias_correction: false,
  proved: [],
  margin: 1,
} as const;

const PLAIN_SCALES = {
  kind: 'real',
  weights: 'per_tensor',
  weight_range: 'abs_max',
  balanced_states: true,
  multiplier_bits: 16,
} as const;

const PLAIN_FOLDING: Required<FuzzFolding> = {
  input: { lanes: 1 },
  encoder: { pe: 1, simd: 1 },
  b: { pe: 1, simd: 1 },
  recurrence: { lanes: 1, multipliers: 4 },
  c: { pe: 1, simd: 1 },
  gate: { pe: 1, simd: 1 },
  decoder: { pe: 1, simd: 1 },
  output: { lanes: 1 },
};

function without<T extends object>(value: T, key: keyof T): T {
  return Object.fromEntries(Object.entries(value).filter(([other]) => other !== key)) as T;
}

function* fewerOverrides(override: LayerOverride): Generator<LayerOverride> {
  const { precision = {}, rounding = {} } = override;
  if (override.lambda_form !== undefined) yield without(override, 'lambda_form');
  if (override.rounding !== undefined) yield without(override, 'rounding');
  if (override.precision !== undefined) yield without(override, 'precision');
  for (const key of Object.keys(precision)) {
    yield { ...override, precision: without(precision, key) };
  }
  for (const key of Object.keys(rounding) as (keyof typeof rounding)[]) {
    yield { ...override, rounding: without(rounding, key) };
  }
}

/** Reduces values that depend on sizes: foldings, blocks, layer indices. */
function fitSizes(config: FuzzConfig): FuzzConfig {
  const { init } = config.model;
  const size = (key: string) => Number(init[key]);
  const [features, states, layers] = [size('features'), size('state_size'), size('layers')];
  const isNetwork = config.scope === 'network';
  const inputs = !isNetwork ? features : config.input === 'one_hot' ? 1 : size('inputs');
  const outputs = isNetwork ? size('outputs') : features;
  const read = init['bidirectional'] === true ? 4 * states : 2 * states;
  const fit = (n: number, lanes: number) =>
    Math.max(...divisors(n).filter((divisor) => divisor <= lanes));
  const fitMatrix = (rows: number, cols: number) => (f: { pe: number; simd: number }) => ({
    pe: fit(rows, f.pe),
    simd: fit(cols, f.simd),
  });
  const fitLanes =
    (words: number) =>
    <T extends { lanes: number }>(f: T): T => ({ ...f, lanes: fit(words, f.lanes) });
  const fitters = {
    input: fitLanes(inputs),
    encoder: fitMatrix(features, inputs),
    b: fitMatrix(2 * states, features),
    recurrence: fitLanes(states),
    c: fitMatrix(features, read),
    gate: fitMatrix(features, features),
    decoder: fitMatrix(outputs, features),
    output: fitLanes(outputs),
  };
  const fitEngine = ([engine, given]: [string, unknown]) => [
    engine,
    given === 'auto'
      ? given
      : (fitters[engine as keyof FuzzFolding] as (f: unknown) => unknown)(given),
  ];
  const folding =
    config.folding === 'auto'
      ? config.folding
      : (Object.fromEntries(Object.entries(config.folding).map(fitEngine)) as FuzzFolding);
  const { proved } = config.calibration;
  const provable: readonly string[] = provableTensors(config.scope, init);
  const fitted = {
    ...config,
    calibration: {
      ...config.calibration,
      ...(proved === undefined ? {} : { proved: proved.filter((one) => provable.includes(one)) }),
    },
    model: { init: { ...init, blocks: fit(states, size('blocks')) } },
    folding,
    ...(config.scope === 'network'
      ? {}
      : { scope: { ssm_core: Math.min(config.scope.ssm_core, layers - 1) } }),
  };
  if (config.layers === undefined) return fitted;
  return { ...fitted, layers: config.layers.filter(({ layer }) => layer < layers) };
}

/** Reduces a failing case to a simpler one that still fails, within a number of tries. */
export async function shrinkCase(
  failing: FuzzCase,
  fails: (fuzzCase: FuzzCase) => Promise<boolean>,
  tries: number,
): Promise<FuzzCase> {
  let smallest = failing;
  let left = tries;
  for (let found = true; found && left > 0;) {
    found = false;
    for (const simpler of simplerCases(smallest)) {
      if (left <= 0) break;
      left -= 1;
      if (!(await fails(simpler))) continue;
      smallest = simpler;
      found = true;
      break;
    }
  }
  return smallest;
}
