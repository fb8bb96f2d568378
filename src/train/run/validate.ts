import { at } from '../../base/at.js';
import { argmax } from '../../float/s5/forward.js';
import type { S5Model } from '../../float/s5/model.js';
import type { Graph, NodeId } from '../graph/graph.js';
import { batchScores } from '../loop/batch.js';
import { runningStatistics, type Training, type TrainingSet } from '../loop/train.js';
import { lossOf } from '../ops/loss.js';
import type { Validation } from './state.js';

/**
 * Loss and accuracy of a model in inference: batch norms take their running statistics, and masks
 * keep every feature.
 *
 * @param between called between batches.
 */
export async function validate(
  model: S5Model,
  { formulation, lanes, settings }: Training,
  set: TrainingSet,
  between: () => Promise<void>,
): Promise<Validation> {
  const { graph } = formulation;
  const { weights } = formulation.of(model);
  const statistics = runningStatistics(model, graph);
  const masks = keepAll(graph);
  let loss = 0;
  let right = 0;
  let classes = false;
  for (let first = 0; first < set.count; first += settings.batch) {
    const indices = Array.from(
      { length: Math.min(settings.batch, set.count - first) },
      (_, place) => first + place,
    );
    const sequences = indices.map((index) => ({ input: set.input(index), masks }));
    const request = { graph, weights, sequences, length: set.length };
    const scores = await batchScores(lanes, request, statistics);
    for (const [place, index] of indices.entries()) {
      const target = set.target(index);
      loss += lossOf(target, at(scores, place)).loss;
      if (target.kind !== 'class') continue;
      classes = true;
      if (argmax(at(scores, place)) === target.label) right += 1;
    }
    await between();
  }
  return {
    loss: loss / set.count,
    ...(classes ? { accuracy: right / set.count } : {}),
  };
}

/** True if the first is better: by its accuracy, and by its loss where that is the same. */
export function isBetter(one: Validation, other: Validation | undefined): boolean {
  if (other === undefined) return true;
  const [own, old] = [one.accuracy ?? 0, other.accuracy ?? 0];
  return own === old ? one.loss < other.loss : own > old;
}

/** Masks that drop nothing. */
function keepAll({ nodes }: Graph): ReadonlyMap<NodeId, Float64Array> {
  return new Map(
    nodes.flatMap(({ op, width }, id) =>
      op === 'dropout' ? [[id, new Float64Array(width).fill(1)] as const] : [],
    ),
  );
}
