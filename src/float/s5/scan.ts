import type { DiscreteSystem } from './discretize.js';
import { at } from './vector.js';

/** States of a whole sequence; all [L, S], S the states that C reads. */
export interface States {
  readonly re: Float64Array;
  readonly im: Float64Array;
}

/**
 * x_k = lambdaBar x_{k-1} + drive_k from x_{-1} = 0.
 *
 * @param drive [L, 2P], real parts of bBar u, then imaginary parts, per step.
 * @param bidirectional true to append, per step, the states of the same recurrence run from the
 * end of the sequence; then S = 2P, else S = P.
 */
export function scanStates(
  system: DiscreteSystem,
  drive: Float64Array,
  bidirectional: boolean,
): States {
  const states = system.lambdaBarRe.length;
  const length = drive.length / (2 * states);
  const width = bidirectional ? 2 * states : states;
  const result = { re: new Float64Array(length * width), im: new Float64Array(length * width) };
  scanInto(system, drive, result, { width, column: 0, first: 0, stride: 1 });
  if (bidirectional) {
    scanInto(system, drive, result, { width, column: states, first: length - 1, stride: -1 });
  }
  return result;
}

interface Sweep {
  readonly width: number;
  readonly column: number;
  readonly first: number;
  readonly stride: 1 | -1;
}

function scanInto(system: DiscreteSystem, drive: Float64Array, into: States, sweep: Sweep): void {
  const { lambdaBarRe, lambdaBarIm } = system;
  const states = lambdaBarRe.length;
  const length = drive.length / (2 * states);
  const { width, column, stride } = sweep;
  const { re, im } = into;
  for (let p = 0; p < states; p++) {
    const poleRe = at(lambdaBarRe, p);
    const poleIm = at(lambdaBarIm, p);
    let xRe = 0;
    let xIm = 0;
    for (let n = 0, k = sweep.first; n < length; n++, k += stride) {
      const from = 2 * k * states + p;
      const next = poleRe * xRe - poleIm * xIm + at(drive, from);
      xIm = poleRe * xIm + poleIm * xRe + at(drive, from + states);
      xRe = next;
      re[k * width + column + p] = xRe;
      im[k * width + column + p] = xIm;
    }
  }
}

/** Per step, the real parts of all states, then the imaginary parts: [L, 2S]. */
export function joinStates(states: States, width: number): Float64Array {
  const joined = new Float64Array(2 * states.re.length);
  for (let from = 0; from < states.re.length; from += width) {
    for (let p = 0; p < width; p++) {
      joined[2 * from + p] = at(states.re, from + p);
      joined[2 * from + width + p] = at(states.im, from + p);
    }
  }
  return joined;
}
