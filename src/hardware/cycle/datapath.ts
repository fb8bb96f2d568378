import { must, type Beat, type Block, type BundleType } from '../blocks/block.js';
import { endpointKey, segmentOf, type Plan } from '../plan/types.js';
import type { Step } from './step.js';

/** Everything between sources and sinks, in machine words, one time step per call. */
export interface Datapath {
  /** Runs a step of a segment. */
  step(segment: number, step: Step): void;
  /** Beats that enter the output edge for the last step of the last segment; none without a result. */
  result(): readonly Beat[];
  /** Beats of the last step of a segment that the stores behind it keep, by block. */
  stored(segment: number): ReadonlyMap<string, readonly Beat[]>;
  /** Sticky flags, by `block.port`. */
  flags(): ReadonlyMap<string, boolean>;
  /** Beats of every port in its last step, by `block.port`: for looking into the design. */
  readonly trace: ReadonlyMap<string, readonly Beat[]>;
}

/** Bundles that bring the words of a step. */
const DATA: ReadonlySet<BundleType> = new Set(['stream', 'vector']);

function nothingFrom({ ports }: Block): Record<string, readonly Beat[]> {
  const outputs = ports.filter(
    ({ type, direction }) => direction === 'out' && (DATA.has(type) || type === 'm_axis'),
  );
  return Object.fromEntries(outputs.map(({ name }) => [name, []]));
}

/** The blocks of a plan after reset, wired as the plan says. */
export function createDatapath(plan: Plan): Datapath {
  const sourcesOf = (id: string) =>
    plan.connections
      .filter(({ to }) => to.block === id)
      .map(({ from, to }) => ({ port: to.port, key: endpointKey(from) }));
  const segments = plan.segments.map(({ blocks }) =>
    plan.blocks
      .filter(({ id }) => blocks.includes(id))
      .map((block) => ({ block, machine: block.createMachine(), sources: sourcesOf(block.id) })),
  );
  /** Stores of each segment: blocks that a stream reaches from the segment before. */
  const stores = plan.segments.map((_, segment) =>
    plan.connections
      .filter(
        ({ from, to }) =>
          to.port === 'in' &&
          segmentOf(plan, to.block) === segment &&
          segmentOf(plan, from.block) < segment,
      )
      .map(({ from, to }) => ({ block: to.block, key: endpointKey(from) })),
  );
  const values = new Map<string, readonly Beat[]>();
  return {
    step(segment, { beats, tag }) {
      for (const { block, machine, sources } of segments[segment] ?? []) {
        const inputs: Record<string, readonly Beat[]> = {};
        for (const { port, key } of sources) inputs[port] = values.get(key) ?? [];
        const entering = beats.get(block.id);
        if (entering !== undefined) inputs[segment === 0 ? 's_axis' : 'in'] = entering;
        // A pool has nothing to say in most steps, and what follows it rests with it.
        const resting = block.ports.some(
          ({ name, type, direction }) =>
            direction === 'in' && DATA.has(type) && inputs[name]?.length === 0,
        );
        const outputs = resting ? nothingFrom(block) : machine.step(inputs, tag);
        for (const port of Object.keys(outputs)) {
          const made = must(outputs, port);
          const expected = plan.timing.get(`${block.id}.${port}`)?.length;
          const isStream = block.ports.some(({ name, type }) => name === port && type === 'stream');
          if (isStream && made.length !== expected && made.length > 0) {
            throw new Error(`${block.id}.${port}: ${made.length} beats, scheduled ${expected}`);
          }
          values.set(`${block.id}.${port}`, made);
        }
      }
    },
    result: () => values.get(`${plan.output.block}.m_axis`) ?? [],
    stored: (segment) =>
      new Map((stores[segment + 1] ?? []).map(({ block, key }) => [block, values.get(key) ?? []])),
    flags: () =>
      new Map(
        segments
          .flat()
          .flatMap(({ block, machine }) =>
            Object.entries(machine.flags()).map(
              ([port, on]) => [`${block.id}.${port}`, on] as const,
            ),
          ),
      ),
    trace: values,
  };
}
