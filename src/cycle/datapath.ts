import { must, type Beat, type StepTag } from '../blocks/block.js';
import { endpointKey, type Plan } from '../plan/types.js';

/** Everything between the edges, in machine words, one time step per call. */
export interface Datapath {
  /** Beats that enter the output edge for the beats that left the input edge. */
  step(input: readonly Beat[], tag: StepTag): readonly Beat[];
  /** Sticky flags, by `block.port`. */
  flags(): ReadonlyMap<string, boolean>;
  /** Beats of every port in the last step, by `block.port`: for looking into the design. */
  readonly trace: ReadonlyMap<string, readonly Beat[]>;
}

/** The blocks of a plan after reset, wired as the plan says. */
export function createDatapath(plan: Plan): Datapath {
  const machines = plan.blocks.map((block) => ({
    block,
    machine: block.createMachine(),
    sources: plan.connections
      .filter(({ to }) => to.block === block.id)
      .map(({ from, to }) => ({ port: to.port, key: endpointKey(from) })),
  }));
  const values = new Map<string, readonly Beat[]>();
  return {
    step(input, tag) {
      for (const { block, machine, sources } of machines) {
        const inputs: Record<string, readonly Beat[]> = {};
        if (block.id === plan.input.block) inputs['s_axis'] = input;
        for (const { port, key } of sources) inputs[port] = values.get(key) ?? [];
        const outputs = machine.step(inputs, tag);
        for (const port of Object.keys(outputs)) {
          const beats = must(outputs, port);
          const expected = plan.timing.get(`${block.id}.${port}`)?.length;
          const isStream = block.ports.some(({ name, type }) => name === port && type === 'stream');
          if (isStream && beats.length !== expected) {
            throw new Error(`${block.id}.${port}: ${beats.length} beats, scheduled ${expected}`);
          }
          values.set(`${block.id}.${port}`, beats);
        }
      }
      return values.get(`${plan.output.block}.m_axis`) ?? [];
    },
    flags: () =>
      new Map(
        machines.flatMap(({ block, machine }) =>
          Object.entries(machine.flags()).map(([port, on]) => [`${block.id}.${port}`, on] as const),
        ),
      ),
    trace: values,
  };
}
