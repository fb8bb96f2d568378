import type { Config } from '../config/schema.js';
import type { FloatGraph } from '../network/graph/types.js';
import type { CalibrationData } from '../network/quantize/calibrate.js';
import { nearestFit, type WeightFit } from '../network/quantize/fit.js';
import { measuredFit } from '../network/quantize/measured_fit.js';
import type { Watch } from '../network/quantize/watch.js';
import type { Node } from '../network/types.js';

/**
 * The way from weights to integers. It runs the calibration data if the config requires it.
 *
 * @param words words of calibration sequence i, for the network's input node.
 */
export function weightFit(
  { calibration }: Config,
  graph: FloatGraph,
  data: CalibrationData,
  words: (input: Node, i: number) => readonly Float64Array[],
  watch: Watch | undefined,
): WeightFit {
  const { weights, bias_correction: biasCorrection } = calibration;
  if (weights === 'nearest' && !biasCorrection) return nearestFit;
  return measuredFit(graph, data, words, { weights, biasCorrection, watch });
}
