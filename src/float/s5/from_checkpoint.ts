import { readFile } from 'node:fs/promises';
import { readSafetensors, type TensorFile } from '../checkpoint/safetensors.js';
import { Qs5Error } from '../../base/errors.js';
import { geluKindOf, type Stated } from './architecture.js';
import { readArchitecture, type ReadArchitecture } from './metadata.js';
import {
  activationDenses,
  readStates,
  type Dense,
  type NormParameters,
  type S5Architecture,
  type S5Layer,
  type S5Model,
  type S5Shape,
  type SsmParameters,
} from './model.js';
import { asUsed, type OnUse } from './on_use.js';
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
 * @param stated facts of the architecture that the config states.
 * @param read reads the bytes of the file.
 * @throws Qs5Error E_FILE when unreadable, else as `readSafetensors` and `modelFromTensors`.
 */
export async function loadModel(
  path: string,
  displayName: string,
  stated: Stated = {},
  read: () => Promise<Uint8Array> = async () => readFile(path),
): Promise<S5Model> {
  const bytes = await read().catch((cause: unknown) => {
    throw new Qs5Error('E_FILE', {
      message: `The checkpoint cannot be read: ${cause instanceof Error ? cause.message : String(cause)}.`,
      hint: 'check the path; it is taken relative to the file that names it.',
      subject: displayName,
    });
  });
  return modelFromTensors(readSafetensors(bytes, displayName), displayName, stated);
}

/**
 * The model of a checkpoint: choices from the metadata and the config, sizes from the tensors.
 *
 * Options by which S5 changes parameters on use, as `clip_eigs`, change them here.
 *
 * @param name Name of the file as messages show it.
 * @throws Qs5Error as `readArchitecture`; E_CHECKPOINT_TENSOR for a tensor that is missing, not of
 * the model, of the wrong shape, or out of range (variance, log_step).
 */
export function modelFromTensors(file: TensorFile, name: string, stated: Stated = {}): S5Model {
  const read = readArchitecture(file.metadata, name, stated);
  const choices = choicesOf(read);
  const names = [...file.tensors.keys()];
  const architecture = { ...choices, normBias: hasNormBias(choices.norm, names) };
  const layers = countLayers(names);
  const has = (key: string): boolean => file.tensors.has(key);
  const expected = modelTensorNames(architecture, layers, has);
  const reader = tensorReader(file, name, expected, describe(read));
  const [inputs = 0, features = 0] = reader.measure(`${ENCODER}/kernel`, ['inputs', 'H']);
  const [, outputs = 0] = reader.measure(`${DECODER}/kernel`, ['H', 'outputs']);
  const [stateSize = 0] = reader.measure(`${layerPrefix(0)}/seq/Lambda_re`, ['P']);
  const shape: S5Shape = { ...architecture, layers, features, stateSize, inputs, outputs };
  checkSizes(read, shape, name);

  const encoder = readDense(reader, ENCODER, inputs, features);
  const layersRead = Array.from({ length: layers }, (_, n) =>
    readLayer(reader, shape, n, {
      onUse: read.architecture,
      cNames: cNames(n, shape.bidirectional, has),
    }),
  );
  const decoder = readDense(reader, DECODER, features, outputs);
  reader.refuseExtra();
  return { shape, encoder, layers: layersRead, decoder };
}

function choicesOf({ architecture }: ReadArchitecture): Omit<S5Architecture, 'normBias'> {
  const { activation, gelu, sigmoid, norm, prenorm, bidirectional } = architecture;
  const { discretization, pooling, norm_eps: normEps, conj_sym: conjSym } = architecture;
  return {
    ...{ activation, sigmoid, norm, normEps, prenorm, conjSym, bidirectional },
    ...{ discretization, pooling },
    gelu: geluKindOf(gelu),
  };
}

/** The choices that decide which tensors there are, and where they come from. */
function describe({ facts }: ReadArchitecture): string {
  const said = (['activation', 'norm', 'bidirectional'] as const).map(
    (key) => `${key} ${String(facts[key].value)} (${facts[key].from})`,
  );
  return `the network is taken to have ${said.join(', ')}; model: { ... } in the config can state other choices`;
}

/** @throws E_CHECKPOINT_FORMAT where the metadata states another size than the tensors have. */
function checkSizes({ sizes }: ReadArchitecture, shape: S5Shape, file: string): void {
  const { layers, features, stateSize, outputs, conjSym } = shape;
  const found = {
    n_layers: layers,
    d_model: features,
    ssm_size_base: conjSym ? 2 * stateSize : stateSize,
    d_output: outputs,
  };
  for (const [key, size] of Object.entries(found)) {
    const stated = sizes[key as keyof typeof found];
    if (stated === undefined || stated === size) continue;
    throw new Qs5Error('E_CHECKPOINT_FORMAT', {
      subject: file,
      message: `The metadata has ${key} ${stated}; the tensors have ${size}.`,
      hint:
        key === 'ssm_size_base'
          ? 'with conj_sym a file stores half of the states; is conj_sym right?'
          : 'metadata and tensors are of different networks: export the file again.',
    });
  }
}

function readDense(reader: TensorReader, prefix: string, inputs: number, outputs: number): Dense {
  return {
    inputs,
    outputs,
    kernel: reader.take(`${prefix}/kernel`, [inputs, outputs]),
    bias: reader.take(`${prefix}/bias`, [outputs]),
  };
}

interface SsmReading {
  readonly onUse: OnUse;
  readonly cNames: readonly string[];
}

function readLayer(
  reader: TensorReader,
  shape: S5Shape,
  layer: number,
  options: SsmReading,
): S5Layer {
  const { features } = shape;
  const prefix = layerPrefix(layer);
  const ssm = readSsm(reader, shape, `${prefix}/seq`, options);
  const dense = (name: 'out1' | 'out2'): Partial<Record<'out1' | 'out2', Dense>> =>
    activationDenses(shape.activation).includes(name)
      ? { [name]: readDense(reader, `${prefix}/${name}`, features, features) }
      : {};
  return {
    ssm,
    norm: readNorm(reader, shape, layer),
    ...dense('out1'),
    ...dense('out2'),
  };
}

function readSsm(
  reader: TensorReader,
  shape: S5Shape,
  prefix: string,
  { cNames: c, onUse }: SsmReading,
): SsmParameters {
  const { features, stateSize } = shape;
  const stored = {
    lambdaRe: reader.take(`${prefix}/Lambda_re`, [stateSize]),
    lambdaIm: reader.take(`${prefix}/Lambda_im`, [stateSize]),
    b: reader.take(`${prefix}/B`, [stateSize, features, 2]),
    c: readC(reader, shape, c),
    d: reader.take(`${prefix}/D`, [features]),
    logStep: reader.take(`${prefix}/log_step`, [stateSize, 1]),
  };
  const used = asUsed(stored, onUse);
  const bad = used.logStep.findIndex((log) => !(Math.exp(log) > 0 && Math.exp(log) < Infinity));
  if (bad >= 0) {
    throw outOfRange(
      reader,
      `${prefix}/log_step`,
      `The value at [${bad}, 0] is ${String(stored.logStep[bad])}, whose exponential is not a valid time step.`,
      'log_step is a natural logarithm; trained values are between about -10 and 0.',
    );
  }
  return used;
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
