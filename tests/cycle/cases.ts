import type { CycleRun } from '../../src/hardware/cycle/model.js';
import type { Stimulus } from '../../src/hardware/cycle/stimulus.js';
import type { Design } from '../../src/design/build.js';
import { createEmulator } from '../../src/network/emulate/emulator.js';
import { randomCase } from '../../src/prove/fuzz/case.js';
import { designOrRefusal } from '../../src/prove/fuzz/run_case.js';

/** Minimum steps of the test sequences of a random design. */
const STEPS = 4;

/** Design number `index` of a seed: any sizes, widths, roundings and folding. */
export async function randomDesign(seed: number, index: number): Promise<Design> {
  for (let i = index; ; i += 1000) {
    const design = await designOrRefusal(randomCase(seed, i));
    if (!('refused' in design) && design.words(0).length >= STEPS) return design;
  }
}

/** Sequences of a design's test data, of the lengths given. */
export function sequencesOf(design: Design, lengths: readonly number[]): Float64Array[][] {
  return lengths.map((length, i) => design.words(i).slice(0, length));
}

/** The integer network's words of one sequence, all steps in a row. */
export function emulated(design: Design, steps: readonly ArrayLike<number>[]): number[] {
  return createEmulator(design.network)
    .run(steps)
    .flatMap((vector) => [...vector]);
}

/** The words that came out of one sequence, all steps in a row. */
export function wordsOf(run: CycleRun, sequence: number): number[] {
  return run.outputs.filter((beat) => beat.sequence === sequence).flatMap(({ words }) => words);
}

/** Most steps at a time that were started and whose last beat was not taken yet. */
export function mostInFlight(run: CycleRun, { sequences }: Stimulus, beats: number): number {
  const steps = sequences.reduce((sum, sequence) => sum + sequence.length, 0);
  const starts = run.starts.flat(2).map(({ cycle }) => cycle);
  const ends = run.outputs.filter(({ beat }) => beat === beats - 1).map(({ cycle }) => cycle);
  if (starts.length !== steps || ends.length !== steps) throw new Error('some step is missing');
  // A slot is free again in the cycle after the last beat.
  const open = starts.map((start, i) => i + 1 - ends.filter((end) => end < start).length);
  return Math.max(...open);
}
