import { CholeskyDecomposition, Matrix } from 'ml-matrix';
import { maxMagnitude } from '../fixed/range.js';
import { rowsOverWords, type LinearMap, type WeightFit } from './fit.js';
import type { Moments } from './moments.js';
import { quantizeValue } from './scales.js';

/**
 * Weights that make up for what stands before them: first real rows that give, by least squares
 * over the calibration sequences, what the float network's rows give on its own values; then
 * integers one column after the other, each error passed on to the columns that follow it
 * (OBQ, arXiv 2208.11580; GPTQ, arXiv 2210.17323), and at last single steps as long as one helps.
 *
 * @param moments of the words that a map reads and of what they stand for.
 */
export function reconstructingFit(
  base: Pick<WeightFit, 'follow' | 'bias'>,
  moments: (map: LinearMap) => Moments,
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
    words: (map, row, width) => compensatedWords(row, factorsOf(map, width), width),
  };
}

/** Of H = x x' + ridge, in the units of the words. */
interface Factors {
  readonly size: number;
  readonly ridge: number;
  readonly h: Float64Array;
  readonly solve: (rhs: Matrix) => Matrix;
  /** Upper triangular U with inverse(H) = U' U. */
  readonly upper: Matrix;
}

/**
 * Rounding makes an error of its own, as large as the weights are, that no sample shows: a ridge
 * of that size keeps the weights small. Few samples say little of many columns: the second part.
 */
function ridgeOf({ samples, words, meanWords }: Moments, width: number): number {
  const size = meanWords.length;
  let trace = 0;
  for (let n = 0; n < size; n++) trace += words[n * (size + 1)] ?? 0;
  return (trace / size) * (1 / (maxMagnitude(width) + 0.5) ** 2 + size / (10 * samples)) + 1e-9;
}

function factorise(moments: Moments, width: number): Factors {
  const size = moments.meanWords.length;
  const ridge = ridgeOf(moments, width);
  const h = moments.words.slice();
  for (let n = 0; n < size; n++) h[n * (size + 1)] = (h[n * (size + 1)] ?? 0) + ridge;
  const cholesky = new CholeskyDecomposition(Matrix.from1DArray(size, size, [...h]));
  const inverse = cholesky.solve(Matrix.eye(size));
  const symmetric = Matrix.add(inverse, inverse.transpose()).mul(0.5);
  const upper = new CholeskyDecomposition(symmetric).lowerTriangularMatrix.transpose();
  return { size, ridge, h, solve: (rhs) => cholesky.solve(rhs), upper };
}

/** Rows W that make |W x - W0 f|^2 + ridge |W - W1|^2 least, W1 the float rows over words. */
function leastSquaresRows(
  map: LinearMap,
  { words, cross }: Moments,
  { size, solve }: Factors,
): Float64Array[] {
  const start = rowsOverWords(map);
  // What W1 leaves to be explained, per row: W0 f x' - W1 x x'.
  const rhs = Matrix.zeros(size, start.length);
  start.forEach((row, m) => {
    const float = map.rows[m] ?? row;
    for (let n = 0; n < size; n++) {
      let sum = 0;
      for (let i = 0; i < size; i++) {
        sum += (float[i] ?? 0) * (cross[i * size + n] ?? 0);
        sum -= (row[i] ?? 0) * (words[i * size + n] ?? 0);
      }
      rhs.set(n, m, sum);
    }
  });
  const change = solve(rhs);
  return start.map((row, m) => row.map((weight, n) => weight + change.get(n, m)));
}

/** Passes over a row after which no step helps, in practice a few. */
const MAX_PASSES = 20;

function compensatedWords(row: Float64Array, { size, h, upper }: Factors, width: number) {
  const left = row.slice();
  const words = new Int32Array(size);
  for (let n = 0; n < size; n++) {
    const wanted = left[n] ?? 0;
    const word = quantizeValue(wanted, 1, width);
    words[n] = word;
    const error = (wanted - word) / upper.get(n, n);
    for (let i = n + 1; i < size; i++) left[i] = (left[i] ?? 0) - error * upper.get(n, i);
  }
  // Half the gradient of the squared error at the outputs.
  const gradient = Float64Array.from({ length: size }, (_, n) => {
    let sum = 0;
    for (let i = 0; i < size; i++)
      sum += (h[n * size + i] ?? 0) * ((words[i] ?? 0) - (row[i] ?? 0));
    return sum;
  });
  for (let pass = 0, moved = true; moved && pass < MAX_PASSES; pass++) {
    moved = false;
    for (let n = 0; n < size; n++) {
      const word = words[n] ?? 0;
      const better = quantizeValue(word - (gradient[n] ?? 0) / (h[n * (size + 1)] ?? 1), 1, width);
      if (better === word) continue;
      moved = true;
      words[n] = better;
      for (let i = 0; i < size; i++) {
        gradient[i] = (gradient[i] ?? 0) + (h[i * size + n] ?? 0) * (better - word);
      }
    }
  }
  return words;
}
