import type { Config } from '../config/schema.js';
import type { Dataset } from '../float/dataset/dataset.js';
import type { FloatGraph } from '../network/graph/types.js';
import { calibrate, type CalibrationData, type Ranges } from '../network/quantize/calibrate.js';
import { compensatedGraph } from '../network/quantize/compensate.js';
import type { InputClipping } from '../network/quantize/input_words.js';
import { quantizeGraph } from '../network/quantize/network.js';
import type { QuantizeSettings } from '../network/quantize/settings.js';
import type { Watch } from '../network/quantize/watch.js';
import { inputNode, type IntegerNetwork, type Node } from '../network/types.js';
import type { ModelInput } from './model_input.js';
import { checkProofs } from './proofs.js';
import { calibrationSettings, poleChoice } from './settings.js';
import { weightFit } from './weight_fit.js';

/** The integers that become hardware, and their input for a test sequence of some length. */
export interface Part {
  readonly network: IntegerNetwork;
  /** Makes the float graph that the integers approximate; their ids must be those of the graph. */
  readonly floatGraph: () => FloatGraph;
  /** Integer vectors, one per step. */
  readonly words: (sequence: Float64Array, length: number) => Float64Array[];
  /** The real values of those words, [L, width]. */
  readonly values: (sequence: Float64Array, length: number) => Float64Array;
  /** The values that saturate on the way to words. */
  readonly clipping: (sequence: Float64Array, length: number) => InputClipping;
}

export interface PartRequest {
  /** A network that was quantised before, in place of one to be calibrated. */
  readonly stored?: IntegerNetwork | undefined;
  readonly watch?: Watch | undefined;
}

/** The part of a model that becomes hardware. */
export interface FloatPart {
  readonly graph: FloatGraph;
  readonly input: ModelInput;
  readonly settings: (ranges: Ranges) => QuantizeSettings;
}

/**
 * A float graph with its integers: calibrated and quantised, or those of before.
 *
 * @param maxLength longest sequence, steps.
 */
export function quantizedPart(
  config: Config,
  part: FloatPart,
  data: Dataset,
  maxLength: number,
  { stored, watch }: PartRequest,
): Part {
  const { values, words, clipping } = part.input;
  const network = stored ?? quantized(config, part, data, watch);
  const node = inputNode(network);
  return {
    network,
    floatGraph: () => compensatedGraph(part.graph, network, poleChoice(config, maxLength)),
    values,
    words: (sequence, length) => words(node, sequence, length),
    clipping: (sequence, length) => clipping(node, sequence, length),
  };
}

/** The sequences of the calibration. */
export function calibrationSequences(
  { calibration }: Config,
  input: ModelInput,
  data: Dataset,
): CalibrationData {
  return {
    count: Math.min(calibration.sequences, data.count),
    values: (i) => input.values(data.sequence(i), data.length),
  };
}

function quantized(
  config: Config,
  { graph, input, settings }: FloatPart,
  data: Dataset,
  watch: Watch | undefined,
): IntegerNetwork {
  const sequences = calibrationSequences(config, input, data);
  const ranges = calibrate(graph, sequences, calibrationSettings(config, watch));
  const chosen = settings(ranges);
  const words = (to: Node, i: number) => input.words(to, data.sequence(i), data.length);
  const fit = weightFit(config, graph, sequences, words, watch);
  return checkProofs(quantizeGraph(graph, ranges, chosen, fit), chosen.proof);
}
