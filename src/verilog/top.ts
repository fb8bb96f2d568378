import type { Block } from '../blocks/block.js';
import { isAxis, signalPort, signalsOf } from '../blocks/bundles.js';
import { endpointKey, type Endpoint, type Plan } from '../plan/types.js';
import type { Instance, Module, ModulePort, Wire } from './structure.js';

/** A status bit of the top module. */
export interface StatusBit {
  readonly block: string;
  readonly port: string;
  readonly meaning: string;
}

/** The sticky status bits of a plan, bit 0 first. */
export function statusBits(plan: Plan): StatusBit[] {
  return plan.blocks.flatMap((block) =>
    block.ports
      .filter(({ type }) => type === 'flag')
      .map(({ name }) => ({
        block: block.id,
        port: name,
        meaning:
          name === 'saturated'
            ? `some result of ${block.id} was clipped`
            : 's_axis_tlast came within a vector',
      })),
  );
}

/** The top module of a plan: the AXI4-Stream edges, the blocks, and the wires between them. */
export function topModule(plan: Plan, provenance: readonly string[]): Module {
  const status = statusBits(plan);
  const drivenBy = new Map(plan.connections.map(({ from, to }) => [endpointKey(to), from]));
  const statusBit = new Map(status.map(({ block, port }, i) => [`${block}.${port}`, i]));

  const axisPorts = plan.blocks.flatMap((block) =>
    block.ports
      .filter(({ type }) => isAxis(type))
      .flatMap((port) =>
        signalsOf(port).map((signal): ModulePort => {
          const outward = (port.direction === 'out') === (signal.driver === 'producer');
          return {
            name: signalPort(port, signal),
            direction: outward ? 'output' : 'input',
            width: signal.width,
          };
        }),
      ),
  );
  const reset: Instance = {
    module: 'qs5_reset',
    name: 'u_reset',
    comment: 'reset',
    parameters: [],
    connections: [
      { port: 'aresetn', expression: 'aresetn' },
      { port: 'rst_o', expression: 'rst' },
    ],
  };
  return {
    name: plan.top,
    header: header(plan, provenance, status),
    ports: [
      { name: 'aclk', direction: 'input', width: 1 },
      { name: 'aresetn', direction: 'input', width: 1 },
      ...axisPorts,
      { name: 'status', direction: 'output', width: status.length },
    ],
    wires: [
      { comment: 'reset', wires: [{ name: 'rst', width: 1 }] },
      ...plan.blocks
        .map((block) => ({ comment: `from ${block.id}`, wires: wiresOf(block) }))
        .filter(({ wires }) => wires.length > 0),
    ],
    instances: [
      reset,
      ...plan.blocks.map((block) => instanceOf(block, drivenBy, statusBit, status.length)),
    ],
  };
}

/** Wires of the bundles that a block produces, whichever end drives them. */
function wiresOf(block: Block): Wire[] {
  return block.ports
    .filter(({ type, direction }) => direction === 'out' && !isAxis(type) && type !== 'flag')
    .flatMap((port) =>
      signalsOf(port).map(({ name, width }) => ({
        name: wireName({ block: block.id, port: port.name }, name),
        width,
      })),
    );
}

function wireName({ block, port }: Endpoint, signal: string): string {
  return `${block}_${port}_${signal}`;
}

function instanceOf(
  block: Block,
  drivenBy: ReadonlyMap<string, Endpoint>,
  statusBit: ReadonlyMap<string, number>,
  statusCount: number,
): Instance {
  const connections = [
    { port: 'clk_i', expression: 'aclk' },
    { port: 'rst_i', expression: 'rst' },
  ];
  for (const port of block.ports) {
    const here: Endpoint = { block: block.id, port: port.name };
    const from = port.direction === 'out' ? here : drivenBy.get(endpointKey(here));
    for (const signal of signalsOf(port)) {
      const name = signalPort(port, signal);
      connections.push({ port: name, expression: expression() });

      function expression(): string {
        if (isAxis(port.type)) return name;
        if (port.type === 'flag') {
          const bit = statusBit.get(endpointKey(here)) ?? 0;
          return statusCount === 1 ? 'status' : `status[${bit}]`;
        }
        if (from === undefined) throw new Error(`${endpointKey(here)} is not connected`);
        return wireName(from, signal.name);
      }
    }
  }
  return {
    module: block.module,
    name: `u_${block.id}`,
    comment: block.limit,
    parameters: block.parameters,
    connections,
  };
}

function header(plan: Plan, provenance: readonly string[], status: readonly StatusBit[]): string[] {
  const { input, output } = plan;
  const width = String(status.length - 1).length;
  return [
    `${plan.top}: ${plan.blocks.length} blocks, one time step every ${plan.interval} cycles`,
    '',
    ...provenance,
    '',
    `Interval  ${plan.interval} cycles, bound by ${plan.binding.block} (${plan.binding.limit})`,
    `Latency   ${plan.latency} cycles, from the first input beat of a step to its last output beat`,
    `Input     ${input.elements} words of ${input.width} bits per step, ${input.lanes} a beat in slots of ${input.slotWidth} bits`,
    `Output    ${output.elements} words of ${output.width} bits per step, ${output.lanes} a beat in slots of ${output.slotWidth} bits`,
    'Reset     aresetn, synchronous, active low; tlast ends a sequence and clears the state',
    'Status    sticky bits, cleared by reset:',
    ...status.map(({ meaning }, i) => `          [${String(i).padStart(width)}] ${meaning}`),
    '',
    'Structure only: every operation is in a module of the qs5 library.',
  ];
}
