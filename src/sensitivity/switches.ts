import type { IntegerNetwork } from '../network/types.js';

/** A place where real values become integers. */
export interface Quantiser {
  /** Node. */
  readonly id: string;
  /** Its constants, or the words that it yields. */
  readonly what: 'weights' | 'words';
  /** Word length, bits. */
  readonly width: number;
}

/** Every quantiser of a network, in the order of computation. */
export function quantisersOf(network: IntegerNetwork): Quantiser[] {
  return network.nodes.flatMap((node): Quantiser[] => {
    const { id } = node;
    const words: Quantiser = { id, what: 'words', width: node.format.width };
    switch (node.op) {
      case 'input':
        // An index, and a pixel, are exact.
        return node.unsigned ? [] : [words];
      case 'matvec':
      case 'feedthrough':
        return [{ id, what: 'weights', width: node.weightWidth }];
      case 'embed':
        return [{ id, what: 'weights', width: node.format.width }];
      case 'recurrence':
        return [{ id, what: 'weights', width: node.lambda.width }, words];
      case 'pool':
        return node.mode === 'mean' ? [words] : [];
      case 'requantize':
      case 'lookup':
      case 'layer_norm':
      case 'residual':
        return [words];
      case 'gate':
      case 'reverse':
      case 'join':
        return [];
    }
  });
}

/** Which quantisers of a node are at work. */
export interface Switches {
  readonly weights: boolean;
  readonly words: boolean;
}
