import type { Dense, S5Layer, S5Model } from '../../float/s5/model.js';

/** A tensor that training changes, with its name in the gradients. */
export interface ModelParameter {
  readonly name: string;
  /** S5's two groups: `ssm` has a learning rate of its own, and no decay. */
  readonly group: 'ssm' | 'regular';
  /** The model's own array. */
  readonly data: Float64Array;
}

/** Everything that training changes in a model. */
export function modelParameters(model: S5Model): readonly ModelParameter[] {
  return [
    ...denseParameters('encoder', model.encoder),
    ...model.layers.flatMap((layer, n) =>
      layerParameters(`layer${n}`, layer, model.shape.normBias),
    ),
    ...denseParameters('decoder', model.decoder),
  ];
}

function denseParameters(name: string, dense: Dense | undefined): readonly ModelParameter[] {
  if (dense === undefined) return [];
  return [
    { name: `${name}/kernel`, group: 'regular', data: dense.kernel },
    { name: `${name}/bias`, group: 'regular', data: dense.bias },
  ];
}

/** Source of the groups: lindermanlab/S5 s5/train_helpers.py. */
function layerParameters(
  name: string,
  { ssm, norm, out1, out2 }: S5Layer,
  normBias: boolean,
): readonly ModelParameter[] {
  const bias: ModelParameter = { name: `${name}/norm/bias`, group: 'regular', data: norm.bias };
  return [
    { name: `${name}/norm/scale`, group: 'regular', data: norm.scale },
    ...(normBias ? [bias] : []),
    { name: `${name}/Lambda_re`, group: 'ssm', data: ssm.lambdaRe },
    { name: `${name}/Lambda_im`, group: 'ssm', data: ssm.lambdaIm },
    { name: `${name}/log_step`, group: 'ssm', data: ssm.logStep },
    { name: `${name}/B`, group: 'ssm', data: ssm.b },
    { name: `${name}/C`, group: 'regular', data: ssm.c },
    { name: `${name}/D`, group: 'regular', data: ssm.d },
    ...denseParameters(`${name}/out1`, out1),
    ...denseParameters(`${name}/out2`, out2),
  ];
}
