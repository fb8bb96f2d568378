import type { FloatTrace } from './float_traces.js';
import type { Trace } from './traces.js';

/** First and second moments of the words x of a vector and the real values f they stand for. */
export interface Moments {
  readonly samples: number;
  readonly meanWords: Float64Array;
  readonly meanReal: Float64Array;
  /** Covariances, summed over the samples: x x' and f x', [width, width] row-major. */
  readonly words: Float64Array;
  readonly cross: Float64Array;
}

/**
 * Over all steps of all sequences.
 *
 * @param real of each sequence, in the order of time.
 * @param column the column of `real` that a word stands for.
 */
export function momentsOf(
  { width, backwards, sequences }: Trace,
  real: (sequence: number) => FloatTrace,
  column: (word: number) => number,
): Moments {
  const meanWords = new Float64Array(width);
  const meanReal = new Float64Array(width);
  const words = new Float64Array(width * width);
  const cross = new Float64Array(width * width);
  const columns = Array.from({ length: width }, (_, i) => column(i));
  const forEachStep = (visit: (x: Float64Array, f: Float64Array) => void) => {
    const f = new Float64Array(width);
    sequences.forEach((data, i) => {
      const float = real(i);
      const steps = data.length / width;
      for (let k = 0; k < steps; k++) {
        const from = (backwards ? steps - 1 - k : k) * float.width;
        for (let n = 0; n < width; n++) f[n] = float.data[from + (columns[n] ?? 0)] ?? 0;
        visit(data.subarray(k * width, (k + 1) * width), f);
      }
    });
  };

  let samples = 0;
  forEachStep((x, f) => {
    samples += 1;
    for (let n = 0; n < width; n++) {
      meanWords[n] = (meanWords[n] ?? 0) + (x[n] ?? 0);
      meanReal[n] = (meanReal[n] ?? 0) + (f[n] ?? 0);
    }
  });
  for (let n = 0; n < width; n++) {
    meanWords[n] = (meanWords[n] ?? 0) / samples;
    meanReal[n] = (meanReal[n] ?? 0) / samples;
  }
  const centred = new Float64Array(width);
  forEachStep((x, f) => {
    for (let n = 0; n < width; n++) centred[n] = (x[n] ?? 0) - (meanWords[n] ?? 0);
    for (let m = 0; m < width; m++) {
      const a = centred[m] ?? 0;
      const b = (f[m] ?? 0) - (meanReal[m] ?? 0);
      const at = m * width;
      for (let n = 0; n < width; n++) {
        const c = centred[n] ?? 0;
        words[at + n] = (words[at + n] ?? 0) + a * c;
        cross[at + n] = (cross[at + n] ?? 0) + b * c;
      }
    }
  });
  return { samples, meanWords, meanReal, words, cross };
}
