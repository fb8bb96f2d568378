import { at as element } from '../../base/at.js';
import { at } from '../../float/s5/vector.js';
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
 * @param real the float values that the words represent, per sequence.
 */
export function momentsOf({ width, sequences }: Trace, real: readonly Float64Array[]): Moments {
  const meanWords = new Float64Array(width);
  const meanReal = new Float64Array(width);
  const words = new Float64Array(width * width);
  const cross = new Float64Array(width * width);
  const forEachStep = (visit: (x: Float64Array, f: Float64Array) => void) => {
    sequences.forEach((data, i) => {
      const float = element(real, i);
      for (let from = 0; from < data.length; from += width) {
        visit(data.subarray(from, from + width), float.subarray(from, from + width));
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
