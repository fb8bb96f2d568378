import { at } from '../../src/base/at.js';
import type { Engine } from '../../src/train/engine/engine.js';
import type { LookupFunction } from '../../src/train/ops/lookup.js';

/** A tensor of a case, [rows, width]. */
export interface CaseTensor {
  readonly rows: number;
  readonly width: number;
  /** Weights of a matvec, which an engine may store in a layout of its own. */
  readonly matrix?: true;
}

/** An operation with its sizes. Place i is that of input i; `width` gives the words of a row. */
export interface OperationCase {
  readonly name: string;
  readonly inputs: readonly CaseTensor[];
  readonly out: CaseTensor;
  readonly forward: <V>(engine: Engine<V>, places: readonly V[], out: V) => void;
  /** Adds to the gradient of every input. */
  readonly backward: <V>(
    engine: Engine<V>,
    places: readonly V[],
    out: V,
    dOut: V,
    gradients: readonly V[],
  ) => void;
}

const FUNCTIONS: readonly LookupFunction[] = [
  'gelu',
  'erf_gelu',
  'q_gelu',
  'sigmoid',
  'hard_sigmoid',
];

/** Every operation for `rows` rows of `width` elements; the recurrence has an even width. */
export function operationCases(rows: number, width: number, outputs: number): OperationCase[] {
  const steps = { rows, width };
  const row = { rows: 1, width };
  const states = { rows, width: 2 * width };
  const size = <V>(engine: Engine<V>) => ({
    rows,
    inputs: engine.pad(width),
    outputs: engine.pad(outputs),
  });
  const count = <V>(engine: Engine<V>): number => rows * engine.pad(width);
  return [
    {
      name: 'matvec',
      inputs: [steps, { rows: outputs, width, matrix: true }, { rows: 1, width: outputs }],
      out: { rows, width: outputs },
      forward: (engine, p, out) => {
        engine.matvec(at(p, 0), at(p, 1), at(p, 2), out, size(engine));
      },
      backward: (engine, p, _out, dOut, d) => {
        engine.matvecInputGradient(at(p, 1), dOut, at(d, 0), size(engine));
        engine.matvecWeightGradient(at(p, 0), dOut, at(d, 1), at(d, 2), size(engine));
      },
    },
    {
      name: 'matvec without bias',
      inputs: [steps, { rows: outputs, width, matrix: true }],
      out: { rows, width: outputs },
      forward: (engine, p, out) => {
        engine.matvec(at(p, 0), at(p, 1), undefined, out, size(engine));
      },
      backward: (engine, p, _out, dOut, d) => {
        engine.matvecInputGradient(at(p, 1), dOut, at(d, 0), size(engine));
        engine.matvecWeightGradient(at(p, 0), dOut, at(d, 1), undefined, size(engine));
      },
    },
    {
      // The state before the first row is 0: tiles of a network are tested in network.test.ts.
      name: 'recurrence',
      inputs: [states, { rows: 1, width: 2 * width }],
      out: states,
      forward: (engine, p, out) => {
        const words = engine.pad(2 * width);
        const carry = engine.allocate(words);
        engine.recurrence(at(p, 0), at(p, 1), carry, out, rows, words);
      },
      backward: (engine, p, out, dOut, d) => {
        const words = engine.pad(2 * width);
        const [before, carry] = [engine.allocate(words), engine.allocate(words)];
        const [dDrive, dLambda] = [at(d, 0), at(d, 1)];
        engine.recurrenceGradient(
          ...([at(p, 1), before, out, dOut, carry, dDrive, dLambda, rows, words] as const),
        );
      },
    },
    {
      name: 'feedthrough',
      inputs: [steps, steps, row],
      out: steps,
      forward: (engine, p, out) => {
        engine.feedthrough(at(p, 0), at(p, 1), at(p, 2), out, rows, engine.pad(width));
      },
      backward: (engine, p, _out, dOut, d) => {
        const [dSum, dU, dD] = [at(d, 0), at(d, 1), at(d, 2)];
        const words = engine.pad(width);
        engine.feedthroughGradient(at(p, 1), at(p, 2), dOut, dSum, dU, dD, rows, words);
      },
    },
    ...FUNCTIONS.map((f): OperationCase => ({
      name: `lookup of ${f}`,
      inputs: [steps],
      out: steps,
      forward: (engine, p, out) => {
        engine.lookup(f, at(p, 0), out, engine.allocate(count(engine)), count(engine));
      },
      backward: (engine, p, _out, dOut, d) => {
        const slope = engine.allocate(count(engine));
        engine.lookup(f, at(p, 0), engine.allocate(count(engine)), slope, count(engine));
        engine.lookupGradient(slope, dOut, at(d, 0), count(engine));
      },
    })),
    {
      name: 'gate',
      inputs: [steps, steps],
      out: steps,
      forward: (engine, p, out) => {
        engine.gate(at(p, 0), at(p, 1), out, count(engine));
      },
      backward: (engine, p, _out, dOut, d) => {
        engine.gateGradient(at(p, 0), at(p, 1), dOut, at(d, 0), at(d, 1), count(engine));
      },
    },
    {
      name: 'requantisation',
      inputs: [steps, row, row],
      out: steps,
      forward: (engine, p, out) => {
        engine.requantize(at(p, 0), at(p, 1), at(p, 2), out, rows, engine.pad(width));
      },
      backward: (engine, p, _out, dOut, d) => {
        const [dX, dGain, dOffset] = [at(d, 0), at(d, 1), at(d, 2)];
        const words = engine.pad(width);
        engine.requantizeGradient(
          ...([at(p, 0), at(p, 1), dOut, dX, dGain, dOffset, rows, words] as const),
        );
      },
    },
    {
      name: 'join',
      inputs: [states, states],
      out: { rows, width: 4 * width },
      forward: (engine, p, out) => {
        engine.join(at(p, 0), at(p, 1), out, rows, 2 * width);
      },
      backward: (engine, _p, _out, dOut, d) => {
        engine.joinGradient(dOut, at(d, 0), at(d, 1), rows, 2 * width);
      },
    },
    {
      name: 'residual',
      inputs: [steps, steps],
      out: steps,
      forward: (engine, p, out) => {
        engine.residual(at(p, 0), at(p, 1), out, count(engine));
      },
      backward: (engine, _p, _out, dOut, d) => {
        engine.residualGradient(dOut, at(d, 0), at(d, 1), count(engine));
      },
    },
    {
      name: 'reverse',
      inputs: [steps],
      out: steps,
      forward: (engine, p, out) => {
        engine.reverse(at(p, 0), out, rows, engine.pad(width));
      },
      backward: (engine, _p, _out, dOut, d) => {
        engine.reverseGradient(dOut, at(d, 0), rows, engine.pad(width));
      },
    },
    {
      name: 'pool',
      inputs: [steps],
      out: row,
      forward: (engine, p, out) => {
        engine.pool(at(p, 0), out, 0.3, rows, engine.pad(width));
      },
      backward: (engine, _p, _out, dOut, d) => {
        engine.poolGradient(dOut, at(d, 0), 0.3, rows, engine.pad(width));
      },
    },
    {
      name: 'layer norm',
      inputs: [steps, row, row],
      out: steps,
      forward: (engine, p, out) => {
        const norm = { rows, width: engine.pad(width), length: width, eps: 1e-3 };
        engine.layerNorm(at(p, 0), at(p, 1), at(p, 2), out, norm);
      },
      backward: (engine, p, _out, dOut, d) => {
        const norm = { rows, width: engine.pad(width), length: width, eps: 1e-3 };
        const [dX, dScale, dBias] = [at(d, 0), at(d, 1), at(d, 2)];
        engine.layerNormGradient(at(p, 0), at(p, 1), dOut, dX, dScale, dBias, norm);
      },
    },
    {
      name: 'batch norm',
      inputs: [steps, row, row],
      out: steps,
      forward: (engine, p, out) => {
        const moments = batchMoments(engine, at(p, 0), rows, width);
        engine.batchNorm(at(p, 0), moments, at(p, 1), at(p, 2), out, rows, engine.pad(width));
      },
      backward: (engine, p, _out, dOut, d) => {
        const words = engine.pad(width);
        const x = at(p, 0);
        const moments = batchMoments(engine, x, rows, width);
        const sums = engine.allocateSums(2 * words);
        engine.batchNormSums(x, moments, dOut, sums, rows, words);
        const both = engine.loadSums(sums, 2 * words);
        const means = { dOut: engine.allocate(words), dOutNormal: engine.allocate(words) };
        const mean = both.map((sum) => sum / rows);
        engine.store(means.dOut, mean.subarray(0, width), 1, width);
        engine.store(means.dOutNormal, mean.subarray(words, words + width), 1, width);
        engine.batchNormGradient(x, moments, at(p, 1), means, dOut, at(d, 0), rows, words);
        engine.store(at(d, 1), both.subarray(words, words + width), 1, width);
        engine.store(at(d, 2), both.subarray(0, width), 1, width);
      },
    },
  ];
}

/** Mean and 1 / deviation of the rows of a batch. */
function batchMoments<V>(engine: Engine<V>, x: V, rows: number, width: number) {
  const words = engine.pad(width);
  const sums = engine.allocateSums(2 * words);
  engine.batchSums(x, sums, rows, words);
  const both = engine.loadSums(sums, 2 * words);
  const mean = both.subarray(0, width).map((sum) => sum / rows);
  const squares = both.subarray(words, words + width);
  const inverse = squares.map((sum, h) => 1 / Math.sqrt(sum / rows - at(mean, h) ** 2 + 1e-5));
  const places = { mean: engine.allocate(words), inverse: engine.allocate(words) };
  engine.store(places.mean, mean, 1, width);
  engine.store(places.inverse, inverse, 1, width);
  return places;
}

export interface CaseResult {
  readonly out: Float64Array;
  readonly gradients: readonly Float64Array[];
}

/** Runs a case on values without padding. */
export function runCase<V>(
  engine: Engine<V>,
  one: OperationCase,
  inputs: readonly Float64Array[],
  dOut: Float64Array,
): CaseResult {
  const words = ({ rows, width }: CaseTensor): number => engine.pad(rows) * engine.pad(width);
  const places = one.inputs.map((tensor, i) => {
    const { rows, width } = tensor;
    if (tensor.matrix === undefined) {
      const place = engine.allocate(words(tensor));
      engine.store(place, at(inputs, i), rows, width);
      return place;
    }
    const place = engine.allocateMatrix(rows, width);
    engine.storeMatrix(place, at(inputs, i), rows, width);
    return place;
  });
  const gradients = one.inputs.map((tensor) => engine.allocate(words(tensor)));
  const [out, slope] = [engine.allocate(words(one.out)), engine.allocate(words(one.out))];
  engine.store(slope, dOut, one.out.rows, one.out.width);
  one.forward(engine, places, out);
  one.backward(engine, places, out, slope, gradients);
  return {
    out: engine.load(out, one.out.rows, one.out.width),
    gradients: one.inputs.map(({ rows, width }, i) => engine.load(at(gradients, i), rows, width)),
  };
}
