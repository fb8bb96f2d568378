import { RESET_MODULE, SHORTEST_RESET } from '../blocks/reset.js';
import { portOf, ROM_FOLDER, type Block, type Port } from '../blocks/block.js';
import { isAxis, signalPort, signalsOf, type Signal } from '../blocks/bundles.js';
import { describeEdge, describeTiming } from '../plan/describe.js';
import { blockById, endpointKey, type Endpoint, type Plan } from '../plan/types.js';
import {
  concatenation,
  lowBits,
  padded,
  type Instance,
  type Module,
  type ModuleParameter,
  type ModulePort,
  type ParameterValue,
  type Wire,
} from './structure.js';

/** A status bit of the top module. */
export interface StatusBit {
  readonly block: string;
  readonly port: string;
  readonly meaning: string;
}

/** Where the ROM images are: whoever builds elsewhere than in the design's folder names another place. */
export const ROM_DIR: ModuleParameter = {
  name: 'ROM_DIR',
  value: ROM_FOLDER,
  comment: 'folder of the ROM images',
};

/** The sticky status bits of a plan, bit 0 first. */
export function statusBits(plan: Plan): StatusBit[] {
  return plan.blocks.flatMap((block) =>
    block.ports
      .filter(({ type }) => type === 'flag')
      .map(({ name }) => ({
        block: block.id,
        port: name,
        meaning: meaningOf(block, name),
      })),
  );
}

function meaningOf(block: Block, flag: string): string {
  if (flag === 'saturated') return `some result of ${block.id} was clipped`;
  if (flag === 'unknown') return `some index was not in the table of ${block.id}`;
  return 's_axis_tlast came within a vector, or not within the longest sequence';
}

/** The top module of a plan: the AXI4-Stream edges, the blocks, and the wires between them. */
export function topModule(plan: Plan, provenance: readonly string[]): Module {
  const status = statusBits(plan);
  const links = linksOf(plan);
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
    module: RESET_MODULE,
    name: 'u_reset',
    comment: 'reset',
    parameters: [{ name: 'BLOCKS', value: plan.blocks.length }],
    connections: [
      { port: 'clk_i', expression: 'aclk' },
      { port: 'aresetn', expression: 'aresetn' },
      { port: 'rst_o', expression: 'rst' },
    ],
  };
  return {
    name: plan.top,
    header: header(plan, provenance, status),
    parameters: [ROM_DIR],
    ports: [
      { name: 'aclk', direction: 'input', width: 1 },
      { name: 'aresetn', direction: 'input', width: 1 },
      ...axisPorts,
      { name: 'status', direction: 'output', width: status.length },
    ],
    wires: [
      {
        comment: 'reset of each block',
        wires: [{ name: 'rst', width: plan.blocks.length }],
      },
      ...plan.blocks
        .map((block) => ({ comment: `from ${block.id}`, wires: wiresOf(block, links) }))
        .filter(({ wires }) => wires.length > 0),
    ],
    instances: [
      reset,
      ...plan.blocks.map((block, i) =>
        instanceOf(block, `rst[${i}]`, links, statusBit, status.length),
      ),
    ],
  };
}

/** One end of a connection, with its port. */
interface End extends Endpoint {
  readonly is: Port;
}

/** What each port is connected with, by `block.port`. */
interface Links {
  /** Of an input: its producers, in the order of the plan; several where it gathers. */
  readonly producers: ReadonlyMap<string, readonly End[]>;
  /** Of an output that an input gathers: that input, and which of its producers this one is. */
  readonly gatherer: ReadonlyMap<string, End>;
}

function linksOf(plan: Plan): Links {
  const end = (at: Endpoint): End => ({ ...at, is: portOf(blockById(plan, at.block), at.port) });
  const producers = new Map<string, End[]>();
  const gatherer = new Map<string, End>();
  for (const { from, to } of plan.connections) {
    const consumer = end(to);
    const all = producers.get(endpointKey(to)) ?? [];
    producers.set(endpointKey(to), [...all, end(from)]);
    if (consumer.is.clients !== undefined) gatherer.set(endpointKey(from), consumer);
  }
  return { producers, gatherer };
}

/**
 * Wires of the bundles that a block produces, whichever end drives them; but what an input that
 * gathers drives for all its producers is its own.
 */
function wiresOf(block: Block, { gatherer }: Links): Wire[] {
  return block.ports
    .filter(({ type }) => !isAxis(type) && type !== 'flag')
    .flatMap((port) => {
      const here: Endpoint = { block: block.id, port: port.name };
      const driver =
        port.direction === 'in'
          ? port.clients === undefined
            ? undefined
            : 'consumer'
          : gatherer.has(endpointKey(here))
            ? 'producer'
            : 'either';
      return signalsOf(port)
        .filter((signal) => driver === 'either' || signal.driver === driver)
        .map(({ name, width }) => ({ name: wireName(here, name), width }));
    });
}

function wireName({ block, port }: Endpoint, signal: string): string {
  return `${block}_${port}_${signal}`;
}

/** What is connected to one signal of a port. */
function expressionOf(here: End, signal: Signal, { producers, gatherer }: Links): string {
  const { is: port } = here;
  if (port.direction === 'out') {
    const taker = gatherer.get(endpointKey(here));
    if (taker === undefined || signal.driver === 'producer') return wireName(here, signal.name);
    return lowBits(wireName(taker, signal.name), signal.width, widthOf(taker.is, signal.name));
  }
  const from = producers.get(endpointKey(here)) ?? [];
  const [only] = from;
  if (only === undefined) throw new Error(`${endpointKey(here)} is not connected`);
  if (port.clients === undefined) return wireName(only, signal.name);
  if (signal.driver === 'consumer') return wireName(here, signal.name);
  // Every producer has the same share of the bits; the first has the lowest.
  const share = signal.width / port.clients;
  const parts = from.map((producer) =>
    padded(wireName(producer, signal.name), widthOf(producer.is, signal.name), share),
  );
  return concatenation(parts.reverse().flat());
}

function widthOf(port: Port, signal: string): number {
  return signalsOf(port).find(({ name }) => name === signal)?.width ?? 0;
}

function instanceOf(
  block: Block,
  reset: string,
  links: Links,
  statusBit: ReadonlyMap<string, number>,
  statusCount: number,
): Instance {
  const connections = [
    { port: 'clk_i', expression: 'aclk' },
    { port: 'rst_i', expression: reset },
  ];
  for (const port of block.ports) {
    const here: End = { block: block.id, port: port.name, is: port };
    for (const signal of signalsOf(port)) {
      const name = signalPort(port, signal);
      connections.push({ port: name, expression: expression() });

      function expression(): string {
        if (isAxis(port.type)) return name;
        if (port.type !== 'flag') return expressionOf(here, signal, links);
        const bit = statusBit.get(endpointKey(here)) ?? 0;
        return statusCount === 1 ? 'status' : `status[${bit}]`;
      }
    }
  }
  return {
    module: block.module,
    name: `u_${block.id}`,
    comment: block.limit,
    parameters: block.parameters.map(({ name, value }) => ({ name, value: inRomDir(value) })),
    connections,
  };
}

/** The name of a ROM image, or the beginning of one, below ROM_DIR; other values as they are. */
function inRomDir(value: number | string): ParameterValue {
  if (typeof value === 'number' || !value.startsWith(`${ROM_FOLDER}/`)) return value;
  return { expression: `{${ROM_DIR.name}, "${value.slice(ROM_FOLDER.length)}"}` };
}

function header(plan: Plan, provenance: readonly string[], status: readonly StatusBit[]): string[] {
  const { input, output } = plan;
  const width = String(status.length - 1).length;
  return [
    `${plan.top}: ${plan.blocks.length} blocks, one time step every ${plan.interval} cycles`,
    '',
    ...provenance,
    '',
    `II        ${plan.interval} cycles (initiation interval), bound by ${plan.binding.block} (${plan.binding.limit})`,
    `Speed     ${describeTiming(plan)}`,
    `Input     per step ${describeEdge(plan, 'input').vector}; ${input.lanes} a beat in slots of ${input.slotWidth} bits`,
    `Output    per ${plan.emit === 'step' ? 'step' : 'sequence'} ${describeEdge(plan, 'output').vector}; ${output.lanes} a beat in slots of ${output.slotWidth} bits`,
    `Reset     aresetn, synchronous, active low, for at least ${SHORTEST_RESET} cycles; tlast ends a sequence and clears the state`,
    'Status    sticky bits, cleared by reset:',
    ...status.map(({ meaning }, i) => `          [${String(i).padStart(width)}] ${meaning}`),
    '',
    'Structure only: every operation is in a module of the qs5 library.',
  ];
}
