import type { Simulator } from '../../simulate/simulate.js';
import { randomQualityCase, type QualityCase } from './case.js';
import { runQuality, shrinkQuality, type QualityVerdict } from './run.js';

/** A random model with an integer network noisier than expected, or with a mismatch. */
export interface QualityFailure {
  readonly index: number;
  readonly reason: string;
  /** Changes of the float model that cause the failure, and its data. */
  readonly spoils: readonly string[];
  readonly data: QualityCase['data'];
  readonly config: string;
}

/** Results of the random models. */
export interface QualityReport {
  readonly models: number;
  /** Largest noise / expected noise, dB; null before any model. */
  readonly largestExcessDb: number | null;
  /** The model with this noise. */
  readonly largestExcessAt: number | null;
  readonly failures: readonly QualityFailure[];
  /** Models without a verdict, because a program exceeded its limit on time or memory. */
  readonly undecided: readonly { readonly index: number; readonly reason: string }[];
}

/** Runs random models one by one and keeps count. */
export interface QualityTally {
  /** Runs a model. Returns the failure with the fewest changes, if any. */
  run(index: number): Promise<QualityCase | undefined>;
  report(): QualityReport;
}

export function createQualityTally(
  seed: number,
  options: {
    readonly version: string;
    readonly signal?: AbortSignal;
    /** Called with each failure at once. */
    readonly found?: (failure: QualityFailure) => void;
  },
): QualityTally {
  const failures = new Map<number, QualityFailure>();
  const undecided: { index: number; reason: string }[] = [];
  let models = 0;
  let worst: { index: number; excessDb: number } | undefined;
  const simulators: readonly Simulator[] = ['emulator', 'model', 'icarus'];
  const verdictOf = (found: QualityCase): Promise<QualityVerdict> =>
    runQuality(found, { ...options, simulators });
  return {
    async run(index) {
      const found = await randomQualityCase(seed, index);
      const { kind, excessDb, reason } = await verdictOf(found);
      models += 1;
      if (Number.isFinite(excessDb) && excessDb > (worst?.excessDb ?? -Infinity)) {
        worst = { index, excessDb };
      }
      if (kind === 'undecided') undecided.push({ index, reason });
      if (kind !== 'fail') return undefined;
      // The failure stays, even if simplification is interrupted.
      const keep = ({ spoils, data, config }: QualityCase): QualityFailure => {
        const failure = { index, reason, spoils: spoils.map(({ name }) => name), data, config };
        failures.set(index, failure);
        return failure;
      };
      options.found?.(keep(found));
      const smallest = await shrinkQuality(found, async (candidate) => {
        const fails = (await verdictOf(candidate)).kind === 'fail';
        if (fails) keep(candidate);
        return fails;
      });
      keep(smallest);
      return smallest;
    },
    report: () => ({
      models,
      largestExcessDb: worst?.excessDb ?? null,
      largestExcessAt: worst?.index ?? null,
      failures: [...failures.values()].sort((a, b) => a.index - b.index),
      undecided: undecided.sort((a, b) => a.index - b.index),
    }),
  };
}
