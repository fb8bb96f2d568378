import { saturate } from '../fixed/range.js';
import { rescale } from '../fixed/requantize.js';
import { roundShift } from '../fixed/rounding.js';
import {
  inputNode,
  lambdaAsIntegers,
  type FeedthroughNode,
  type IntegerNetwork,
  type MatvecNode,
  type Node,
  type RecurrenceNode,
  type RequantizeNode,
} from '../network/types.js';

/** Operations that saturate. */
const CLIPPING: ReadonlySet<Node['op']> = new Set(['requantize', 'recurrence', 'residual']);

/** One step of one node: what it yields for the vectors that came before it. */
type Operation = (vectors: ReadonlyMap<string, Float64Array>, first: boolean) => Float64Array;

export interface Emulator {
  /** Runs one time step and returns the output vector; `first` starts a sequence from x = 0. */
  step(input: ArrayLike<number>, first: boolean): Float64Array;
  /** The vector of a node in the last step. */
  vector(id: string): Float64Array;
  /** How many words each node has clipped so far, by node id; only nodes that can clip. */
  readonly clipped: ReadonlyMap<string, number>;
}

/**
 * The integer network run plainly, one step at a time: this *defines* the right answer.
 * Every word is an exact integer in a `number`; the network's ranges prove that it fits.
 */
export function createEmulator(network: IntegerNetwork): Emulator {
  const clipped = new Map<string, number>();
  const input = inputNode(network);
  const vectors = new Map<string, Float64Array>();
  const operations = network.nodes.map((node) => ({
    id: node.id,
    run: operation(node, () => {
      clipped.set(node.id, (clipped.get(node.id) ?? 0) + 1);
    }),
  }));
  for (const node of network.nodes) {
    if (CLIPPING.has(node.op)) clipped.set(node.id, 0);
  }

  const vector = (id: string): Float64Array => {
    const found = vectors.get(id);
    if (found === undefined) throw new Error(`no vector ${id} yet`);
    return found;
  };
  return {
    step(words, first) {
      vectors.set(input.id, Float64Array.from(words));
      for (const { id, run } of operations) vectors.set(id, run(vectors, first));
      return vector(network.output);
    },
    vector,
    clipped,
  };
}

function operation(node: Node, onClip: () => void): Operation {
  switch (node.op) {
    case 'input':
      return (vectors) => read(vectors, node.id);
    case 'requantize':
      return requantizer(node, onClip);
    case 'matvec':
      return matvec(node);
    case 'recurrence':
      return recurrence(node, onClip);
    case 'feedthrough':
      return feedthrough(node);
    case 'lookup': {
      const codes = node.table.length;
      return (vectors) =>
        read(vectors, node.source).map((word) => node.table[word < 0 ? word + codes : word] ?? 0);
    }
    case 'gate':
      return (vectors) => {
        const a = read(vectors, node.input);
        return read(vectors, node.source).map((b, h) => (a[h] ?? 0) * b + 0);
      };
    case 'residual':
      return (vectors) => {
        const skip = read(vectors, node.input);
        return read(vectors, node.source).map((branch, h) =>
          clip((skip[h] ?? 0) + branch, node.format.width, onClip),
        );
      };
  }
}

function read(vectors: ReadonlyMap<string, Float64Array>, id: string): Float64Array {
  const vector = vectors.get(id);
  if (vector === undefined) throw new Error(`node ${id} was read before it ran`);
  return vector;
}

function clip(value: number, width: number, onClip: () => void): number {
  const result = saturate(value, width);
  if (result !== value) onClip();
  return result;
}

function requantizer(node: RequantizeNode, onClip: () => void): Operation {
  const { multiplier, offset, shift, rounding } = node;
  const perTensor = [multiplier[0] ?? 1, offset[0] ?? 0] as const;
  return (vectors) =>
    read(vectors, node.source).map((acc, h) => {
      const m = multiplier.length === 1 ? perTensor[0] : (multiplier[h] ?? 0);
      const b = offset.length === 1 ? perTensor[1] : (offset[h] ?? 0);
      return clip(rescale(acc, m, b, shift, rounding), node.format.width, onClip);
    });
}

function matvec(node: MatvecNode): Operation {
  const weights = Float64Array.from(node.weights);
  const { length, cols } = node;
  return (vectors) => {
    const x = read(vectors, node.source);
    const y = new Float64Array(length);
    for (let row = 0; row < length; row++) {
      let sum = 0;
      for (let col = 0; col < cols; col++) sum += (weights[row * cols + col] ?? 0) * (x[col] ?? 0);
      y[row] = sum + 0;
    }
    return y;
  };
}

function recurrence(node: RecurrenceNode, onClip: () => void): Operation {
  const { rounding, format, lambda } = node;
  const { re, im } = lambdaAsIntegers(lambda);
  const states = node.length / 2;
  let x = new Float64Array(node.length);
  return (vectors, first) => {
    const bu = read(vectors, node.source);
    const previous = first ? new Float64Array(node.length) : x;
    x = new Float64Array(node.length);
    for (let p = 0; p < states; p++) {
      const a = previous[2 * p] ?? 0;
      const b = previous[2 * p + 1] ?? 0;
      const c = re[p] ?? 0;
      const s = im[p] ?? 0;
      const nextRe = roundShift(c * a - s * b, lambda.frac, rounding) + (bu[2 * p] ?? 0);
      const nextIm = roundShift(s * a + c * b, lambda.frac, rounding) + (bu[2 * p + 1] ?? 0);
      x[2 * p] = clip(nextRe, format.width, onClip);
      x[2 * p + 1] = clip(nextIm, format.width, onClip);
    }
    return x;
  };
}

function feedthrough(node: FeedthroughNode): Operation {
  const sumUnit = 2 ** node.sumShift;
  const productUnit = 2 ** node.productShift;
  return (vectors) => {
    const u = read(vectors, node.input);
    return read(vectors, node.source).map(
      (sum, h) => sum * sumUnit + (node.weights[h] ?? 0) * (u[h] ?? 0) * productUnit + 0,
    );
  };
}
