import { setImmediate } from 'node:timers/promises';
import { choosePlan } from '../../../design/fit.js';
import { decibels } from '../../../base/decibels.js';
import { stallPatterns } from '../../simulate/patterns.js';
import { simulatePlan, type Simulator } from '../../simulate/simulate.js';
import { stopsAll, verdictOfError } from '../verdict.js';
import { openCase, type QualityCase } from './case.js';
import { measureQuality } from './measure.js';

/** Limit of the noise above its expectation, dB. */
export const LARGEST_EXCESS = 12;

/** Result of one case. */
export interface QualityVerdict {
  readonly kind: 'pass' | 'fail' | 'undecided';
  /** Noise / expected noise, dB; -Infinity without noise. */
  readonly excessDb: number;
  readonly reason: string;
}

export interface QualityOptions {
  /** Models and simulators that must agree on the network; empty to measure only its noise. */
  readonly simulators: readonly Simulator[];
  readonly version: string;
  readonly signal?: AbortSignal;
}

/** Steps of each sequence for the simulators. */
const SIMULATED_STEPS = 6;

/**
 * Measures the noise of a case, and runs its network in the simulators.
 *
 * @throws Qs5Error for a missing tool, and the reason of the signal.
 */
export async function runQuality(
  found: QualityCase,
  { simulators, version, signal }: QualityOptions,
): Promise<QualityVerdict> {
  // A signal arrives only between two turns of the event loop.
  await setImmediate();
  signal?.throwIfAborted();
  let excessDb = NaN;
  try {
    const { loaded, model, dataset } = await openCase(found);
    const { network, words, noise, expected } = measureQuality(
      loaded.config,
      model,
      dataset,
      found.noiseSeed,
    );
    excessDb = -decibels(expected, noise);
    const verdict = (kind: QualityVerdict['kind'], reason = '') => ({ kind, excessDb, reason });
    if (!(excessDb <= LARGEST_EXCESS)) {
      const above = `${excessDb.toFixed(1)} dB above the expectation of its word lengths`;
      return verdict('fail', `quality: the noise is ${above}`);
    }
    if (simulators.length === 0) return verdict('pass');
    const plan = choosePlan(network, loaded.config);
    const sequences = words.slice(0, 2).map((steps) => steps.slice(0, SIMULATED_STEPS));
    const result = await simulatePlan(
      plan,
      { sequences, ...stallPatterns('none', plan, 0), resets: [] },
      {
        with: simulators,
        unstalled: true,
        version,
        ...(signal === undefined ? {} : { signal }),
      },
    );
    const bad = result.runs.find((run) => run.mismatches + run.cycleMismatches > 0);
    if (bad === undefined) return verdict('pass');
    return verdict('fail', `${bad.simulator}: ${JSON.stringify(bad.first ?? bad)}`);
  } catch (error) {
    if (signal?.aborted === true || stopsAll(error)) throw error;
    return { ...verdictOfError(error), excessDb };
  }
}

/** The case with the fewest changes that still fails. */
export async function shrinkQuality(
  failing: QualityCase,
  fails: (candidate: QualityCase) => Promise<boolean>,
): Promise<QualityCase> {
  let smallest = failing;
  const plain = (values: readonly number[], value: number) => values.map(() => value);
  const { gains, offsets } = failing.data;
  const simpler = [
    { ...smallest, data: { ...smallest.data, gains: plain(gains, 1) } },
    { ...smallest, data: { ...smallest.data, offsets: plain(offsets, 0) } },
  ].map(({ data }) => (from: QualityCase): QualityCase => ({ ...from, data }));
  const without = failing.spoils.map((spoil) => (from: QualityCase): QualityCase => ({
    ...from,
    spoils: from.spoils.filter((other) => other !== spoil),
  }));
  for (const change of [...without, ...simpler]) {
    const candidate = change(smallest);
    if (await fails(candidate)) smallest = candidate;
  }
  return smallest;
}
