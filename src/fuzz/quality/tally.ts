import type { Simulator } from '../../simulate/simulate.js';
import { randomQualityCase, type QualityCase } from './case.js';
import { runQuality, shrinkQuality, type QualityVerdict } from './run.js';

/** A random model whose integer network is worse than its word lengths explain, or differs. */
export interface QualityFailure {
  readonly index: number;
  readonly reason: string;
  /** Changes of the float model that the failure needs, and its data. */
  readonly spoils: readonly string[];
  readonly data: QualityCase['data'];
  readonly config: string;
}

/** What random models showed. */
export interface QualityReport {
  readonly models: number;
  /** Largest noise over the noise that word lengths let one expect, dB; null before any model. */
  readonly largestExcessDb: number | null;
  /** The model that has it. */
  readonly largestExcessAt: number | null;
  readonly failures: readonly QualityFailure[];
  /** Models without a verdict, because a program took more time or memory than it may. */
  readonly undecided: readonly { readonly index: number; readonly reason: string }[];
}

/** Runs random models one by one and keeps count. */
export interface QualityTally {
  /** Returns the failure with the least changes, if the model fails. */
  run(index: number): Promise<QualityCase | undefined>;
  report(): QualityReport;
}

export function createQualityTally(
  seed: number,
  options: {
    readonly version: string;
    readonly signal?: AbortSignal;
    /** Called with a failure as soon as it is found. */
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
      // Kept from here on, also where simplifying it is interrupted.
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
