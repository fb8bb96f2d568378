/** Cycles for which aresetn is low at the beginning and at each reset in mid-stream. */
export const RESET_CYCLES = 4;

/** What is offered to a design, and when source and sink hold back. */
export interface Stimulus {
  /** Sequences of time steps of integer words, in order. */
  readonly sequences: readonly (readonly ArrayLike<number>[])[];
  /** A new beat may be put on the bus in the cycle after a 1; repeats. */
  readonly validPattern: readonly boolean[];
  /** The sink is ready in the cycles of a 1; repeats, same length as `validPattern`. */
  readonly readyPattern: readonly boolean[];
  /**
   * Cycles in which a reset begins, ascending and further apart than a reset lasts. The source
   * then goes on with the sequence after the one that it was in.
   */
  readonly resets: readonly number[];
}

/** One beat of the input bus. */
export interface InputBeat {
  readonly words: readonly number[];
  readonly last: boolean;
  readonly sequence: number;
  readonly step: number;
}

/** All beats of a stimulus, `lanes` words each. */
export function inputBeats(stimulus: Stimulus, lanes: number): InputBeat[] {
  const beats: InputBeat[] = [];
  stimulus.sequences.forEach((steps, sequence) => {
    steps.forEach((vector, step) => {
      const words = Array.from(vector);
      for (let i = 0; i < words.length; i += lanes) {
        const last = step === steps.length - 1 && i + lanes >= words.length;
        beats.push({ words: words.slice(i, i + lanes), last, sequence, step });
      }
    });
  });
  return beats;
}
