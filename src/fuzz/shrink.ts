import { divisors, type FuzzCase, type FuzzConfig } from './case.js';

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
  for (const key of ['features', 'state_size'] as const) {
    const size = Number(init[key]);
    for (const smaller of [Math.ceil(size / 2), size - 1]) {
      if (smaller < 1 || smaller === size) continue;
      yield fitFolding(withConfig({ model: { init: { ...init, [key]: smaller } } }));
    }
  }
  const plain = {
    input: { lanes: 1 },
    b: { pe: 1, simd: 1 },
    recurrence: { lanes: 1, multipliers: 4 },
    c: { pe: 1, simd: 1 },
    output: { lanes: 1 },
  };
  for (const engine of ['input', 'b', 'recurrence', 'c', 'output'] as const) {
    if (JSON.stringify(config.folding[engine]) === JSON.stringify(plain[engine])) continue;
    yield withConfig({ folding: { ...config.folding, [engine]: plain[engine] } });
  }
  for (const [key, bits] of Object.entries(config.precision)) {
    const usual = key === 'state' || key === 'residual' ? 16 : 8;
    if (bits !== usual) yield withConfig({ precision: { ...config.precision, [key]: usual } });
  }
  if (config.lambda_form !== 'direct') yield withConfig({ lambda_form: 'direct' });
}

/** The folding brought down to what divides the sizes. */
function fitFolding(fuzzCase: FuzzCase): FuzzCase {
  const { config, stimulus } = fuzzCase;
  const features = Number(config.model.init['features']);
  const states = Number(config.model.init['state_size']);
  const fit = (n: number, lanes: number) =>
    Math.max(...divisors(n).filter((divisor) => divisor <= lanes));
  const { input, b, recurrence, c, output } = config.folding;
  const folding = {
    input: { lanes: fit(features, input.lanes) },
    b: { pe: fit(2 * states, b.pe), simd: fit(features, b.simd) },
    recurrence: { ...recurrence, lanes: fit(states, recurrence.lanes) },
    c: { pe: fit(features, c.pe), simd: fit(2 * states, c.simd) },
    output: { lanes: fit(features, output.lanes) },
  };
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
