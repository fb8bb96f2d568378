import type { Tensor } from '../../float/checkpoint/tensor.js';
import { readSafetensors } from '../../float/checkpoint/safetensors.js';
import { writeSafetensors } from '../../float/checkpoint/write_safetensors.js';
import { Qs5Error } from '../../base/errors.js';
import type { S5Model } from '../../float/s5/model.js';
import * as z from 'zod';
import type { NamedTensors } from '../graph/graph_parameters.js';
import { modelParameters } from '../graph/model_parameters.js';
import { startAdamW, type AdamWState } from '../loop/adamw.js';

const validation = z.object({
  /** Mean over the sequences. */
  loss: z.number(),
  /** Share of right classes; absent without classes. */
  accuracy: z.number().exactOptional(),
});

/** Quality of a model on the validation data. */
export type Validation = z.infer<typeof validation>;

const finished = z.object({
  /** From 1. */
  epoch: z.int(),
  /** Steps since the start of the training. */
  step: z.int(),
  /** Mean over the batches of the epoch. */
  loss: z.number(),
  validation,
});

/** An epoch that is done. */
export type FinishedEpoch = z.infer<typeof finished>;

const progress = z.object({
  format: z.literal('qs5 training'),
  inputs: z.string(),
  steps: z.int(),
  batches: z.int(),
  loss: z.number(),
  epochs: z.array(finished),
});

/** A training at some batch. With the config and the data it decides all that follows. */
export interface RunState {
  readonly model: S5Model;
  readonly adamw: AdamWState;
  readonly epochs: readonly FinishedEpoch[];
  /** Batches that are done of the epoch after those. */
  readonly batches: number;
  /** Sum of their losses. */
  readonly loss: number;
}

export function startState(model: S5Model): RunState {
  const adamw = startAdamW(modelParameters(model));
  return { model, adamw, epochs: [], batches: 0, loss: 0 };
}

/**
 * The state as a file: safetensors of F64, so that no bit is lost.
 *
 * @param inputs digest of all that decides the training.
 */
export function encodeState(state: RunState, inputs: string): Uint8Array {
  const { adamw, epochs, batches, loss } = state;
  const content: z.infer<typeof progress> = {
    format: 'qs5 training',
    ...{ inputs, steps: adamw.steps, batches, loss, epochs: [...epochs] },
  };
  const tensors = [...arraysOf(state)].map(([name, data]): Tensor => ({
    name,
    shape: [data.length],
    data,
  }));
  return writeSafetensors(tensors, { training: JSON.stringify(content) }, 'F64');
}

/**
 * The state of a file.
 *
 * @param model a model of the same sizes; it takes the parameters of the file.
 * @throws E_TRAINING for a file of other inputs, or none of a training.
 */
export function decodeState(
  bytes: Uint8Array,
  file: string,
  inputs: string,
  model: S5Model,
): RunState {
  const { tensors, metadata } = readSafetensors(bytes, file);
  const read = progress.safeParse(parsed(metadata['training'] ?? ''));
  if (!read.success) throw refused(file, 'The file is not a state of qs5 train.');
  const { steps, batches, loss, epochs } = read.data;
  if (read.data.inputs !== inputs) {
    throw refused(file, 'The training in this folder had another config, checkpoint or data.');
  }
  const adamw = { ...startAdamW(modelParameters(model)), steps };
  const state = { model, adamw, epochs, batches, loss };
  for (const [name, data] of arraysOf(state)) {
    const found = tensors.get(name);
    if (found?.data.length !== data.length) throw refused(file, `The tensor ${name} is missing.`);
    data.set(found.data);
  }
  return state;
}

/** All arrays of a state by name. */
function arraysOf({ model, adamw }: Pick<RunState, 'model' | 'adamw'>): NamedTensors {
  const prefixed = (prefix: string, tensors: NamedTensors) =>
    [...tensors].map(([name, data]) => [`${prefix}/${name}`, data] as const);
  const statistics = model.layers.flatMap(({ norm }, n) =>
    (['mean', 'var'] as const).flatMap((key) => {
      const data = norm[key];
      return data === undefined ? [] : [[`model/layer${n}/norm/${key}`, data] as const];
    }),
  );
  return new Map([
    ...modelParameters(model).map(({ name, data }) => [`model/${name}`, data] as const),
    ...statistics,
    ...prefixed('first', adamw.first),
    ...prefixed('second', adamw.second),
  ]);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function refused(file: string, message: string): Qs5Error {
  return new Qs5Error('E_TRAINING', {
    subject: file,
    message,
    hint: 'name another folder, or remove this one to start again.',
  });
}
