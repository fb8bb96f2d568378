import type { HippoBasis } from './hippo.js';
import type { SsmParameters } from './model.js';
import { draws, type RandomStream } from '../../base/random.js';
import { applyRows, at, transpose } from './vector.js';

/** How C starts; the names are those of S5's options. */
export const C_INITS = ['lecun_normal', 'trunc_standard_normal', 'complex_normal'] as const;
export type CInit = (typeof C_INITS)[number];

export interface SsmInit {
  /** H */
  readonly features: number;
  /** J */
  readonly blocks: number;
  readonly bidirectional: boolean;
  readonly cInit: CInit;
  /** Smallest and largest time step, above 0. */
  readonly dtMin: number;
  readonly dtMax: number;
}

/**
 * The parameters that an S5 SSM starts training from: J equal blocks of HiPPO eigenvalues,
 * B = V^H B0 and C = C0 V for random B0 and C0, D ~ N(0, 1), log_step uniform.
 * Draws in the order B, C, D, log_step.
 *
 * Source: lindermanlab/S5 s5/ssm.py and s5/ssm_init.py.
 */
export function initSsm(init: SsmInit, basis: HippoBasis, random: RandomStream): SsmParameters {
  const { features, blocks } = init;
  const states = blocks * basis.kept;
  const repeat = (block: Float64Array): Float64Array =>
    Float64Array.from({ length: states }, (_, p) => at(block, p % basis.kept));
  const logMin = Math.log(init.dtMin);
  const span = Math.log(init.dtMax) - logMin;
  return {
    lambdaRe: repeat(basis.lambdaRe),
    lambdaIm: repeat(basis.lambdaIm),
    b: initB(init, basis, random),
    c: initC(init, basis, random),
    d: draws(features, 1, random.normal),
    logStep: Float64Array.from({ length: states }, () => logMin + span * random.uniform()),
  };
}

/** [P, H, 2]: V^H of every block times its rows of a real lecun_normal matrix. */
function initB(init: SsmInit, basis: HippoBasis, random: RandomStream): Float64Array {
  const { features, blocks } = init;
  const { size, kept } = basis;
  const rows = blocks * size;
  const real = draws(rows * features, 1 / Math.sqrt(rows), random.truncatedNormal);
  const parts = [
    transpose(basis.vRe, size, kept),
    transpose(
      basis.vIm.map((v) => -v),
      size,
      kept,
    ),
  ];
  const b = new Float64Array(blocks * kept * features * 2);
  for (let block = 0; block < blocks; block++) {
    const own = real.subarray(block * size * features, (block + 1) * size * features);
    const columns = transpose(own, size, features);
    for (const [part, v] of parts.entries()) {
      const product = applyRows(v, kept, size, columns, features);
      const into = 2 * block * kept * features + part;
      for (let i = 0; i < product.length; i++) b[into + 2 * i] = at(product, i);
    }
  }
  return b;
}

/** [H, P, 2], or [H, 2P, 2] with the reverse direction's after the forward one's in each row. */
function initC(init: SsmInit, basis: HippoBasis, random: RandomStream): Float64Array {
  const { features, blocks, bidirectional, cInit } = init;
  const states = blocks * basis.kept;
  const directions = bidirectional ? 2 : 1;
  if (cInit === 'complex_normal') {
    return draws(features * directions * states * 2, Math.SQRT1_2, random.normal);
  }
  // JAX counts the fan-in of a whole [H, 2P, 2] over H as well; trunc_standard_normal draws row
  // by row, and despite its name it is lecun_normal too.
  const rows = blocks * basis.size;
  const fanIn = cInit === 'lecun_normal' ? rows * features : rows;
  const parts = [turnedRe(basis), turnedIm(basis)];
  const { size, kept } = basis;
  const c = new Float64Array(features * directions * states * 2);
  for (let direction = 0; direction < directions; direction++) {
    const start = draws(features * rows * 2, 1 / Math.sqrt(fanIn), random.truncatedNormal);
    for (let block = 0; block < blocks; block++) {
      const own = columnsOf(start, features, 2 * block * size, 2 * size);
      for (const [part, v] of parts.entries()) {
        const product = applyRows(own, features, 2 * size, v, kept);
        for (let h = 0; h < features; h++) {
          const into = 2 * ((h * directions + direction) * states + block * kept) + part;
          for (let p = 0; p < kept; p++) c[into + 2 * p] = at(product, h * kept + p);
        }
      }
    }
  }
  return c;
}

/** [kept, 2 N]: what a row of re and im in turn is multiplied by for the real part of row V. */
function turnedRe({ size, kept, vRe, vIm }: HippoBasis): Float64Array {
  return interleaved(
    transpose(vRe, size, kept),
    transpose(
      vIm.map((v) => -v),
      size,
      kept,
    ),
  );
}

/** The same for the imaginary part. */
function turnedIm({ size, kept, vRe, vIm }: HippoBasis): Float64Array {
  return interleaved(transpose(vIm, size, kept), transpose(vRe, size, kept));
}

function interleaved(a: Float64Array, b: Float64Array): Float64Array {
  const both = new Float64Array(2 * a.length);
  for (let i = 0; i < a.length; i++) {
    both[2 * i] = at(a, i);
    both[2 * i + 1] = at(b, i);
  }
  return both;
}

/** [rows, count]: columns `from` on of a matrix of `rows` rows. */
function columnsOf(matrix: Float64Array, rows: number, from: number, count: number): Float64Array {
  const width = matrix.length / rows;
  const columns = new Float64Array(rows * count);
  for (let r = 0; r < rows; r++) {
    columns.set(matrix.subarray(r * width + from, r * width + from + count), r * count);
  }
  return columns;
}
