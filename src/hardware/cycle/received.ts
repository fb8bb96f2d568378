import type { InputBeat } from './stimulus.js';

/** A sequence as a design understands it: where it ends is up to tlast and the longest length. */
export interface ReceivedSequence {
  /** Input vectors. */
  readonly steps: readonly Float64Array[];
  /** True if its end was received; false at most for the last one. */
  readonly ended: boolean;
}

export interface Received {
  readonly sequences: readonly ReceivedSequence[];
  /** True if tlast came within a vector, or not within the longest sequence. */
  readonly protocol: boolean;
}

/**
 * The sequences that beats make after a reset. The last beat of a vector ends a sequence with
 * tlast, and without it after `maxLength` steps; tlast within a vector counts for nothing.
 *
 * @param perVector beats of a vector. @param maxLength undefined: no limit.
 */
export function receivedSequences(
  beats: readonly InputBeat[],
  perVector: number,
  maxLength = Infinity,
): Received {
  const sequences: ReceivedSequence[] = [];
  let steps: Float64Array[] = [];
  let protocol = false;
  for (let from = 0; from + perVector <= beats.length; from += perVector) {
    const vector = beats.slice(from, from + perVector);
    steps.push(Float64Array.from(vector.flatMap(({ words }) => words)));
    const [ends] = vector.slice(-1).map(({ last }) => last);
    const tooLong = ends !== true && steps.length >= maxLength;
    if (tooLong || vector.slice(0, -1).some(({ last }) => last)) protocol = true;
    if (ends !== true && !tooLong) continue;
    sequences.push({ steps, ended: true });
    steps = [];
  }
  if (steps.length > 0) sequences.push({ steps, ended: false });
  return { sequences, protocol };
}
