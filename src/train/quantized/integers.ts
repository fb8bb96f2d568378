import type { S5Model } from '../../float/s5/model.js';
import { prepare } from '../../float/s5/prepare.js';
import { networkGraph } from '../../network/graph/network.js';
import type { FloatGraph } from '../../network/graph/types.js';
import type { Ranges } from '../../network/quantize/calibrate.js';
import { nearestFit } from '../../network/quantize/fit.js';
import { poleGain, type PerPole } from '../../network/quantize/lambda.js';
import { quantizeGraph } from '../../network/quantize/network.js';
import type { QuantizeSettings } from '../../network/quantize/settings.js';
import type { IntegerNetwork, Node } from '../../network/types.js';

/** The way from a model in training to integers: ranges stay those of the calibration. */
export interface IntegerSettings {
  readonly ranges: Ranges;
  readonly settings: QuantizeSettings;
}

/** A model with its integers. */
export interface ModelIntegers {
  /** The float graph without an embedding: its encoder is a matrix. */
  readonly float: FloatGraph;
  readonly network: IntegerNetwork;
  /** Factors on B for the poles of each recurrence; undefined where there are none. */
  readonly gains: ReadonlyMap<string, PerPole | undefined>;
}

/**
 * Every weight at its nearest integer.
 *
 * @throws E_UNSTABLE, E_WIDTH
 */
export function integersOf(model: S5Model, { ranges, settings }: IntegerSettings): ModelIntegers {
  const prepared = prepare(model);
  const float = networkGraph(prepared, false);
  const oneHot = settings.input.kind === 'one_hot';
  const entering = oneHot ? networkGraph(prepared, true) : float;
  const network = quantizeGraph(entering, ranges, settings, nearestFit);
  const integers = new Map(network.nodes.map((node) => [node.id, node]));
  const gains = new Map<string, PerPole | undefined>();
  for (const node of float.nodes) {
    const integer = integers.get(node.id);
    if (node.op !== 'recurrence' || integer?.op !== 'recurrence') continue;
    gains.set(node.id, poleGain(node, integer.lambda, settings.poles));
  }
  return { float, network, gains };
}

/** The integer nodes by the node of the float graph whose values they hold. */
export function integersByValue({ nodes }: IntegerNetwork): ReadonlyMap<string, Node> {
  // An embedding holds the encoder and its bias.
  return new Map(nodes.map((node) => [node.op === 'embed' ? `${node.id}_out` : node.id, node]));
}
