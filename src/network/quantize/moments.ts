import { at as element } from '../../base/at.js';
import { at } from '../../float/s5/vector.js';
import type { FloatTrace } from './float_traces.js';
import type { Trace } from './traces.js';

/** First and second moments of the words x of a vector and the real values f that they represent. */
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
 * @param real float values of each sequence, in the order of time.
 * @param column the column of `real` that a word represents.
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
        for (let n = 0; n < width; n++) f[n] = at(float.data, from + element(columns, n));
        visit(data.subarray(k * width, (k + 1) * width), f);
      }
    });
  };

  let samples = 0;
  forEachStep((x, f) => {
    samples += 1;
    for (let n = 0; n < width; n++) {
      meanWords[n] = at(meanWords, n) + at(x, n);
      meanReal[n] = at(meanReal, n) + at(f, n);
    }
  });
  for (let n = 0; n < width; n++) {
    meanWords[n] = at(meanWords, n) / samples;
    meanReal[n] = at(meanReal, n) / samples;
  }
  const centred = new Float64Array(width);
  forEachStep((x, f) => {
    for (let n = 0; n < width; n++) centred[n] = at(x, n) - at(meanWords, n);
    for (let m = 0; m < width; m++) {
      const a = at(centred, m);
      const b = at(f, m) - at(meanReal, m);
      const start = m * width;
      for (let n = 0; n < width; n++) {
        const c = at(centred, n);
        words[start + n] = at(words, start + n) + a * c;
        cross[start + n] = at(cross, start + n) + b * c;
      }
    }
  });
  return { samples, meanWords, meanReal, words, cross };
}
