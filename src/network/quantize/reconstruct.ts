import { at as element } from '../../base/at.js';
import { maxMagnitude } from '../../base/fixed/range.js';
import { applyRows, at, transpose } from '../../float/s5/vector.js';
import { cholesky, type Cholesky } from './cholesky.js';
import { rowsOverWords, type LinearMap, type WeightFit } from './fit.js';
import type { Moments } from './moments.js';
import { quantizeValue } from './scales.js';
import type { Watch } from './watch.js';

/**
 * Weights that make up for the errors before them. Real rows are found first, by least squares over
 * the calibration sequences: they give the results of the float network's rows on its own values.
 * Integers follow one column after the other, each error passed on to the columns behind it (OBQ,
 * arXiv 2208.11580; GPTQ, arXiv 2210.17323). Single steps come last, as long as one helps.
 *
 * @param moments moments of the words that a map reads and of the float values that they represent.
 * @param watch called with the number of rows that have their integers.
 */
export function reconstructingFit(
  base: Pick<WeightFit, 'follow' | 'bias'>,
  moments: (map: LinearMap) => Moments,
  watch?: Watch,
): WeightFit {
  const factors = new Map<string, Factors>();
  const factorsOf = (map: LinearMap, width: number): Factors => {
    const key = `${map.source.id} ${width}`;
    const found = factors.get(key) ?? factorise(moments(map), width);
    factors.set(key, found);
    return found;
  };
  return {
    ...base,
    rows: (map, width) => leastSquaresRows(map, moments(map), factorsOf(map, width)),
    words: (map, rows, width) =>
      compensatedWords(rows, factorsOf(map, width), width, (done) => {
        watch?.(`weights over ${map.source.id}`, done, rows.length);
      }),
  };
}

/** Factors of H = x x' + ridge, in the units of the words. */
interface Factors {
  readonly size: number;
  readonly ridge: number;
  /** [size, size], symmetric to the bit. */
  readonly h: Float64Array;
  readonly solve: Cholesky['solve'];
  /** [size, size], upper triangular U with inverse(H) = U' U. */
  readonly upper: Float64Array;
}

/**
 * Rounding makes an error of its own, as large as the weights are, that no sample shows: a ridge
 * of that size keeps the weights small. Few samples say little of many columns: the second part.
 */
function ridgeOf({ samples, words, meanWords }: Moments, width: number): number {
  const size = meanWords.length;
  let trace = 0;
  for (let n = 0; n < size; n++) trace += at(words, n * (size + 1));
  return (trace / size) * (1 / (maxMagnitude(width) + 0.5) ** 2 + size / (10 * samples)) + 1e-9;
}

function factorise(moments: Moments, width: number): Factors {
  const size = moments.meanWords.length;
  const ridge = ridgeOf(moments, width);
  const h = moments.words.slice();
  for (let n = 0; n < size; n++) h[n * (size + 1)] = at(h, n * (size + 1)) + ridge;
  const { solve, inverse } = cholesky(h, size);
  const symmetric = inverse();
  for (let m = 0; m < size; m++) {
    for (let n = 0; n <= m; n++) {
      const mean = (at(symmetric, m * size + n) + at(symmetric, n * size + m)) * 0.5;
      symmetric[m * size + n] = mean;
      symmetric[n * size + m] = mean;
    }
  }
  const upper = transpose(cholesky(symmetric, size).lower, size, size);
  return { size, ridge, h, solve, upper };
}

/** Rows W that make |W x - W0 f|^2 + ridge |W - W1|^2 least, W1 the float rows over words. */
function leastSquaresRows(
  map: LinearMap,
  { words, cross }: Moments,
  { size, solve }: Factors,
): Float64Array[] {
  const start = rowsOverWords(map);
  // The rest that W1 does not explain, per row: W0 f x' - W1 x x', term by term in turn.
  const terms = new Float64Array(start.length * 2 * size);
  start.forEach((row, m) => {
    const float = map.rows[m] ?? row;
    for (let i = 0; i < size; i++) {
      terms[2 * (m * size + i)] = at(float, i);
      terms[2 * (m * size + i) + 1] = -at(row, i);
    }
  });
  const covariances = new Float64Array(2 * size * size);
  for (let n = 0; n < size; n++) {
    for (let i = 0; i < size; i++) {
      covariances[2 * (n * size + i)] = at(cross, i * size + n);
      covariances[2 * (n * size + i) + 1] = at(words, i * size + n);
    }
  }
  const missing = applyRows(terms, start.length, 2 * size, covariances, size);
  const change = solve(transpose(missing, start.length, size), start.length);
  return start.map((row, m) => row.map((weight, n) => weight + at(change, n * start.length + m)));
}

/** Passes over a row after which no step helps, in practice a few. */
const MAX_PASSES = 20;

/** Rows that are compensated together, so that the factors stay in cache. */
const TILE = 16;

/** Words of rows in units of their last places, [rows, size]. */
function compensatedWords(
  rows: readonly Float64Array[],
  factors: Factors,
  width: number,
  onRows: (done: number) => void,
): Int32Array {
  const { size } = factors;
  const words = new Int32Array(rows.length * size);
  for (let m = 0; m < rows.length; m += TILE) {
    onRows(m);
    const tile = rows.slice(m, m + TILE);
    passErrorsOn(tile, factors, width, words.subarray(m * size, (m + tile.length) * size));
  }
  return words;
}

function passErrorsOn(
  rows: readonly Float64Array[],
  factors: Factors,
  width: number,
  words: Int32Array,
): void {
  const { size, h, upper } = factors;
  const wanted = rows.map((row) => row.slice());
  for (let n = 0; n < size; n++) {
    const pivot = at(upper, n * (size + 1));
    const later = upper.subarray(n * size, (n + 1) * size);
    wanted.forEach((left, m) => {
      const value = at(left, n);
      const word = quantizeValue(value, 1, width);
      words[m * size + n] = word;
      const error = (value - word) / pivot;
      for (let i = n + 1; i < size; i++) left[i] = at(left, i) - error * at(later, i);
    });
  }
  const errors = Float64Array.from(
    words,
    (word, i) => word - at(element(rows, Math.floor(i / size)), i % size),
  );
  // Half the gradients of the squared errors at the outputs.
  const gradients = applyRows(errors, rows.length, size, h, size);
  rows.forEach((_, m) => {
    const part = [m * size, (m + 1) * size] as const;
    stepWhereItHelps(words.subarray(...part), gradients.subarray(...part), factors, width);
  });
}

/** Single steps of single words as long as one makes the squared error less. */
function stepWhereItHelps(
  words: Int32Array,
  gradient: Float64Array,
  { size, h }: Factors,
  width: number,
): void {
  for (let pass = 0, moved = true; moved && pass < MAX_PASSES; pass++) {
    moved = false;
    for (let n = 0; n < size; n++) {
      const word = element(words, n);
      const better = quantizeValue(word - at(gradient, n) / at(h, n * (size + 1)), 1, width);
      if (better === word) continue;
      moved = true;
      words[n] = better;
      const own = h.subarray(n * size, (n + 1) * size);
      for (let i = 0; i < size; i++) {
        gradient[i] = at(gradient, i) + at(own, i) * (better - word);
      }
    }
  }
}
