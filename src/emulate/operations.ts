import { saturateTo } from '../fixed/range.js';
import { rescale } from '../fixed/requantize.js';
import { roundQuotient, roundShift } from '../fixed/rounding.js';
import {
  lambdaAsIntegers,
  type EmbedNode,
  type FeedthroughNode,
  type JoinNode,
  type LookupNode,
  type MatvecNode,
  type Node,
  type PoolNode,
  type RecurrenceNode,
  type RequantizeNode,
} from '../network/types.js';
import { layerNorm } from './layer_norm.js';

/** Which step of its sequence a step is. */
export interface StepTag {
  readonly first: boolean;
  readonly last: boolean;
}

/** The vector of a node in this step. */
export type Vectors = (id: string) => Float64Array;

/** One step of one node: what it yields, if anything, for the vectors that came before it. */
export type Operation = (vectors: Vectors, tag: StepTag) => Float64Array | undefined;

/** What a node does in one step; `onClip` is called for every word that saturates. */
export function operationOf(node: Node, onClip: () => void): Operation {
  switch (node.op) {
    case 'input':
    case 'reverse':
      // Both come from outside the step.
      return (vectors) => vectors(node.id);
    case 'embed':
      return embed(node, onClip);
    case 'layer_norm': {
      const normalise = layerNorm(node);
      return (vectors) => normalise(vectors(node.source));
    }
    case 'join':
      return join(node);
    case 'pool':
      return pool(node);
    case 'requantize':
      return requantizer(node, onClip);
    case 'matvec':
      return matvec(node);
    case 'recurrence':
      return recurrence(node, onClip);
    case 'feedthrough':
      return feedthrough(node);
    case 'lookup':
      return lookup(node, onClip);
    case 'gate':
      return (vectors) => {
        const a = vectors(node.input);
        return vectors(node.source).map((b, h) => (a[h] ?? 0) * b + 0);
      };
    case 'residual': {
      const clip = saturateTo(node.format.width, onClip);
      return (vectors) => {
        const skip = vectors(node.input);
        return vectors(node.source).map((branch, h) => clip((skip[h] ?? 0) + branch));
      };
    }
  }
}

function embed({ source, rows, length, table, clipped }: EmbedNode, onClip: () => void): Operation {
  /** Entries of each row that were clipped. */
  const beyond = new Array<number>(rows).fill(0);
  clipped?.forEach((place) => {
    const row = Math.floor(place / length);
    beyond[row] = (beyond[row] ?? 0) + 1;
  });
  return (vectors) => {
    const [index = 0] = vectors(source);
    const row = index >= 0 && index < rows ? index : rows - 1;
    for (let n = 0; n < (beyond[row] ?? 0); n++) onClip();
    return Float64Array.from(table.subarray(row * length, (row + 1) * length));
  };
}

function lookup({ source, table, clipped }: LookupNode, onClip: () => void): Operation {
  const codes = table.length;
  const beyond = new Set(clipped);
  return (vectors) =>
    vectors(source).map((word) => {
      const code = word < 0 ? word + codes : word;
      if (beyond.has(code)) onClip();
      return table[code] ?? 0;
    });
}

function join({ source, input, length }: JoinNode): Operation {
  return (vectors) => {
    const b = vectors(source);
    const a = vectors(input);
    return Float64Array.from({ length }, (_, i) => {
      const at = 2 * Math.floor(i / 4) + (i % 2);
      return (i % 4 < 2 ? a[at] : b[at]) ?? 0;
    });
  };
}

function pool({ source, mode, rounding, length }: PoolNode): Operation {
  if (mode !== 'mean') return (vectors, tag) => (tag[mode] ? vectors(source) : undefined);
  const sum = new Float64Array(length);
  let steps = 0;
  return (vectors, { first, last }) => {
    if (first) {
      sum.fill(0);
      steps = 0;
    }
    steps += 1;
    vectors(source).forEach((word, h) => (sum[h] = (sum[h] ?? 0) + word));
    return last ? sum.map((total) => roundQuotient(total, steps, rounding)) : undefined;
  };
}

function requantizer(node: RequantizeNode, onClip: () => void): Operation {
  const { multiplier, offset, shift, rounding } = node;
  const clip = saturateTo(node.format.width, onClip);
  const perTensor = [multiplier[0] ?? 1, offset[0] ?? 0] as const;
  return (vectors) =>
    vectors(node.source).map((acc, h) => {
      const m = multiplier.length === 1 ? perTensor[0] : (multiplier[h] ?? 0);
      const b = offset.length === 1 ? perTensor[1] : (offset[h] ?? 0);
      return clip(rescale(acc, m, b, shift, rounding));
    });
}

function matvec(node: MatvecNode): Operation {
  const weights = Float64Array.from(node.weights);
  const { length, cols } = node;
  return (vectors) => {
    const x = vectors(node.source);
    const y = new Float64Array(length);
    const even = cols - (cols % 2);
    for (let row = 0; row < length; row++) {
      // Two sums that do not wait for each other; exact, so their order is of no matter.
      let a = 0;
      let b = 0;
      const from = row * cols;
      for (let col = 0; col < even; col += 2) {
        a += (weights[from + col] ?? 0) * (x[col] ?? 0);
        b += (weights[from + col + 1] ?? 0) * (x[col + 1] ?? 0);
      }
      if (even < cols) a += (weights[from + even] ?? 0) * (x[even] ?? 0);
      y[row] = a + b + 0;
    }
    return y;
  };
}

function recurrence(node: RecurrenceNode, onClip: () => void): Operation {
  const { rounding, format, lambda } = node;
  const { re, im } = lambdaAsIntegers(lambda);
  const states = node.length / 2;
  const clip = saturateTo(format.width, onClip);
  let x = new Float64Array(node.length);
  return (vectors, { first }) => {
    const bu = vectors(node.source);
    const previous = first ? new Float64Array(node.length) : x;
    x = new Float64Array(node.length);
    for (let p = 0; p < states; p++) {
      const a = previous[2 * p] ?? 0;
      const b = previous[2 * p + 1] ?? 0;
      const c = re[p] ?? 0;
      const s = im[p] ?? 0;
      const nextRe = roundShift(c * a - s * b, lambda.frac, rounding) + (bu[2 * p] ?? 0);
      const nextIm = roundShift(s * a + c * b, lambda.frac, rounding) + (bu[2 * p + 1] ?? 0);
      x[2 * p] = clip(nextRe);
      x[2 * p + 1] = clip(nextIm);
    }
    return x;
  };
}

function feedthrough(node: FeedthroughNode): Operation {
  const sumUnit = 2 ** node.sumShift;
  const productUnit = 2 ** node.productShift;
  return (vectors) => {
    const u = vectors(node.input);
    return vectors(node.source).map(
      (sum, h) => sum * sumUnit + (node.weights[h] ?? 0) * (u[h] ?? 0) * productUnit + 0,
    );
  };
}
