import {
  readStates,
  type Dense,
  type S5Layer,
  type S5Model,
  type S5Shape,
} from '../../float/s5/model.js';
import { transpose } from '../../float/s5/vector.js';
import { discreteWeights, discreteWeightsGradient } from '../ops/discretize.js';
import { outputMatrix, outputMatrixGradient, type OutputColumns } from '../ops/output_matrix.js';

/** Tensors by name, row-major without padding. */
export type NamedTensors = ReadonlyMap<string, Float64Array>;

type Entries = [string, Float64Array][];

/** The parameters of the graph of `s5_graph.ts`, computed from those of the model. */
export function graphParameters(model: S5Model, stepRescale: number): NamedTensors {
  return new Map([
    ...denseTensors('encoder', model.encoder),
    ...model.layers.flatMap((layer, n) =>
      layerTensors(`layer${n}`, layer, model.shape, stepRescale),
    ),
    ...denseTensors('decoder', model.decoder),
  ]);
}

/** Gradients of the parameters of the model, from those of the graph: the chain rule backwards. */
export function modelGradients(
  model: S5Model,
  stepRescale: number,
  gradients: NamedTensors,
): NamedTensors {
  return new Map([
    ...denseGradients('encoder', model.encoder, gradients),
    ...model.layers.flatMap((layer, n) =>
      layerGradients(`layer${n}`, layer, model.shape, stepRescale, gradients),
    ),
    ...denseGradients('decoder', model.decoder, gradients),
  ]);
}

function layerTensors(
  name: string,
  { ssm, norm, out1, out2 }: S5Layer,
  shape: S5Shape,
  stepRescale: number,
): Entries {
  const { lambdaBar, bBar } = discreteWeights(ssm, shape.discretization, stepRescale);
  return [
    [`${name}/scale`, norm.scale],
    [`${name}/bias`, norm.bias],
    [`${name}/lambda_bar`, lambdaBar],
    [`${name}/b_bar`, bBar],
    ...directions(shape).map(([c, columns]): [string, Float64Array] => [
      `${name}/${c}`,
      outputMatrix(ssm.c, columns),
    ]),
    [`${name}/d`, ssm.d],
    ...denseTensors(`${name}/out1`, out1),
    ...denseTensors(`${name}/out2`, out2),
  ];
}

function layerGradients(
  name: string,
  { ssm, out1, out2 }: S5Layer,
  shape: S5Shape,
  stepRescale: number,
  gradients: NamedTensors,
): Entries {
  const own = (tensor: string): Float64Array => find(gradients, `${name}/${tensor}`);
  const system = discreteWeightsGradient(ssm, shape.discretization, stepRescale, {
    lambdaBar: own('lambda_bar'),
    bBar: own('b_bar'),
  });
  const dC = new Float64Array(ssm.c.length);
  for (const [c, columns] of directions(shape)) outputMatrixGradient(own(c), dC, columns);
  return [
    [`${name}/norm/scale`, own('scale')],
    [`${name}/norm/bias`, own('bias')],
    [`${name}/Lambda_re`, system.lambdaRe],
    [`${name}/Lambda_im`, system.lambdaIm],
    [`${name}/log_step`, system.logStep],
    [`${name}/B`, system.b],
    [`${name}/C`, dC],
    [`${name}/D`, own('d')],
    ...denseGradients(`${name}/out1`, out1, gradients),
    ...denseGradients(`${name}/out2`, out2, gradients),
  ];
}

/** The matrices of C by their name in the graph: one for each direction. */
function directions(shape: S5Shape): readonly (readonly [string, OutputColumns])[] {
  const { features, stateSize: count } = shape;
  const common = { features, total: readStates(shape), count, factor: shape.conjSym ? 2 : 1 };
  const forward = ['c', { ...common, first: 0 }] as const;
  return shape.bidirectional ? [forward, ['c_reverse', { ...common, first: count }]] : [forward];
}

function denseTensors(name: string, dense: Dense | undefined): Entries {
  if (dense === undefined) return [];
  return [
    [`${name}/weights`, transpose(dense.kernel, dense.inputs, dense.outputs)],
    [`${name}/bias`, dense.bias],
  ];
}

function denseGradients(name: string, dense: Dense | undefined, gradients: NamedTensors): Entries {
  if (dense === undefined) return [];
  const weights = find(gradients, `${name}/weights`);
  return [
    [`${name}/kernel`, transpose(weights, dense.outputs, dense.inputs)],
    [`${name}/bias`, find(gradients, `${name}/bias`)],
  ];
}

/** The tensor of a name. @throws Error without one. */
export function find(tensors: NamedTensors, name: string): Float64Array {
  const tensor = tensors.get(name);
  if (tensor === undefined) throw new Error(`no tensor ${name}`);
  return tensor;
}
