import type { Architecture } from './architecture.js';
import type { SsmParameters } from './model.js';
import { at } from './vector.js';

/** The options of S5 that change parameters each time that they are used. */
export type OnUse = Pick<Architecture, 'clip_eigs' | 'step_rescale' | 'bandlimit'>;

/** Largest Re(lambda) of `clip_eigs`. */
export const LARGEST_RE = -1e-4;

/**
 * The parameters as S5 uses them, from those that it stores:
 *
 * - clip_eigs: Re(lambda) is at most -1e-4
 * - step_rescale: a factor on every time step
 * - bandlimit: C does not read states whose frequency, exp(log_step) |Im(lambda)| / 2 pi in cycles
 *   per step, is half the limit or more
 *
 * Source: lindermanlab/S5 s5/ssm.py; i404788/s5-pytorch s5/s5_model.py (bandlimit).
 */
export function asUsed(
  ssm: SsmParameters,
  { clip_eigs: clipEigs, step_rescale: stepRescale, bandlimit }: OnUse,
): SsmParameters {
  const { lambdaRe, lambdaIm, logStep, c } = ssm;
  return {
    ...ssm,
    lambdaRe: clipEigs ? lambdaRe.map((re) => Math.min(re, LARGEST_RE)) : lambdaRe,
    logStep: stepRescale === 1 ? logStep : logStep.map((log) => log + Math.log(stepRescale)),
    c: bandlimit === Infinity ? c : c.map((value, i) => (read(i) ? value : 0)),
  };

  /** True if element `i` of C, [H, S, 2], belongs to a state that is read. */
  function read(i: number): boolean {
    // Two directions have the same poles.
    const state = Math.floor(i / 2) % lambdaIm.length;
    const radians = Math.exp(at(logStep, state)) * Math.abs(at(lambdaIm, state));
    return radians / (2 * Math.PI) < bandlimit / 2;
  }
}
