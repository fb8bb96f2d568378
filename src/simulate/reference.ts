import type { CycleRun } from '../cycle/model.js';
import type { Stimulus } from '../cycle/stimulus.js';
import { CLIPPING, createEmulator } from '../emulate/emulator.js';
import type { Plan } from '../plan/types.js';
import { wordDivergence, type Divergence } from './divergence.js';

/** What the integer network made of a stimulus. */
export interface Reference {
  /** Output vectors by sequence and step; of a network that pools, one per sequence. */
  readonly outputs: readonly (readonly Float64Array[])[];
  /** Words that each node clipped, by node id. */
  readonly clipped: ReadonlyMap<string, number>;
}

export interface Comparison {
  readonly mismatches: number;
  readonly first?: Divergence;
}

/** Runs the integer network over every sequence and step of a stimulus. */
export async function runReference(
  plan: Plan,
  stimulus: Stimulus,
  pause?: (steps: number) => Promise<void>,
): Promise<Reference> {
  const emulator = createEmulator(plan.network);
  const all: Float64Array[][] = [];
  let done = 0;
  for (const steps of stimulus.sequences) {
    all.push(emulator.run(steps));
    done += steps.length;
    await pause?.(done);
  }
  return { outputs: all, clipped: emulator.clipped };
}

/**
 * Every word of a run of the cycle model against the integer network. Without resets every result
 * must be there; with resets, those that came must be right.
 */
export function compareWithReference(
  plan: Plan,
  { outputs: reference, clipped }: Reference,
  run: CycleRun,
): Comparison {
  const { output } = plan;
  let mismatches = 0;
  let first: Divergence | undefined;
  run.outputs.forEach((beat) => {
    const vector = reference[beat.sequence]?.[plan.emit === 'step' ? beat.step : 0];
    beat.words.forEach((word, lane) => {
      const expected = vector?.[beat.beat * output.lanes + lane];
      if (word === expected) return;
      mismatches += 1;
      first ??= wordDivergence(plan, beat, lane, expected);
    });
  });
  if (run.resumed.length === 0) {
    const steps = reference.reduce((sum, sequence) => sum + sequence.length, 0);
    const missing = steps * output.beats - run.outputs.length;
    if (missing !== 0) {
      mismatches += Math.abs(missing);
      first ??= {
        cycle: run.cycles,
        signal: 'results',
        expected: `${steps * output.beats} beats`,
        actual: `${run.outputs.length} beats`,
      };
    }
  }
  if (run.resumed.length === 0) {
    // A sticky flag must say what the integer network counted; a table has none.
    for (const { id: node, op } of plan.network.nodes) {
      const count = clipped.get(node);
      if (count === undefined || !CLIPPING.has(op)) continue;
      const flag = run.flags.get(`${node}.saturated`);
      if (flag === count > 0) continue;
      mismatches += 1;
      first ??= {
        cycle: run.cycles,
        signal: `${node}.saturated`,
        expected: `${count} clipped words`,
        actual: String(flag),
      };
    }
  }
  return first === undefined ? { mismatches } : { mismatches, first };
}
