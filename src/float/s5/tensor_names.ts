import { activationDenses, type Norm, type S5Architecture } from './model.js';

/** Names of the tensors of a checkpoint, as flax gives them to the S5 code's modules. */

export const ENCODER = 'params/encoder/encoder';
export const DECODER = 'params/decoder';

/** Prefix of a layer's parameters. */
export function layerPrefix(layer: number): string {
  return `params/encoder/layers_${layer}`;
}

/** Prefix of a layer's running statistics. */
export function statisticsPrefix(layer: number): string {
  return `batch_stats/encoder/layers_${layer}/norm`;
}

/** One more than the highest layer that a name mentions, but at least 1 and at most all names. */
export function countLayers(names: readonly string[]): number {
  let count = 1;
  for (const name of names) {
    const index = /^params\/encoder\/layers_(\d+)\//.exec(name)?.[1];
    if (index !== undefined) count = Math.max(count, Number(index) + 1);
  }
  // A stray layers_999999999 shall be reported, not counted up to.
  return Math.max(1, Math.min(count, names.length));
}

/** Names of C: two directions have one each, but complex_normal keeps them in one tensor. */
export function cNames(
  layer: number,
  bidirectional: boolean,
  has: (name: string) => boolean,
): readonly string[] {
  const prefix = `${layerPrefix(layer)}/seq`;
  const single = !bidirectional || has(`${prefix}/C`);
  return single ? [`${prefix}/C`] : [`${prefix}/C1`, `${prefix}/C2`];
}

/** True if the norms have a bias: layer norms may be without, then all of them. */
export function hasNormBias(norm: Norm, names: readonly string[]): boolean {
  return (
    norm === 'batch' || names.some((name) => /^params\/encoder\/layers_\d+\/norm\/bias$/.test(name))
  );
}

/** Every tensor of a model. */
export function modelTensorNames(
  architecture: S5Architecture,
  layers: number,
  has: (name: string) => boolean,
): ReadonlySet<string> {
  const dense = (prefix: string): string[] => [`${prefix}/kernel`, `${prefix}/bias`];
  const names = [...dense(ENCODER), ...dense(DECODER)];
  for (let layer = 0; layer < layers; layer++) {
    const prefix = layerPrefix(layer);
    for (const key of ['Lambda_re', 'Lambda_im', 'B', 'D', 'log_step']) {
      names.push(`${prefix}/seq/${key}`);
    }
    names.push(...cNames(layer, architecture.bidirectional, has));
    names.push(`${prefix}/norm/scale`);
    if (architecture.normBias) names.push(`${prefix}/norm/bias`);
    for (const out of activationDenses(architecture.activation)) {
      names.push(...dense(`${prefix}/${out}`));
    }
    if (architecture.norm === 'batch') {
      names.push(`${statisticsPrefix(layer)}/mean`, `${statisticsPrefix(layer)}/var`);
    }
  }
  return new Set(names);
}
