import { at } from '../../base/at.js';
import type { Step } from '../ops/spec.js';
import { canClip, stepOf } from '../ops/table.js';
import { pooledNodes, segmentsOf } from '../segments.js';
import { inputNode, type IntegerNetwork, type Node } from '../types.js';

export interface Emulator {
  /**
   * Runs one sequence from x = 0, and returns the output vectors: one per step, or a single one
   * from a network that pools.
   *
   * @param sequence L >= 1 input vectors.
   * @param ended true if the sequence ends with them. A sequence without its end has no results
   * of a pool and of a `reverse`.
   */
  run(sequence: readonly ArrayLike<number>[], ended?: boolean): Float64Array[];
  /** The vector of a node in the last step that it ran. */
  vector(id: string): Float64Array;
  /** How many words each node has clipped so far, by node id; only nodes that can clip. */
  readonly clipped: ReadonlyMap<string, number>;
}

interface NodeStep {
  readonly node: Node;
  readonly run: Step;
}

/**
 * The integer network run plainly, one sequence at a time: this *defines* the right answer.
 * Every word is an exact integer in a `number`; the network's ranges prove that it fits.
 */
export function createEmulator(network: IntegerNetwork): Emulator {
  const clipped = new Map<string, number>();
  const input = inputNode(network);
  const vectors = new Map<string, Float64Array>();
  const segmentOf = segmentsOf(network);
  const pooled = pooledNodes(network);
  const reversed = network.nodes.flatMap((node) => (node.op === 'reverse' ? [node.source] : []));
  /** Nodes by segment, in order. */
  const segments: NodeStep[][] = [];
  for (const node of network.nodes) {
    if (canClip(node)) clipped.set(node.id, 0);
    const run = stepOf(node, () => {
      clipped.set(node.id, (clipped.get(node.id) ?? 0) + 1);
    });
    (segments[segmentOf.get(node.id) ?? 0] ??= []).push({ node, run });
  }

  const vector = (id: string): Float64Array => {
    const found = vectors.get(id);
    if (found === undefined) throw new Error(`no vector ${id} yet`);
    return found;
  };
  return {
    run(sequence, ended = true) {
      const outputs: Float64Array[] = [];
      /** Vectors of the whole sequence, of each node that a `reverse` reads. */
      const history = new Map<string, Float64Array[]>(reversed.map((id) => [id, []]));
      for (const steps of ended ? segments : segments.slice(0, 1)) {
        for (let k = 0; k < sequence.length; k++) {
          const tag = { first: k === 0, last: ended && k === sequence.length - 1 };
          // Nodes behind the pool rest in most steps.
          let resting = false;
          for (const { node, run } of steps) {
            if (resting && pooled.has(node.id)) continue;
            const result =
              node.id === input.id
                ? Float64Array.from(at(sequence, k))
                : node.op === 'reverse'
                  ? history.get(node.source)?.at(-1 - k)
                  : run(vector, tag);
            if (result === undefined) resting = true;
            else {
              vectors.set(node.id, result);
              history.get(node.id)?.push(result);
              if (node.id === network.output) outputs.push(result);
            }
          }
        }
      }
      return outputs;
    },
    vector,
    clipped,
  };
}
