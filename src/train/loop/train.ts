import { at } from '../../base/at.js';
import { Qs5Error } from '../../base/errors.js';
import type { S5Model } from '../../float/s5/model.js';
import { LARGEST_RE } from '../../float/s5/on_use.js';
import type { Graph, NodeId } from '../graph/graph.js';
import type { NamedTensors } from '../graph/graph_parameters.js';
import { batchNorms } from '../graph/layout.js';
import { modelParameters } from '../graph/model_parameters.js';
import type { Target } from '../ops/loss.js';
import { stepAdamW, type AdamWSettings, type AdamWState, type LearningRates } from './adamw.js';
import { batchGradients, momentsOf, type StatisticsByNorm } from './batch.js';
import type { Formulation } from './formulation.js';
import type { Lane } from './lane.js';
import { dropoutMasks } from './masks.js';
import { rateAt, type Schedule } from './schedule.js';

/** Sequences with their targets. */
export interface TrainingSet {
  readonly count: number;
  /** Steps of each sequence. */
  readonly length: number;
  /** [length, inputs]; words for integers. */
  readonly input: (index: number) => Float64Array;
  readonly target: (index: number) => Target;
}

export interface TrainingSettings {
  /** Any integer of 32 bits: the order of the sequences, and the dropout. */
  readonly seed: number;
  /** Sequences of a batch; those that fill no batch at the end of an epoch are left out. */
  readonly batch: number;
  readonly schedule: Schedule;
  /** Learning rates at the peak of the schedule. */
  readonly rates: LearningRates;
  readonly adamw: AdamWSettings;
  /** 0 to below 1; above 0 only for a graph with dropout. */
  readonly dropout: number;
  /** Share of the old value in the running statistics of batch norms; S5 takes 0.95. */
  readonly momentum: number;
  /** True: no Re Lambda above -1e-4 after a step, so that every pole is stable. */
  readonly clipEigs: boolean;
  /** Largest norm of the gradient of all parameters; Infinity: no limit. */
  readonly clipGradient: number;
}

export interface Training {
  readonly formulation: Formulation;
  readonly lanes: readonly Lane[];
  readonly set: TrainingSet;
  readonly settings: TrainingSettings;
}

/** Result of a step. */
export interface TrainedStep {
  readonly state: AdamWState;
  /** Mean loss of the batch, before the step. */
  readonly loss: number;
}

/**
 * One step on the sequences of some indices: changes the parameters and running statistics of the
 * model in place.
 *
 * @throws E_TRAINING for a loss or gradient that is not finite, before the model has changed.
 */
export async function trainStep(
  model: S5Model,
  before: AdamWState,
  indices: readonly number[],
  { formulation, lanes, set, settings }: Training,
): Promise<TrainedStep> {
  const { graph } = formulation;
  const { seed, dropout, schedule, adamw } = settings;
  const step = before.steps + 1;
  const { weights, gradients: gradientsOf } = formulation.of(model);
  const result = await batchGradients(lanes, {
    graph,
    weights,
    sequences: indices.map((index, place) => ({
      input: set.input(index),
      masks: dropoutMasks(graph, dropout, seed, step, place),
      target: set.target(index),
    })),
    length: set.length,
  });
  if (!Number.isFinite(result.loss)) throw diverged(step, 'loss');
  const gradients = gradientsOf(result.gradients);
  const norm = normOf(gradients);
  if (!Number.isFinite(norm)) throw diverged(step, 'gradient');
  const share = rateAt(schedule, step);
  const rates = { ssm: share * settings.rates.ssm, regular: share * settings.rates.regular };
  const scaled =
    norm > settings.clipGradient ? times(gradients, settings.clipGradient / norm) : gradients;
  const state = stepAdamW(before, modelParameters(model), scaled, rates, adamw);
  if (settings.clipEigs) clipEigenvalues(model);
  updateStatistics(model, graph, result.statistics, settings.momentum);
  return { state, loss: result.loss };
}

function diverged(step: number, what: string): Qs5Error {
  return new Qs5Error('E_TRAINING', {
    path: ['training', 'rates'],
    message: `The ${what} of step ${step} is not finite.`,
    hint: 'use lower rates, a longer warmup or clip_gradient.',
  });
}

function normOf(gradients: NamedTensors): number {
  let sum = 0;
  for (const tensor of gradients.values()) for (const slope of tensor) sum += slope * slope;
  return Math.sqrt(sum);
}

function times(gradients: NamedTensors, factor: number): NamedTensors {
  return new Map([...gradients].map(([name, slopes]) => [name, slopes.map((one) => factor * one)]));
}

function clipEigenvalues({ layers }: S5Model): void {
  for (const { ssm } of layers) {
    for (const [p, re] of ssm.lambdaRe.entries()) ssm.lambdaRe[p] = Math.min(re, LARGEST_RE);
  }
}

/** running = momentum running + (1 - momentum) batch, mean and variance. */
function updateStatistics(
  model: S5Model,
  graph: Graph,
  statistics: StatisticsByNorm,
  momentum: number,
): void {
  for (const [layer, id] of normIds(graph).entries()) {
    const { mean, var: variance } = at(model.layers, layer).norm;
    const batch = statistics.get(id);
    if (mean === undefined || variance === undefined || batch === undefined) {
      throw new Error(`layer ${layer} lacks statistics`);
    }
    const width = mean.length;
    for (let h = 0; h < width; h++) {
      mean[h] = momentum * at(mean, h) + (1 - momentum) * at(batch, h);
      variance[h] = momentum * at(variance, h) + (1 - momentum) * at(batch, width + h);
    }
  }
}

/** The batch norm of each layer. */
function normIds(graph: Graph): readonly NodeId[] {
  return batchNorms(graph).map(({ id }) => id);
}

/** The running statistics of a model for its graph in inference. */
export function runningStatistics(model: S5Model, graph: Graph): StatisticsByNorm {
  return new Map(
    normIds(graph).map((id, layer): [NodeId, Float64Array] => {
      const { mean, var: variance } = at(model.layers, layer).norm;
      if (mean === undefined || variance === undefined) {
        throw new Error(`layer ${layer} lacks statistics`);
      }
      return [id, Float64Array.from([...mean, ...variance])];
    }),
  );
}

/** Mean and 1 / deviation of each batch norm, from the running statistics of a model. */
export function runningMoments(model: S5Model, graph: Graph): StatisticsByNorm {
  const statistics = runningStatistics(model, graph);
  return new Map(
    batchNorms(graph).map(({ id, node }) => [
      id,
      momentsOf(statistics.get(id) ?? new Float64Array(), node.eps),
    ]),
  );
}
