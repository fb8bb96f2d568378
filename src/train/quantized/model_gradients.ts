import { at } from '../../base/at.js';
import { readStates, type Dense, type S5Layer, type S5Model } from '../../float/s5/model.js';
import { transpose } from '../../float/s5/vector.js';
import { nameOf } from '../../network/names.js';
import type { PerPole } from '../../network/quantize/lambda.js';
import type { Role } from '../../network/types.js';
import { find, type NamedTensors } from '../graph/graph_parameters.js';
import { discreteWeightsGradient } from '../ops/discretize.js';
import { outputMatrixGradient } from '../ops/output_matrix.js';
import type { ModelIntegers } from './integers.js';

type Entries = readonly (readonly [string, Float64Array])[];

/** Gradients of the parameters of the model, from those of the graph of `graph.ts`. */
export function quantizedModelGradients(
  model: S5Model,
  { gains }: Pick<ModelIntegers, 'gains'>,
  gradients: NamedTensors,
): NamedTensors {
  const of = (role: Role, tensor: string, layer?: number): Float64Array =>
    find(gradients, `${nameOf(role, layer).id}/${tensor}`);
  const dense = (name: string, map: Dense | undefined, role: DenseRole, layer?: number): Entries =>
    map === undefined
      ? []
      : [
          [`${name}/kernel`, transpose(of(role, 'weights', layer), map.outputs, map.inputs)],
          [`${name}/bias`, of(`${role}_out`, 'offset', layer)],
        ];
  const layerEntries = (layer: S5Layer, n: number): Entries => {
    const name = `layer${n}`;
    return [
      ...normGradients(model, layer, n, of).map(
        ([tensor, data]) => [`${name}/norm/${tensor}`, data] as const,
      ),
      ...systemGradients(model, layer, n, gains, of).map(
        ([tensor, data]) => [`${name}/${tensor}`, data] as const,
      ),
      ...dense(`${name}/out1`, layer.out1, 'value', n),
      ...dense(`${name}/out2`, layer.out2, 'gate', n),
    ];
  };
  return new Map([
    ...dense('encoder', model.encoder, 'encoder'),
    ...model.layers.flatMap(layerEntries),
    ...dense('decoder', model.decoder, 'decoder'),
  ]);
}

type DenseRole = 'encoder' | 'value' | 'gate' | 'decoder';
type TensorOf = (role: Role, tensor: string, layer?: number) => Float64Array;

/** The norm of a layer, whose statistics are constant: gain = scale / deviation, offset = bias - gain mean. */
function normGradients({ shape }: S5Model, { norm }: S5Layer, n: number, of: TensorOf): Entries {
  const roles: readonly Role[] = shape.prenorm
    ? shape.bidirectional
      ? ['norm', 'norm_reversed']
      : ['norm']
    : ['postnorm'];
  const dGain = sum(roles.map((role) => of(role, 'gain', n)));
  const dOffset = sum(roles.map((role) => of(role, 'offset', n)));
  const { mean, var: variance } = norm;
  if (shape.norm === 'layer' || mean === undefined || variance === undefined) {
    return [
      ['scale', dGain],
      ['bias', dOffset],
    ];
  }
  const dScale = dGain.map(
    (slope, h) =>
      (slope - at(mean, h) * at(dOffset, h)) / Math.sqrt(at(variance, h) + shape.normEps),
  );
  return [
    ['scale', dScale],
    ['bias', dOffset],
  ];
}

/** Lambda, log_step, B, C and D of a layer. */
function systemGradients(
  { shape }: S5Model,
  { ssm }: S5Layer,
  n: number,
  gains: ModelIntegers['gains'],
  of: TensorOf,
): Entries {
  const scans: readonly Role[] = shape.bidirectional
    ? ['recurrence', 'recurrence_reversed']
    : ['recurrence'];
  const system = discreteWeightsGradient(ssm, shape.discretization, 1, {
    lambdaBar: sum(scans.map((role) => of(role, 'lambda_bar', n))),
    bBar: withoutGain(of('b', 'weights', n), gains.get(nameOf('recurrence', n).id)),
  });
  const dC = new Float64Array(ssm.c.length);
  const { features, stateSize: count } = shape;
  const common = { features, total: readStates(shape), count, factor: shape.conjSym ? 2 : 1 };
  const own = of('c', 'weights', n);
  if (shape.bidirectional) {
    // The states of the scan that comes first are read first: forwards in time in every other layer.
    const backwards = n % 2 === 1;
    for (const scan of [0, 1]) {
      const first = (scan === 1) === backwards ? 0 : count;
      outputMatrixGradient(scanColumns(own, scan), dC, { ...common, first });
    }
  } else {
    outputMatrixGradient(own, dC, { ...common, first: 0 });
  }
  return [
    ['Lambda_re', system.lambdaRe],
    ['Lambda_im', system.lambdaIm],
    ['log_step', system.logStep],
    ['B', system.b],
    ['C', dC],
    ['D', of('d', 'weights', n)],
  ];
}

/** Columns of one of two scans, whose states come in turn. */
function scanColumns(matrix: Float64Array, scan: number): Float64Array {
  return Float64Array.from({ length: matrix.length / 2 }, (_, i) =>
    at(matrix, 2 * i - (i % 2) + 2 * scan),
  );
}

/**
 * The gradient of B from that of its rows times complex factors, [2P, H] with re and im of each state
 * in turn.
 */
function withoutGain(slopes: Float64Array, gain: PerPole | undefined): Float64Array {
  if (gain === undefined) return slopes;
  const width = slopes.length / (2 * gain.re.length);
  return slopes.map((slope, i) => {
    const row = Math.floor(i / width);
    const p = Math.floor(row / 2);
    const [a, b] = [at(gain.re, p), at(gain.im, p)];
    return row % 2 === 0
      ? a * slope + b * at(slopes, i + width)
      : a * slope - b * at(slopes, i - width);
  });
}

function sum([first = new Float64Array(), ...others]: readonly Float64Array[]): Float64Array {
  return first.map((value, i) => others.reduce((total, other) => total + at(other, i), value));
}
