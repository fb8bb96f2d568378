import { at } from '../../base/at.js';
import { decibels } from '../../base/decibels.js';
import { joinSpreads, NO_SPREAD, spreadOf, sumOfSquares, type Spread } from './spread.js';

/** Fit of the outputs of a network to the targets. */
export interface TargetFit {
  /** Root of the mean squared difference. */
  readonly rms: number;
  /** `rms` over the standard deviation of the targets; undefined where the targets do not vary. */
  readonly nrmse: number | undefined;
  /** 1 - NRMSE^2: the outputs explain this part of the variance of the targets. */
  readonly r2: number | undefined;
}

/** The integer network compared with the float network. */
export interface Noise {
  /** Root of the mean squared difference; 0: exact. */
  readonly rms: number;
  /** Power of the float outputs over that of the difference, dB; see `decibels`. */
  readonly sqnrDb: number;
  /**
   * The same ratio with both about their means, so that a constant neither hides nor makes noise.
   * Undefined for a single value, which has no variation.
   */
  readonly variationSqnrDb: number | undefined;
}

/** One element of the output vector, over all vectors of all sequences. */
export interface OutputQuality {
  /** Mean and standard deviation in the float network. */
  readonly mean: number;
  readonly deviation: number;
  readonly noise: Noise;
  /** Largest difference to the float network. */
  readonly largest: number;
  /** Mean difference to the float network. */
  readonly bias: number;
  /** Undefined without targets. */
  readonly float: TargetFit | undefined;
  readonly integer: TargetFit | undefined;
}

/** Spreads of one output, which add up over sequences. */
export interface OutputTally {
  readonly float: Spread;
  /** Integer less float. */
  readonly difference: Spread;
  readonly largest: number;
  readonly target: Spread;
  /** Outputs less targets. */
  readonly floatMiss: Spread;
  readonly integerMiss: Spread;
}

export interface SequenceOutputs {
  /** Outputs of both networks, [vectors, width]; `float` may be empty. */
  readonly float: Float64Array;
  readonly integer: Float64Array;
  /** Targets of the last vectors, [vectors or fewer, width]. */
  readonly target: Float64Array | undefined;
}

/** Each of the `width` outputs over one sequence. */
export function tallyOutputs(
  { float, integer, target = new Float64Array() }: SequenceOutputs,
  width: number,
): OutputTally[] {
  const difference = float.map((value, i) => at(integer, i) - value);
  const miss = (outputs: Float64Array) =>
    outputs.length === 0
      ? outputs
      : target.map((value, i) => at(outputs, outputs.length - target.length + i) - value);
  const [floatMiss, integerMiss] = [miss(float), miss(integer)];
  return Array.from({ length: width }, (_, h) => {
    let largest = 0;
    for (let i = h; i < difference.length; i += width) {
      largest = Math.max(largest, Math.abs(at(difference, i)));
    }
    return {
      float: spreadOf(float, h, width),
      difference: spreadOf(difference, h, width),
      largest,
      target: spreadOf(target, h, width),
      floatMiss: spreadOf(floatMiss, h, width),
      integerMiss: spreadOf(integerMiss, h, width),
    };
  });
}

const NOTHING: OutputTally = {
  float: NO_SPREAD,
  difference: NO_SPREAD,
  largest: 0,
  target: NO_SPREAD,
  floatMiss: NO_SPREAD,
  integerMiss: NO_SPREAD,
};

/** The same output over several sequences. */
export function joinTallies(all: readonly OutputTally[]): OutputTally {
  return all.reduce(
    (a, b) => ({
      float: joinSpreads(a.float, b.float),
      difference: joinSpreads(a.difference, b.difference),
      largest: Math.max(a.largest, b.largest),
      target: joinSpreads(a.target, b.target),
      floatMiss: joinSpreads(a.floatMiss, b.floatMiss),
      integerMiss: joinSpreads(a.integerMiss, b.integerMiss),
    }),
    NOTHING,
  );
}

export function outputQuality(one: OutputTally): OutputQuality {
  const { float, difference, largest } = one;
  return {
    mean: float.mean,
    deviation: Math.sqrt(float.squares / Math.max(1, float.count)),
    noise: noiseOf([float], [difference]),
    largest,
    bias: difference.mean,
    float: targetFit([one], ({ floatMiss }) => floatMiss),
    integer: targetFit([one], ({ integerMiss }) => integerMiss),
  };
}

const total = (spreads: readonly Spread[], of: (spread: Spread) => number) =>
  spreads.reduce((sum, spread) => sum + of(spread), 0);

/** Elements of a vector together, each about its own mean. */
export function noiseOf(signal: readonly Spread[], difference: readonly Spread[]): Noise {
  const count = total(difference, (one) => one.count);
  const power = total(difference, sumOfSquares);
  const single = signal.every((one) => one.count < 2);
  return {
    rms: Math.sqrt(power / Math.max(1, count)),
    sqnrDb: decibels(total(signal, sumOfSquares), power),
    variationSqnrDb: single
      ? undefined
      : decibels(
          total(signal, ({ squares }) => squares),
          total(difference, ({ squares }) => squares),
        ),
  };
}

/** Fit of all outputs to their targets; undefined without targets, or without these outputs. */
export function targetFit(
  outputs: readonly OutputTally[],
  missOf: (output: OutputTally) => Spread,
): TargetFit | undefined {
  const misses = outputs.map(missOf);
  const count = total(misses, (one) => one.count);
  if (count === 0) return undefined;
  const error = total(misses, sumOfSquares);
  const variance = outputs.reduce((sum, { target }) => sum + target.squares, 0);
  const ratio = variance === 0 ? undefined : error / variance;
  return {
    rms: Math.sqrt(error / count),
    nrmse: ratio === undefined ? undefined : Math.sqrt(ratio),
    r2: ratio === undefined ? undefined : 1 - ratio,
  };
}
