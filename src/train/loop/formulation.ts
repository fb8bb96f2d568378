import type { S5Model, S5Shape } from '../../float/s5/model.js';
import type { Graph } from '../graph/graph.js';
import { graphParameters, modelGradients, type NamedTensors } from '../graph/graph_parameters.js';
import { s5Graph } from '../graph/s5_graph.js';
import { quantizedGraph, type QuantizedGraph } from '../quantized/graph.js';
import { integersOf, type IntegerSettings } from '../quantized/integers.js';
import { quantizedModelGradients } from '../quantized/model_gradients.js';
import { integerTensors } from '../quantized/tensors.js';
import type { LaneWeights } from './lane.js';

/** A model as a graph, with the way of the gradients back to the model. */
export interface Formulation {
  readonly graph: Graph;
  /** The model as it is now. */
  readonly of: (model: S5Model) => FormulatedModel;
}

export interface FormulatedModel {
  readonly weights: LaneWeights;
  /** Gradients of the model's parameters from those of the graph. */
  readonly gradients: (slopes: NamedTensors) => NamedTensors;
}

/** The float network, whose batch norms take the statistics of each batch. */
export function floatFormulation(
  shape: S5Shape,
  options: { readonly dropout: boolean; readonly stepRescale: number },
): Formulation {
  const { dropout, stepRescale } = options;
  return {
    graph: s5Graph(shape, { dropout }),
    of: (model) => ({
      weights: { tensors: graphParameters(model, stepRescale) },
      gradients: (slopes) => modelGradients(model, stepRescale, slopes),
    }),
  };
}

/**
 * The integer network, made from the weights of each step. Batch norms keep their statistics.
 *
 * @param model the sizes are those of all models to come.
 * @throws E_UNSTABLE, E_WIDTH
 */
export function quantizedFormulation(
  model: S5Model,
  settings: IntegerSettings,
): Formulation & QuantizedGraph {
  const { float, network } = integersOf(model, settings);
  return {
    ...quantizedGraph(float, network),
    of: (current) => {
      const integers = integersOf(current, settings);
      return {
        weights: { tensors: integerTensors(integers), network: integers.network },
        gradients: (slopes) => quantizedModelGradients(current, integers, slopes),
      };
    },
  };
}
