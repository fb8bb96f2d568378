import { at } from '../../base/at.js';
import { Qs5Error } from '../../base/errors.js';
import type { S5Model } from '../../float/s5/model.js';
import { epochOrder } from '../loop/masks.js';
import { trainStep, type Training, type TrainingSet } from '../loop/train.js';
import type { FinishedEpoch, RunState } from './state.js';
import { isBetter, validate } from './validate.js';

export interface RunRequest {
  readonly training: Training;
  readonly validation: TrainingSet;
  readonly epochs: number;
  /** Epochs without a better validation after which training ends; Infinity: none do. */
  readonly patience: number;
  /** Keeps the best model so far. Called before `save`. */
  readonly keep: (model: S5Model) => Promise<void>;
  /** Saves a state, from which the training goes on after an interruption. */
  readonly save: (state: RunState) => Promise<void>;
  /** True where a state between epochs is to be saved. */
  readonly saveDue: () => boolean;
  /** Called after each batch. */
  readonly onBatch: (state: RunState) => void;
  /** Called after each epoch; throws where the inputs of the training have changed. */
  readonly checkInputs: () => Promise<void>;
  /** Lets signals through; throws after one. */
  readonly pause: () => Promise<void>;
}

/**
 * Trains to the last epoch. An interruption at any moment changes nothing: the state that was saved
 * last leads to the same bytes.
 *
 * @throws errors of `pause`, after the state is saved; E_TRAINING for a training that diverges.
 */
export async function runTraining(start: RunState, request: RunRequest): Promise<RunState> {
  const { training, validation, epochs, patience } = request;
  const { set, settings } = training;
  const { model } = start;
  const batches = batchesOf(training);
  let state = start;
  /** Ends with the state saved where a signal arrived. */
  const pause = async (): Promise<void> => {
    try {
      await request.pause();
    } catch (signal) {
      await request.save(state);
      throw signal;
    }
  };
  while (state.epochs.length < epochs && !hasStalled(state.epochs, patience)) {
    const epoch = state.epochs.length;
    const order = epochOrder(set.count, settings.seed, epoch);
    while (state.batches < batches) {
      const first = state.batches * settings.batch;
      const indices = order.slice(first, first + settings.batch);
      const { state: adamw, loss } = await trainStep(model, state.adamw, indices, training);
      state = { ...state, adamw, batches: state.batches + 1, loss: state.loss + loss };
      request.onBatch(state);
      await pause();
      if (request.saveDue()) await request.save(state);
    }
    const result = await validate(model, training, validation, pause);
    if (!Number.isFinite(result.loss)) throw notFinite(epoch + 1);
    const done: FinishedEpoch = {
      epoch: epoch + 1,
      step: state.adamw.steps,
      loss: state.loss / batches,
      validation: result,
    };
    const better = isBetter(result, bestOf(state.epochs)?.validation);
    state = { ...state, epochs: [...state.epochs, done], batches: 0, loss: 0 };
    if (better) await request.keep(model);
    await request.save(state);
    await request.checkInputs();
  }
  return state;
}

function notFinite(epoch: number): Qs5Error {
  return new Qs5Error('E_TRAINING', {
    path: ['training', 'rates'],
    message: `The validation loss of epoch ${epoch} is not finite.`,
    hint: 'use lower rates, or look for extreme values in the data.',
  });
}

/** Steps of an epoch. */
export function batchesOf({ set, settings }: Training): number {
  return Math.floor(set.count / settings.batch);
}

/** The epoch whose model is kept. */
export function bestOf(epochs: readonly FinishedEpoch[]): FinishedEpoch | undefined {
  return epochs.reduce<FinishedEpoch | undefined>(
    (best, one) => (isBetter(one.validation, best?.validation) ? one : best),
    undefined,
  );
}

function hasStalled(epochs: readonly FinishedEpoch[], patience: number): boolean {
  const best = bestOf(epochs);
  return best !== undefined && at(epochs, epochs.length - 1).epoch - best.epoch >= patience;
}
