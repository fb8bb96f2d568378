import { at } from '../../base/at.js';
import type { Tensor, TensorFile } from '../checkpoint/safetensors.js';
import { readStates, type Dense, type S5Layer, type S5Model, type S5Shape } from './model.js';
import { DECODER, ENCODER, layerPrefix, statisticsPrefix } from './tensor_names.js';

/** The tensors and metadata from which `modelFromTensors` reads the same model. */
export function tensorsFromModel(model: S5Model): TensorFile {
  const { shape } = model;
  const tensors = [
    ...denseTensors(ENCODER, model.encoder),
    ...model.layers.flatMap((layer, n) => layerTensors(layer, shape, n)),
    ...denseTensors(DECODER, model.decoder),
  ];
  return {
    tensors: new Map(tensors.map((tensor) => [tensor.name, tensor])),
    metadata: {
      architecture: 's5',
      activation: shape.activation,
      gelu: shape.gelu === 'exact' ? 'tanh' : shape.gelu,
      sigmoid: shape.sigmoid,
      norm: shape.norm,
      norm_eps: String(shape.normEps),
      prenorm: String(shape.prenorm),
      conj_sym: String(shape.conjSym),
      bidirectional: String(shape.bidirectional),
      discretization: shape.discretization,
      pooling: shape.pooling,
    },
  };
}

function denseTensors(prefix: string, dense: Dense): Tensor[] {
  const { inputs, outputs, kernel, bias } = dense;
  return [
    { name: `${prefix}/kernel`, shape: [inputs, outputs], data: kernel },
    { name: `${prefix}/bias`, shape: [outputs], data: bias },
  ];
}

function layerTensors(layer: S5Layer, shape: S5Shape, index: number): Tensor[] {
  const { features, stateSize } = shape;
  const { ssm, norm } = layer;
  const prefix = layerPrefix(index);
  const tensor = (name: string, sizes: readonly number[], data: Float64Array): Tensor => ({
    name: `${prefix}/${name}`,
    shape: sizes,
    data,
  });
  const statistics = [['mean', norm.mean] as const, ['var', norm.var] as const].flatMap(
    ([name, data]) =>
      data === undefined
        ? []
        : [{ name: `${statisticsPrefix(index)}/${name}`, shape: [features], data }],
  );
  return [
    tensor('seq/Lambda_re', [stateSize], ssm.lambdaRe),
    tensor('seq/Lambda_im', [stateSize], ssm.lambdaIm),
    tensor('seq/B', [stateSize, features, 2], ssm.b),
    ...cTensors(ssm.c, shape, tensor),
    tensor('seq/D', [features], ssm.d),
    tensor('seq/log_step', [stateSize, 1], ssm.logStep),
    tensor('norm/scale', [features], norm.scale),
    ...(shape.normBias ? [tensor('norm/bias', [features], norm.bias)] : []),
    ...statistics,
    ...(layer.out1 === undefined ? [] : denseTensors(`${prefix}/out1`, layer.out1)),
    ...(layer.out2 === undefined ? [] : denseTensors(`${prefix}/out2`, layer.out2)),
  ];
}

/** One C, or C1 and C2 for the two directions, as S5 stores them. */
function cTensors(
  c: Float64Array,
  shape: S5Shape,
  tensor: (name: string, sizes: readonly number[], data: Float64Array) => Tensor,
): Tensor[] {
  const { features, stateSize } = shape;
  const sizes = [features, stateSize, 2];
  if (!shape.bidirectional) return [tensor('seq/C', sizes, c)];
  const row = 2 * readStates(shape);
  const half = (first: number): Float64Array =>
    Float64Array.from({ length: (features * row) / 2 }, (_, i) => {
      const h = Math.floor(i / (row / 2));
      return at(c, h * row + first + (i % (row / 2)));
    });
  return [tensor('seq/C1', sizes, half(0)), tensor('seq/C2', sizes, half(row / 2))];
}
