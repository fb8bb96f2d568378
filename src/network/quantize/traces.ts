import { sourcesOf, stepOf } from '../ops/table.js';
import type { Node } from '../types.js';

/** Vectors of a node on the calibration sequences. */
export interface Trace {
  /** Elements per vector. */
  readonly width: number;
  /** Per sequence [L, width]; [1, width] behind a pool. */
  readonly sequences: readonly Float64Array[];
}

/** The integer network run on the calibration sequences while it is being built. */
export interface Traces {
  /** Runs one more node; all that it reads must have been run. */
  follow(node: Node): void;
  of(id: string): Trace;
}

/** @param inputs words of each sequence, one vector per step, for the network's input node. */
export function createTraces(
  inputs: (node: Node, sequence: number) => readonly Float64Array[],
  sequences: number,
): Traces {
  const traces = new Map<string, Trace>();
  const of = (id: string): Trace => {
    const trace = traces.get(id);
    if (trace === undefined) throw new Error(`no trace of ${id}`);
    return trace;
  };
  const indices = Array.from({ length: sequences }, (_, i) => i);
  return {
    of,
    follow(node) {
      const width = node.length;
      if (node.op === 'input') {
        const words = indices.map((i) => joined(inputs(node, i), width));
        traces.set(node.id, { width, sequences: words });
        return;
      }
      const sources = sourcesOf(node).map((id) => [id, of(id)] as const);
      const source = of(node.op === 'reverse' ? node.source : (sources[0]?.[0] ?? ''));
      const run = stepOf(node, () => undefined);
      traces.set(node.id, {
        width,
        sequences: source.sequences.map((words, i) => {
          const steps = words.length / source.width;
          const out: Float64Array[] = [];
          for (let k = 0; k < steps; k++) {
            const vector = (id: string, at: number) => {
              const trace = of(id);
              return (trace.sequences[i] ?? new Float64Array()).subarray(
                at * trace.width,
                (at + 1) * trace.width,
              );
            };
            const tag = { first: k === 0, last: k === steps - 1 };
            const result =
              node.op === 'reverse'
                ? vector(node.source, steps - 1 - k)
                : run((id) => vector(id, k), tag);
            if (result !== undefined) out.push(result);
          }
          return joined(out, width);
        }),
      });
    },
  };
}

function joined(vectors: readonly Float64Array[], width: number): Float64Array {
  const all = new Float64Array(vectors.length * width);
  vectors.forEach((vector, k) => {
    all.set(vector, k * width);
  });
  return all;
}
