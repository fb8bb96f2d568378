import { readFile } from 'node:fs/promises';
import { readSafetensors, type TensorFile } from '../checkpoint/safetensors.js';
import { Qs5Error } from '../errors.js';
import { parseMetadata, type CheckpointMetadata } from './metadata.js';
import {
  activationDenses,
  readStates,
  type Dense,
  type NormParameters,
  type S5Layer,
  type S5Model,
  type S5Shape,
  type SsmParameters,
} from './model.js';
import {
  DECODER,
  ENCODER,
  cNames,
  countLayers,
  hasNormBias,
  layerPrefix,
  modelTensorNames,
  statisticsPrefix,
} from './tensor_names.js';
import { tensorReader, type TensorReader } from './tensor_reader.js';
import { at } from './vector.js';

/**
 * Reads a safetensors checkpoint of a float S5 model.
 *
 * @param displayName Name of the file as messages show it.
 * @throws Qs5Error E_FILE when unreadable, else as `readSafetensors` and `modelFromTensors`.
 */
export async function loadModel(path: string, displayName: string): Promise<S5Model> {
  const bytes = await readFile(path).catch((cause: unknown) => {
    throw new Qs5Error('E_FILE', {
      message: `The checkpoint cannot be read: ${cause instanceof Error ? cause.message : String(cause)}.`,
      hint: 'check the path; it is taken relative to the file that names it.',
      subject: displayName,
    });
  });
  return modelFromTensors(readSafetensors(bytes, displayName), displayName);
}

/**
 * The model of a checkpoint: choices from the metadata, sizes from the tensors.
 *
 * With `clip_eigs` in the metadata, Re(lambda) is cut off at -1e-4 here, as S5 does on use.
 *
 * @param name Name of the file as messages show it.
 * @throws Qs5Error E_CHECKPOINT_FORMAT for bad metadata; E_CHECKPOINT_TENSOR for a tensor that is
 * missing, not of the model, of the wrong shape, or out of range (variance, log_step).
 */
export function modelFromTensors(file: TensorFile, name: string): S5Model {
  const metadata = parseMetadata(file.metadata, name);
  const { clipEigs, ...choices } = metadata;
  const names = [...file.tensors.keys()];
  const architecture = { ...choices, normBias: hasNormBias(choices.norm, names) };
  const layers = countLayers(names);
  const has = (key: string): boolean => file.tensors.has(key);
  const expected = modelTensorNames(architecture, layers, has);
  const reader = tensorReader(file, name, expected, describe(metadata));
  const [inputs = 0, features = 0] = reader.measure(`${ENCODER}/kernel`, ['inputs', 'H']);
  const [, outputs = 0] = reader.measure(`${DECODER}/kernel`, ['H', 'outputs']);
  const [stateSize = 0] = reader.measure(`${layerPrefix(0)}/seq/Lambda_re`, ['P']);
  const shape: S5Shape = { ...architecture, layers, features, stateSize, inputs, outputs };

  const encoder = readDense(reader, ENCODER, inputs, features);
  const read = Array.from({ length: layers }, (_, n) =>
    readLayer(reader, shape, n, { clipEigs, cNames: cNames(n, shape.bidirectional, has) }),
  );
  const decoder = readDense(reader, DECODER, features, outputs);
  reader.refuseExtra();
  return { shape, encoder, layers: read, decoder };
}

/** The choices that decide which tensors there are. */
function describe(metadata: CheckpointMetadata): string {
  const { activation, norm, bidirectional } = metadata;
  const directions = bidirectional ? 'bidirectional' : 'unidirectional';
  return `the metadata or its defaults say activation ${activation}, norm ${norm}, ${directions}`;
}

function readDense(reader: TensorReader, prefix: string, inputs: number, outputs: number): Dense {
  return {
    inputs,
    outputs,
    kernel: reader.take(`${prefix}/kernel`, [inputs, outputs]),
    bias: reader.take(`${prefix}/bias`, [outputs]),
  };
}

function readLayer(
  reader: TensorReader,
  shape: S5Shape,
  layer: number,
  options: { readonly clipEigs: boolean; readonly cNames: readonly string[] },
): S5Layer {
  const { features } = shape;
  const prefix = layerPrefix(layer);
  const ssm = readSsm(reader, shape, `${prefix}/seq`, options.cNames);
  const lambdaRe = options.clipEigs ? ssm.lambdaRe.map((re) => Math.min(re, -1e-4)) : ssm.lambdaRe;
  const dense = (name: 'out1' | 'out2'): Partial<Record<'out1' | 'out2', Dense>> =>
    activationDenses(shape.activation).includes(name)
      ? { [name]: readDense(reader, `${prefix}/${name}`, features, features) }
      : {};
  return {
    ssm: { ...ssm, lambdaRe },
    norm: readNorm(reader, shape, layer),
    ...dense('out1'),
    ...dense('out2'),
  };
}

function readSsm(
  reader: TensorReader,
  shape: S5Shape,
  prefix: string,
  c: readonly string[],
): SsmParameters {
  const { features, stateSize } = shape;
  const ssm = {
    lambdaRe: reader.take(`${prefix}/Lambda_re`, [stateSize]),
    lambdaIm: reader.take(`${prefix}/Lambda_im`, [stateSize]),
    b: reader.take(`${prefix}/B`, [stateSize, features, 2]),
    c: readC(reader, shape, c),
    d: reader.take(`${prefix}/D`, [features]),
    logStep: reader.take(`${prefix}/log_step`, [stateSize, 1]),
  };
  const bad = ssm.logStep.findIndex((log) => !(Math.exp(log) > 0 && Math.exp(log) < Infinity));
  if (bad >= 0) {
    throw outOfRange(
      reader,
      `${prefix}/log_step`,
      `The value at [${bad}, 0] is ${String(ssm.logStep[bad])}, whose exponential is no time step.`,
      'log_step is a natural logarithm; trained values lie between about -10 and 0.',
    );
  }
  return ssm;
}

/** [H, P, 2], or for both directions [H, 2P, 2] from C1 and C2, or one C (complex_normal). */
function readC(reader: TensorReader, shape: S5Shape, names: readonly string[]): Float64Array {
  const { features, stateSize } = shape;
  const [first = '', second] = names;
  if (second === undefined) return reader.take(first, [features, readStates(shape), 2]);
  const c1 = reader.take(first, [features, stateSize, 2]);
  const c2 = reader.take(second, [features, stateSize, 2]);
  const width = 2 * stateSize;
  const both = new Float64Array(2 * features * width);
  for (let h = 0; h < features; h++) {
    both.set(c1.subarray(h * width, (h + 1) * width), 2 * h * width);
    both.set(c2.subarray(h * width, (h + 1) * width), (2 * h + 1) * width);
  }
  return both;
}

function readNorm(reader: TensorReader, shape: S5Shape, layer: number): NormParameters {
  const { features } = shape;
  const norm = {
    scale: reader.take(`${layerPrefix(layer)}/norm/scale`, [features]),
    bias: shape.normBias
      ? reader.take(`${layerPrefix(layer)}/norm/bias`, [features])
      : new Float64Array(features),
  };
  if (shape.norm === 'layer') return norm;
  const prefix = statisticsPrefix(layer);
  const variance = reader.take(`${prefix}/var`, [features]);
  const bad = variance.findIndex((value) => value < 0);
  if (bad >= 0) {
    throw outOfRange(
      reader,
      `${prefix}/var`,
      `The value at [${bad}] is ${at(variance, bad)}; a variance is never below 0.`,
      'export batch_stats as flax keeps them: the variance, not a logarithm or an inverse.',
    );
  }
  return { ...norm, mean: reader.take(`${prefix}/mean`, [features]), var: variance };
}

function outOfRange(reader: TensorReader, name: string, message: string, hint: string): Qs5Error {
  return new Qs5Error('E_CHECKPOINT_TENSOR', {
    message,
    hint,
    subject: `${reader.file}: ${name}`,
  });
}
