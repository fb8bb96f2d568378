import { at, oneOrEach } from '../../base/at.js';
import type { FloatNode } from '../../network/graph/types.js';
import { realWeights } from '../../network/real_weights.js';
import { nodeById, type IntegerNetwork } from '../../network/types.js';
import type { NamedTensors } from '../graph/graph_parameters.js';
import type { ModelIntegers } from './integers.js';

type Entries = readonly (readonly [string, Float64Array])[];

/** Parameters of the graph of `graph.ts`: the real values of the integers. */
export function integerTensors({ float, network }: ModelIntegers): NamedTensors {
  return new Map(float.nodes.flatMap((node) => tensorsOf(node, network)));
}

function tensorsOf(node: FloatNode, network: IntegerNetwork): Entries {
  const { id, length } = node;
  switch (node.op) {
    case 'matvec':
    case 'feedthrough':
      return [[`${id}/weights`, weightsOf(node, network)]];
    case 'recurrence': {
      const parts = weightsOf(node, network);
      const states = length / 2;
      const pairs = parts.map((_, i) => at(parts, (i % 2) * states + Math.floor(i / 2)));
      return [[`${id}/lambda_bar`, pairs]];
    }
    case 'requantize':
      return [
        [`${id}/gain`, Float64Array.from({ length }, (_, h) => oneOrEach(node.gain, h))],
        [`${id}/offset`, Float64Array.from({ length }, (_, h) => oneOrEach(node.offset, h))],
      ];
    case 'layer_norm':
      return [
        [`${id}/scale`, new Float64Array(length).fill(1)],
        [`${id}/bias`, new Float64Array(length)],
      ];
    case 'input':
    case 'embed':
    case 'lookup':
    case 'gate':
    case 'residual':
    case 'reverse':
    case 'join':
    case 'pool':
      return [];
  }
}

/** The integers of a node as real values; of an encoder that is an embedding, the real weights. */
function weightsOf(
  node: Extract<FloatNode, { op: 'matvec' | 'feedthrough' | 'recurrence' }>,
  network: IntegerNetwork,
): Float64Array {
  const integer = nodeById(network, node.id);
  if (node.op === 'matvec' && integer.op === 'embed') return node.weights;
  const read = realWeights(network, integer);
  if (read === undefined) throw new Error(`${node.id} has no weights`);
  return read.values;
}
