import { oneOrEach } from '../../base/at.js';
import { floatNodeById, type FloatGraph } from '../../network/graph/types.js';
import type { RelaxedInput, Switches, Trace } from '../../network/ops/spec.js';
import { relaxedStepOf, sourcesOf } from '../../network/ops/table.js';
import type { IntegerNetwork, Node } from '../../network/types.js';
import { quantisersOf, type Quantiser } from './switches.js';

/** A network that can be run with any of its quantisers at work. */
export interface Relaxable {
  readonly network: IntegerNetwork;
  /** The float graph that the integers approximate. */
  readonly graph: FloatGraph;
}

/** Real outputs of a network, [vectors, width]. */
export type Outputs = Float64Array;

/** Outputs of one sequence under every setting that counts. */
export interface Probe {
  /** No quantiser at work: the float network. */
  readonly float: Outputs;
  /** All at work: the integer network. */
  readonly integer: Outputs;
  /** By quantiser, in the order of `quantisersOf`: this one alone at work; all but this one. */
  readonly alone: readonly Outputs[];
  readonly without: readonly Outputs[];
}

export type Traces = ReadonlyMap<string, Trace>;

/** Every vector of a network over a sequence, with no quantiser at work and with all. */
export interface Tracing {
  readonly float: Traces;
  readonly integer: Traces;
}

/** Runs one sequence through the float and the integer network. */
export function createTracer(relaxable: Relaxable): (input: RelaxedInput) => Tracing {
  const { run, off } = createRun(relaxable);
  const { nodes } = relaxable.network;
  return (input) => ({
    float: run(input, off, nodes, new Map()),
    integer: run(input, () => ALL, nodes, new Map()),
  });
}

const ALL: Switches = { weights: true, words: true };
const NONE: Switches = { weights: false, words: false };

function createRun({ network, graph }: Relaxable) {
  const realOf = (id: string) => floatNodeById(graph, id);
  const nodes = new Map(network.nodes.map((node) => [node.id, node]));
  const nodeOf = (id: string): Node => {
    const node = nodes.get(id);
    if (node === undefined) throw new Error(`no node ${id}`);
    return node;
  };
  const run = (
    input: RelaxedInput,
    switches: (node: Node) => Switches,
    which: readonly Node[],
    base: Traces,
  ): Traces => {
    const traces = new Map(base);
    const trace = (id: string): Trace => {
      const found = traces.get(id);
      if (found === undefined) throw new Error(`no trace of ${id}`);
      return found;
    };
    for (const node of which) {
      const reading = { input, trace, node: nodeOf };
      const data = relaxedStepOf(node, realOf(node.id), reading, switches(node));
      traces.set(node.id, { width: node.length, data });
    }
    return traces;
  };
  // An exact input has no quantiser to be switched: an index stays an index.
  const off = (node: Node) => (node.op === 'input' && node.unsigned ? ALL : NONE);
  return { run, off, nodeOf };
}

/** Runs one sequence under every setting; of each only what the switched quantiser changes. */
export function createProbe(relaxable: Relaxable): (input: RelaxedInput) => Probe {
  const { network } = relaxable;
  const { run, off, nodeOf } = createRun(relaxable);
  const quantisers = quantisersOf(network);
  const downstream = new Map(quantisers.map(({ id }) => [id, readersOf(network, id)]));
  const output = nodeOf(network.output);
  const { scale } = output.format;
  const real = (traces: Traces): Outputs =>
    (traces.get(output.id)?.data ?? new Float64Array()).map(
      (word, i) => word * oneOrEach(scale, i % output.length),
    );
  return (sequence) => {
    const float = run(sequence, off, network.nodes, new Map());
    const integer = run(sequence, () => ALL, network.nodes, new Map());
    const switched = (base: Traces, at: (node: Node) => Switches, on: boolean) =>
      quantisers.map(({ id, what }: Quantiser) =>
        real(
          run(
            sequence,
            (node) => (node.id === id ? { ...at(node), [what]: on } : at(node)),
            downstream.get(id) ?? [],
            base,
          ),
        ),
      );
    return {
      float: real(float),
      integer: real(integer),
      alone: switched(float, off, true),
      without: switched(integer, () => ALL, false),
    };
  };
}

/** A node and all that depend on it, in order. */
function readersOf({ nodes }: IntegerNetwork, id: string): Node[] {
  const changed = new Set([id]);
  return nodes.filter((node) => {
    if (sourcesOf(node).some((source) => changed.has(source))) changed.add(node.id);
    return changed.has(node.id);
  });
}
