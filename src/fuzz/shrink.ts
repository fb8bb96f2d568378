import { divisors } from '../divisors.js';
import type { FuzzCase, FuzzConfig, FuzzFolding } from './case.js';

/**
 * Simpler cases than a failing one, the boldest first: shorter and calmer stimulus, smaller
 * sizes, plainer folding, usual word lengths.
 */
export function* simplerCases(fuzzCase: FuzzCase): Generator<FuzzCase> {
  const { config, stimulus } = fuzzCase;
  const withStimulus = (change: Partial<FuzzCase['stimulus']>): FuzzCase => ({
    config,
    stimulus: { ...stimulus, ...change },
  });
  const withConfig = (change: Partial<FuzzConfig>): FuzzCase => ({
    config: { ...config, ...change },
    stimulus,
  });

  if (stimulus.resets > 0) yield withStimulus({ resets: 0 });
  if (stimulus.stalls !== 'none') yield withStimulus({ stalls: 'none' });
  if (stimulus.content !== 'data') yield withStimulus({ content: 'data' });
  if (stimulus.lengths.length > 1) {
    yield withStimulus({ lengths: stimulus.lengths.slice(0, 1) });
    yield withStimulus({ lengths: stimulus.lengths.slice(1) });
  }
  if (stimulus.lengths.some((length) => length > 1)) {
    yield withStimulus({ lengths: stimulus.lengths.map((length) => Math.ceil(length / 2)) });
    yield withStimulus({ lengths: stimulus.lengths.map((length) => Math.max(1, length - 1)) });
  }

  const { init } = config.model;
  for (const key of ['layers', 'features', 'state_size', 'inputs', 'outputs'] as const) {
    const size = Number(init[key]);
    for (const smaller of [Math.ceil(size / 2), size - 1]) {
      if (smaller < 1 || smaller === size) continue;
      yield fitFolding(withConfig({ model: { init: { ...init, [key]: smaller } } }));
    }
  }
  for (const [key, plainer] of Object.entries(PLAIN_INIT)) {
    if (init[key] === undefined || init[key] === plainer) continue;
    yield fitFolding(withConfig({ model: { init: { ...init, [key]: plainer } } }));
  }
  for (const engine of Object.keys(config.folding) as (keyof FuzzFolding)[]) {
    if (JSON.stringify(config.folding[engine]) === JSON.stringify(PLAIN_FOLDING[engine])) continue;
    yield withConfig({ folding: { ...config.folding, [engine]: PLAIN_FOLDING[engine] } });
  }
  for (const [key, bits] of Object.entries(config.precision)) {
    const usual = key === 'state' || key === 'residual' ? 16 : 8;
    if (bits !== usual) yield withConfig({ precision: { ...config.precision, [key]: usual } });
  }
  if (config.lambda_form !== 'direct') yield withConfig({ lambda_form: 'direct' });
}

/** The plainest choice of what a network is made of. */
const PLAIN_INIT = {
  bidirectional: false,
  norm: 'batch',
  norm_bias: true,
  prenorm: true,
  activation: 'gelu',
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

/** The folding brought down to what divides the sizes. */
function fitFolding(fuzzCase: FuzzCase): FuzzCase {
  const { config, stimulus } = fuzzCase;
  const size = (key: string) => Number(config.model.init[key]);
  const [features, states] = [size('features'), size('state_size')];
  const isNetwork = config.scope === 'network';
  const inputs = !isNetwork ? features : config.input === 'one_hot' ? 1 : size('inputs');
  const outputs = isNetwork ? size('outputs') : features;
  const read = config.model.init['bidirectional'] === true ? 4 * states : 2 * states;
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
  const folding = Object.fromEntries(
    Object.entries(config.folding).map(([engine, given]) => [
      engine,
      (fitters[engine as keyof FuzzFolding] as (f: unknown) => unknown)(given),
    ]),
  ) as FuzzFolding;
  return { config: { ...config, folding }, stimulus };
}

/** Goes from a failing case to simpler ones that still fail, within a number of tries. */
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
