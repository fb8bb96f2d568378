/** Default number of cycles for which aresetn is low at the beginning. */
export const RESET_CYCLES = 4;

/** A reset in mid-stream. */
export interface Reset {
  /** First cycle in which aresetn is low; above 0. */
  readonly cycle: number;
  /** Cycles for which aresetn is low, at least 3. A reset that begins during another restarts the count. */
  readonly cycles: number;
}

/** Input of a design, and the stalls of source and sink. */
export interface Stimulus {
  /** Sequences of time steps of integer words, in order. */
  readonly sequences: readonly (readonly ArrayLike<number>[])[];
  /** A new beat may be put on the bus in the cycle after a 1; repeats. */
  readonly validPattern: readonly boolean[];
  /** The sink is ready in the cycles of a 1; repeats, same length as `validPattern`. */
  readonly readyPattern: readonly boolean[];
  /**
   * In ascending order of their cycles; one may begin before another is over. The source then
   * continues with the sequence after the interrupted one.
   */
  readonly resets: readonly Reset[];
  /** Cycles for which aresetn is low from cycle 0 on, at least 3; default `RESET_CYCLES`. */
  readonly firstReset?: number;
  /**
   * Numbers of the beats whose tlast is wrong: set inside a sequence, or missing at its end.
   * `received.ts` has the sequences that the design then receives.
   */
  readonly wrongLast?: readonly number[];
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
  const wrong = new Set(stimulus.wrongLast);
  stimulus.sequences.forEach((steps, sequence) => {
    steps.forEach((vector, step) => {
      const words = Array.from(vector);
      for (let i = 0; i < words.length; i += lanes) {
        const end = step === steps.length - 1 && i + lanes >= words.length;
        const last = end !== wrong.has(beats.length);
        beats.push({ words: words.slice(i, i + lanes), last, sequence, step });
      }
    });
  });
  return beats;
}
