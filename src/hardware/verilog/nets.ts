import { portOf, type Block, type Port } from '../blocks/block.js';
import { isAxis, signalPort, signalsOf, type Signal } from '../blocks/bundles.js';
import { blockById, endpointKey, type Endpoint, type Plan } from '../plan/types.js';
import { concatenation, lowBits, padded } from './structure.js';

/** A wire between blocks. */
export interface Net {
  readonly name: string;
  readonly width: number;
  /** Blocks at its ends: `b_vector to b`. */
  readonly ends: string;
}

/** A Verilog port of a block, connected. */
export interface Pin {
  readonly port: string;
  readonly to: 'net' | 'axis' | 'flag';
  /** Wire, slice of a wire, or wires side by side; for `axis` and `flag` the port's own name. */
  readonly expression: string;
  readonly nets: readonly Net[];
  /** True if the block drives the port. */
  readonly drives: boolean;
  readonly width: number;
}

/** One end of a connection, with its port. */
interface End extends Endpoint {
  readonly block: string;
  readonly owner: Block;
  readonly is: Port;
}

/** Connections of each port, by `block.port`. */
export interface Links {
  readonly plan: Plan;
  /** Producers of an input, in the order of the plan; several where the input gathers. */
  readonly producers: ReadonlyMap<string, readonly End[]>;
  /** Consumers of an output. */
  readonly consumers: ReadonlyMap<string, readonly End[]>;
  /** The input that gathers an output. */
  readonly gatherer: ReadonlyMap<string, End>;
}

export function linksOf(plan: Plan): Links {
  const end = (at: Endpoint): End => {
    const owner = blockById(plan, at.block);
    return { ...at, owner, is: portOf(owner, at.port) };
  };
  const producers = new Map<string, End[]>();
  const consumers = new Map<string, End[]>();
  const gatherer = new Map<string, End>();
  const put = (map: Map<string, End[]>, key: string, value: End) =>
    map.set(key, [...(map.get(key) ?? []), value]);
  for (const { from, to } of plan.connections) {
    const consumer = end(to);
    put(producers, endpointKey(to), end(from));
    put(consumers, endpointKey(from), consumer);
    if (consumer.is.clients !== undefined) gatherer.set(endpointKey(from), consumer);
  }
  return { plan, producers, consumers, gatherer };
}

/** All Verilog ports of a block but its clock and reset. */
export function pinsOf(block: Block, links: Links): Pin[] {
  return block.ports.flatMap((is) =>
    signalsOf(is).map((signal): Pin => {
      const port = signalPort(is, signal);
      const drives = (is.direction === 'out') === (signal.driver === 'producer');
      const { width } = signal;
      if (isAxis(is.type)) return { port, to: 'axis', expression: port, nets: [], drives, width };
      if (is.type === 'flag') {
        return { port, to: 'flag', expression: is.name, nets: [], drives, width };
      }
      const here: End = { block: block.id, port: is.name, owner: block, is };
      return { port, to: 'net', ...connected(here, signal, links), drives, width };
    }),
  );
}

/** The wires at one signal of a port, and the expression that connects them. */
function connected(here: End, signal: Signal, links: Links): Pick<Pin, 'expression' | 'nets'> {
  const single = (net: Net, expression = net.name) => ({ expression, nets: [net] });
  if (here.is.direction === 'out') {
    const taker = links.gatherer.get(endpointKey(here));
    if (taker === undefined || signal.driver === 'producer') {
      return single(netOf(here, signal.name, links));
    }
    const net = netOf(taker, signal.name, links);
    return single(net, lowBits(net.name, signal.width, net.width));
  }
  const from = links.producers.get(endpointKey(here)) ?? [];
  const [only] = from;
  if (only === undefined) throw new Error(`${endpointKey(here)} is not connected`);
  if (here.is.clients === undefined) return single(netOf(only, signal.name, links));
  if (signal.driver === 'consumer') return single(netOf(here, signal.name, links));
  // Every producer has the same share of the bits; the first has the lowest.
  const share = signal.width / here.is.clients;
  const nets = from.map((producer) => netOf(producer, signal.name, links));
  const parts = nets.map(({ name, width }) => padded(name, width, share));
  return { expression: concatenation(parts.reverse().flat()), nets };
}

/** The wire of one signal of the bundle that a port owns. */
function netOf(owner: End, signal: string, { producers, consumers }: Links): Net {
  const found = signalsOf(owner.is).find(({ name }) => name === signal);
  if (found === undefined) throw new Error(`${endpointKey(owner)} has no signal ${signal}`);
  const others = (owner.is.direction === 'out' ? consumers : producers).get(endpointKey(owner));
  const ids = [...new Set((others ?? []).map(({ block }) => block))];
  return {
    name: `${prefixOf(owner)}_${signal}`,
    width: found.width,
    ends: `${owner.block} to ${ids.join(', ')}`,
  };
}

/** The result of a block, and what a gathering input returns, need no port name in their wires. */
function prefixOf({ owner, is }: End): string {
  if (is.direction === 'in') return owner.id;
  const results = owner.ports.filter(
    ({ type, direction }) => direction === 'out' && (type === 'stream' || type === 'vector'),
  );
  return results.length === 1 && results[0] === is ? owner.id : `${owner.id}_${is.name}`;
}
