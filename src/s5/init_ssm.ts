import type { HippoBasis } from './hippo.js';
import type { SsmParameters } from './model.js';
import { draws, type RandomStream } from '../random.js';
import { at } from './vector.js';

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
  const b = new Float64Array(blocks * kept * features * 2);
  for (let p = 0; p < blocks * kept; p++) {
    const block = Math.floor(p / kept);
    for (let h = 0; h < features; h++) {
      let re = 0;
      let im = 0;
      for (let n = 0; n < size; n++) {
        const value = at(real, (block * size + n) * features + h);
        re += at(basis.vRe, n * kept + (p % kept)) * value;
        im -= at(basis.vIm, n * kept + (p % kept)) * value;
      }
      b[2 * (p * features + h)] = re;
      b[2 * (p * features + h) + 1] = im;
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
  const c = new Float64Array(features * directions * states * 2);
  for (let direction = 0; direction < directions; direction++) {
    const start = draws(features * rows * 2, 1 / Math.sqrt(fanIn), random.truncatedNormal);
    for (let h = 0; h < features; h++) {
      const into = 2 * (h * directions + direction) * states;
      turnRow(start.subarray(2 * h * rows, 2 * (h + 1) * rows), basis, c, into);
    }
  }
  return c;
}

/** Writes a complex row [J N, 2] times the block diagonal of V, from `into` of `c` on. */
function turnRow(row: Float64Array, basis: HippoBasis, c: Float64Array, into: number): void {
  const { size, kept } = basis;
  const blocks = row.length / (2 * size);
  for (let p = 0; p < blocks * kept; p++) {
    const block = Math.floor(p / kept);
    let re = 0;
    let im = 0;
    for (let n = 0; n < size; n++) {
      const cRe = at(row, 2 * (block * size + n));
      const cIm = at(row, 2 * (block * size + n) + 1);
      const vRe = at(basis.vRe, n * kept + (p % kept));
      const vIm = at(basis.vIm, n * kept + (p % kept));
      re += cRe * vRe - cIm * vIm;
      im += cRe * vIm + cIm * vRe;
    }
    c[into + 2 * p] = re;
    c[into + 2 * p + 1] = im;
  }
}
