/** From a config to all that a training needs. */
import type { LoadedConfig } from '../../config/load.js';
import type { TrainingConfig } from '../../config/training_schema.js';
import { targetOf, type TargetKind, type TrainingData } from '../../design/training_data.js';
import { trainingIntegers } from '../../design/training_integers.js';
import type { Dataset } from '../../float/dataset/dataset.js';
import type { S5Model } from '../../float/s5/model.js';
import type { Watch } from '../../network/quantize/watch.js';
import { inputNode, type IntegerNetwork } from '../../network/types.js';
import { ADAMW } from '../../train/loop/adamw.js';
import { sequencesOfLane } from '../../train/loop/batch.js';
import { floatFormulation, quantizedFormulation } from '../../train/loop/formulation.js';
import { threadLane } from '../../train/loop/thread_lane.js';
import type { Training, TrainingSet, TrainingSettings } from '../../train/loop/train.js';
import { integersOf } from '../../train/quantized/integers.js';

/** Words of a value that stay in the cache while all operations pass over them. */
const TILE_WORDS = 12_288;

export interface TrainingSetup {
  readonly training: Training;
  readonly validation: TrainingSet;
  /** Steps of an epoch. */
  readonly batches: number;
  /** The integers of a model; undefined for a float training. */
  readonly integers: ((model: S5Model) => IntegerNetwork) | undefined;
  /** Ends the threads. */
  readonly close: () => Promise<void>;
}

/** @throws E_UNSTABLE, E_WIDTH and E_CONFIG_COMBINATION for integers that cannot be made. */
export function prepareTraining(
  { config }: LoadedConfig,
  model: S5Model,
  { train, validation, kind }: TrainingData & { readonly kind: TargetKind },
  training: TrainingConfig,
  watch: Watch,
): TrainingSetup {
  const { length } = train;
  const { batch, threads, forward } = training;
  const batches = Math.floor(train.count / batch);
  const settings = settingsOf(training, batches);
  const setOf = (data: Dataset, input: (sequence: Float64Array) => Float64Array): TrainingSet => ({
    count: data.count,
    length,
    input: (index) => input(data.sequence(index)),
    target: (index) => targetOf(data, kind, index),
  });
  const start = (
    formulation: Training['formulation'] & { readonly ids?: readonly string[] },
    input: (sequence: Float64Array) => Float64Array,
    integers: TrainingSetup['integers'],
  ): TrainingSetup => {
    const { graph, ids } = formulation;
    const tile = Math.max(1, Math.floor(TILE_WORDS / model.shape.features));
    const size = { sequences: sequencesOfLane(graph, batch, threads), length, tile };
    const lanes = Array.from({ length: threads }, () =>
      threadLane({ graph, size, ...(ids === undefined ? {} : { ids }) }),
    );
    return {
      training: { formulation, lanes, set: setOf(train, input), settings },
      validation: setOf(validation, input),
      batches,
      integers,
      close: async () => {
        await Promise.all(lanes.map(async (lane) => lane.close()));
      },
    };
  };
  if (forward === 'float') {
    const options = { dropout: training.dropout > 0, stepRescale: 1 };
    return start(floatFormulation(model.shape, options), (sequence) => sequence, undefined);
  }
  const steps = config.max_length ?? length;
  const {
    ranges,
    settings: quantize,
    words,
  } = trainingIntegers(config, model, train, steps, watch);
  const recipe = { ranges, settings: quantize };
  const input = inputNode(integersOf(model, recipe).network);
  const flat = (sequence: Float64Array): Float64Array => words(input, sequence, length);
  const network = (current: S5Model) => integersOf(current, recipe).network;
  return start(quantizedFormulation(model, recipe), flat, network);
}

function settingsOf(training: TrainingConfig, batches: number): TrainingSettings {
  const { seed, batch, epochs, warmup, floor, rates, dropout, momentum } = training;
  return {
    ...{ seed, batch, rates, dropout, momentum },
    schedule: { warmup: Math.round(warmup * batches), steps: epochs * batches, floor },
    adamw: { ...ADAMW, weightDecay: training.weight_decay },
    clipEigs: training.clip_eigs,
    clipGradient: training.clip_gradient ?? Infinity,
  };
}
