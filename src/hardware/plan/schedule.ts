import { portOf, type Block, type Timing } from '../blocks/block.js';
import { lcm } from '../blocks/words.js';
import type { Part } from './part.js';
import { endpointKey, type Connection, type Endpoint, type Lifetime } from './types.js';

/** The cycles in which the vector of one step occupies a buffer. */
export type Occupation = Omit<Lifetime, 'banks'>;

/** The cycles of one time step, which no size of a buffer changes. */
export interface Schedule {
  /** Cycles of every output port, by `block.port`. */
  readonly timing: ReadonlyMap<string, Timing>;
  /** By id of the buffer. */
  readonly occupations: ReadonlyMap<string, Occupation>;
  /** Cycles from the first to the last beat of a port of each block, the most of all ports. */
  readonly spans: ReadonlyMap<string, number>;
}

/** The schedule of parts whose producers come before their consumers. */
export function scheduleOf(parts: readonly Part[], connections: readonly Connection[]): Schedule {
  const blocks = new Map(parts.map(({ block }) => [block.id, block]));
  const producers = new Map(connections.map(({ from, to }) => [endpointKey(to), from]));
  const timing = new Map<string, Timing>();
  const occupations = new Map<string, Occupation>();
  const spans = new Map<string, number>();
  const producerOf = (block: string, port: string): Endpoint => {
    const found = producers.get(endpointKey({ block, port }));
    if (found === undefined) throw new Error(`${block}.${port} is not connected`);
    return found;
  };
  /** Control ports have no cycles of their own. */
  const cyclesOf = (from: Endpoint): Timing => timing.get(endpointKey(from)) ?? [];
  for (const { block } of parts) {
    const inputs: Record<string, Timing> = {};
    for (const port of block.ports) {
      if (port.direction !== 'in' || port.type === 's_axis') continue;
      inputs[port.name] = cyclesOf(producerOf(block.id, port.name));
    }
    const { outputs, reads } = block.timing(inputs);
    let span = 0;
    for (const [port, cycles] of Object.entries(outputs)) {
      timing.set(endpointKey({ block: block.id, port }), cycles);
      span = Math.max(span, spanOf(cycles));
    }
    spans.set(block.id, span);
    for (const [port, { pass, last }] of Object.entries(reads)) {
      const { block: buffer } = producerOf(block.id, port);
      const writes = cyclesOf(producerOf(buffer, 'in'));
      const [from] = writes;
      if (from === undefined) throw new Error(`${buffer} is read and never written`);
      const slack = readSlack(writes, pass, beatsPerWord(blocks.get(buffer), buffer));
      occupations.set(buffer, { from, to: last, slack });
    }
  }
  return { timing, occupations, spans };
}

/** Cycles from the first beat to the last, both counted. */
function spanOf(cycles: Timing): number {
  const [first, last] = [cycles[0], cycles.at(-1)];
  return first === undefined || last === undefined ? 0 : last - first + 1;
}

/** Beats that a buffer gathers before it writes a word. */
function beatsPerWord(buffer: Block | undefined, id: string): number {
  if (buffer === undefined) throw new Error(`no block ${id}`);
  const [written, read] = [portOf(buffer, 'in').lanes, portOf(buffer, 'vec').lanes];
  return lcm(written, read) / written;
}

/** Least cycles from the write of what a read needs to that read; both go through one vector. */
function readSlack(writes: Timing, reads: Timing, beats: number): number {
  const slacks = reads.map((cycle, i) => {
    // Read i needs the first (i + 1) / reads of the vector, rounded up to whole words.
    const needed = Math.ceil(((i + 1) * writes.length) / reads.length / beats) * beats;
    // A word that is never written is always too late.
    return cycle - (writes[needed - 1] ?? Infinity);
  });
  return Math.min(...slacks);
}
