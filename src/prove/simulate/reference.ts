import type { CycleRun, TimedOutput } from '../../hardware/cycle/model.js';
import { receivedSequences, type ReceivedSequence } from '../../hardware/cycle/received.js';
import { inputBeats, type Stimulus } from '../../hardware/cycle/stimulus.js';
import { createEmulator } from '../../network/emulate/emulator.js';
import { specOf } from '../../network/ops/table.js';
import type { Plan } from '../../hardware/plan/types.js';
import { wordDivergence, type Divergence } from './divergence.js';

/** Results of the integer network for a stimulus. */
export interface Reference {
  /** The sequences as the design understands them. */
  readonly received: readonly ReceivedSequence[];
  /** Output vectors by received sequence and step; of a network that pools, one per sequence. */
  readonly outputs: readonly (readonly Float64Array[])[];
  /** Words that each node clipped, by node id. */
  readonly clipped: ReadonlyMap<string, number>;
  /** The sticky status flags that follow from it, by `block.port`. */
  readonly flags: ReadonlyMap<string, boolean>;
}

export interface Comparison {
  readonly mismatches: number;
  readonly first?: Divergence;
}

/**
 * Runs the integer network over every sequence and step of a stimulus.
 *
 * @param from Number of the first beat: 0, or the beat with which the source continues after a reset.
 */
export async function runReference(
  plan: Plan,
  stimulus: Stimulus,
  pause?: (steps: number) => Promise<void>,
  from = 0,
): Promise<Reference> {
  const { network, input } = plan;
  const emulator = createEmulator(network);
  const beats = inputBeats(stimulus, input.lanes).slice(from);
  const { sequences, protocol } = receivedSequences(beats, input.beats, network.maxLength);
  const outputs: Float64Array[][] = [];
  let done = 0;
  for (const { steps, ended } of sequences) {
    outputs.push(emulator.run(steps, ended));
    done += steps.length;
    await pause?.(done);
  }
  const flags = new Map([[`${input.block}.protocol`, protocol]]);
  for (const node of network.nodes) {
    // A table clips without a flag.
    if (specOf(node.op).saturates) {
      flags.set(`${node.id}.saturated`, (emulator.clipped.get(node.id) ?? 0) > 0);
    }
    if (node.op !== 'embed') continue;
    const outside = (index: number) => index < 0 || index >= node.rows;
    const unknown = sequences.some(({ steps }) => steps.some((step) => step.some(outside)));
    flags.set(`${node.id}.unknown`, unknown);
  }
  return { received: sequences, outputs, clipped: emulator.clipped, flags };
}

/**
 * Compares every word and end of sequence of a run of the cycle model with the integer network. The
 * results before a reset must be a prefix of the expected results. After the last reset the results
 * must be complete, and the status bits must equal those of the integer network.
 *
 * @param reference Reference of the whole stimulus.
 */
export async function compareWithReference(
  plan: Plan,
  stimulus: Stimulus,
  reference: Reference,
  run: CycleRun,
): Promise<Comparison> {
  let mismatches = 0;
  let first: Divergence | undefined;
  const differ = (divergence: Divergence, count = 1) => {
    mismatches += count;
    first ??= divergence;
  };
  const starts = [0, ...run.resumed.map((_, i) => stimulus.resets[i]?.cycle ?? 0)];
  let last = reference;
  for (const [i, start] of starts.entries()) {
    const from = run.resumed[i - 1];
    if (from !== undefined) last = await runReference(plan, stimulus, undefined, from);
    const expected = expectedBeats(plan, last);
    const end = starts[i + 1] ?? Infinity;
    const outputs = run.outputs.filter(({ cycle }) => cycle >= start && cycle < end);
    outputs.forEach((beat, n) => {
      compareBeat(plan, beat, expected[n], differ);
    });
    const missing = expected.length - outputs.length;
    if (missing > 0 && end === Infinity) {
      const count = (beats: number) => `${beats} beats`;
      differ(
        {
          cycle: run.cycles,
          signal: 'results',
          expected: count(expected.length),
          actual: count(outputs.length),
        },
        missing,
      );
    }
  }
  for (const [signal, on] of last.flags) {
    const flag = run.flags.get(signal);
    if (flag === on) continue;
    differ({ cycle: run.cycles, signal, expected: String(on), actual: String(flag) });
  }
  return first === undefined ? { mismatches } : { mismatches, first };
}

interface ExpectedBeat {
  readonly words: Float64Array;
  readonly last: boolean;
}

/** The output beats that follow from the integer network, in order. */
function expectedBeats({ output, emit }: Plan, reference: Reference): ExpectedBeat[] {
  return reference.received.flatMap(({ steps, ended }, s) =>
    (reference.outputs[s] ?? []).flatMap((vector, k) =>
      Array.from({ length: output.beats }, (_, b) => ({
        words: vector.subarray(b * output.lanes, (b + 1) * output.lanes),
        last: b === output.beats - 1 && (emit !== 'step' || (ended && k === steps.length - 1)),
      })),
    ),
  );
}

function compareBeat(
  plan: Plan,
  beat: TimedOutput,
  expected: ExpectedBeat | undefined,
  differ: (divergence: Divergence) => void,
): void {
  beat.words.forEach((word, lane) => {
    const wanted = expected?.words[lane];
    if (word !== wanted) differ(wordDivergence(plan, beat, lane, wanted));
  });
  if (expected === undefined || expected.last === beat.last) return;
  const { cycle, sequence, step } = beat;
  const text = (end: boolean) => (end ? 'end of sequence' : 'not the end');
  differ({
    cycle,
    signal: 'tlast',
    sequence,
    step,
    expected: text(expected.last),
    actual: text(beat.last),
  });
}
