import { counted } from '../../base/counted.js';
import { RESET_MODULE, SHORTEST_RESET } from '../blocks/reset.js';
import { ROM_FOLDER, type Block } from '../blocks/block.js';
import { describeEdge, describeTiming } from '../plan/describe.js';
import type { Plan } from '../plan/types.js';
import { linksOf, pinsOf, type Net, type Pin } from './nets.js';
import { layerName, partsOf, type Part } from './parts.js';
import type {
  Constant,
  Instance,
  Module,
  ModuleParameter,
  ModulePort,
  ParameterValue,
  Wire,
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

/** The generated modules of a plan: the top, then each layer of its network. */
export function designModules(
  plan: Plan,
  provenance: readonly string[],
): readonly [Module, ...Module[]] {
  const [top, ...layers] = connect(plan);
  return [
    topOf(plan, top, layers, provenance),
    ...layers.map((layer) => layerOf(plan, layer, provenance)),
  ];
}

/** The top module of a plan: the AXI4-Stream edges, the layers, the other blocks, and their wires. */
export function topModule(plan: Plan, provenance: readonly string[]): Module {
  return designModules(plan, provenance)[0];
}

/** A block with its connections. */
interface Placed {
  readonly block: Block;
  readonly pins: readonly Pin[];
}

/** A generated module before it has text. */
interface Connected extends Part {
  readonly placed: readonly Placed[];
  /** Wires that blocks of other modules use too: those that this module drives, and the others. */
  readonly outputs: readonly Net[];
  readonly inputs: readonly Net[];
  /** Reset bit of its first block. */
  readonly firstReset: number;
}

/** Name and bit of a sticky flag, by `block.port`. */
type StatusBits = ReadonlyMap<string, number>;

/** The modules with their wires, the top first. Reset bits count through the modules in turn. */
function connect(plan: Plan): readonly [Connected, ...Connected[]] {
  const links = linksOf(plan);
  const users = new Map<string, Set<Part>>();
  const drivers = new Map<string, Part>();
  let resets = 0;
  const place = (part: Part) => {
    const placed = part.blocks.map((block) => ({ block, pins: pinsOf(block, links) }));
    for (const { pins } of placed) {
      for (const { nets, drives } of pins) {
        for (const { name } of nets) {
          users.set(name, (users.get(name) ?? new Set()).add(part));
          if (!drives) continue;
          if (drivers.has(name)) throw new Error(`two blocks drive the wire ${name}`);
          drivers.set(name, part);
        }
      }
    }
    const firstReset = resets;
    resets += part.blocks.length;
    return { part, placed, firstReset };
  };
  const finish = ({ part, placed, firstReset }: ReturnType<typeof place>): Connected => {
    const crossing = distinct(placed.flatMap(netsOf)).filter(
      ({ name }) => (users.get(name)?.size ?? 0) > 1,
    );
    const isOutput = ({ name }: Net) => drivers.get(name) === part;
    return {
      ...part,
      placed,
      firstReset,
      outputs: crossing.filter(isOutput),
      inputs: crossing.filter((net) => !isOutput(net)),
    };
  };
  const [top, ...layers] = partsOf(plan);
  const all = [place(top), ...layers.map(place)] as const;
  const [first, ...others] = all;
  return [finish(first), ...others.map(finish)];
}

function netsOf({ pins }: Placed): Net[] {
  return pins.flatMap(({ nets }) => nets);
}

/** Wires by name, each once. */
function distinct(nets: readonly Net[]): Net[] {
  return [...new Map(nets.map((net) => [net.name, net])).values()];
}

function topOf(
  plan: Plan,
  top: Connected,
  layers: readonly Connected[],
  provenance: readonly string[],
): Module {
  const status = statusBits(plan);
  const bits: StatusBits = new Map(status.map(({ block, port }, i) => [`${block}.${port}`, i]));
  const flag = (block: Block, port: string) => {
    const bit = bits.get(`${block.id}.${port}`);
    if (bit === undefined) throw new Error(`no status bit of ${block.id}.${port}`);
    return status.length === 1 ? 'status' : `status[${bit}]`;
  };
  const declare = declarations([]);
  const reset: Instance = {
    module: RESET_MODULE,
    name: 'u_reset',
    comment: 'reset: one per block, two cycles after aresetn',
    wires: [{ name: 'rst', width: plan.blocks.length }],
    parameters: [{ name: 'BLOCKS', value: plan.blocks.length }],
    connections: [
      { port: 'clk_i', expression: 'aclk' },
      { port: 'aresetn', expression: 'aresetn' },
      { port: 'rst_o', expression: 'rst' },
    ],
  };
  // A layer has the place of its first block.
  const homes = new Map(layers.flatMap((layer) => layer.blocks.map(({ id }) => [id, layer])));
  const own = new Map(top.placed.map((placed) => [placed.block.id, placed]));
  const left = new Set(layers);
  const instances = plan.blocks.flatMap(({ id }): Instance[] => {
    const placed = own.get(id);
    if (placed !== undefined) return [instanceOf(placed, top, 'aclk', flag, declare)];
    const layer = homes.get(id);
    if (layer === undefined || !left.delete(layer)) return [];
    return [layerInstance(layer, flag, declare)];
  });
  const axisPorts = top.placed.flatMap(({ pins }) =>
    pins
      .filter(({ to }) => to === 'axis')
      .map(({ port, width, drives }): ModulePort => {
        return { name: port, direction: drives ? 'output' : 'input', width };
      }),
  );
  return {
    name: plan.top,
    header: header(plan, layers, provenance, status),
    parameters: [ROM_DIR],
    ports: [
      { name: 'aclk', direction: 'input', width: 1 },
      { name: 'aresetn', direction: 'input', width: 1 },
      ...axisPorts,
      { name: 'status', direction: 'output', width: status.length },
    ],
    constants: [
      ...resetConstants(top),
      ...layers.map((layer) => ({ name: resetName(nameOf(layer)), value: layer.firstReset })),
    ],
    wires: [],
    instances: [reset, ...instances],
  };
}

/** The module of a layer. Its ports have the names of the wires in the top module. */
function layerOf(plan: Plan, layer: Connected, provenance: readonly string[]): Module {
  const { module, placed, blocks, inputs, outputs } = layer;
  const flags = placed.flatMap(({ block, pins }) =>
    pins.filter(({ to }) => to === 'flag').map(({ expression }) => flagName(block, expression)),
  );
  const declare = declarations([...inputs, ...outputs]);
  const port =
    (direction: 'input' | 'output') =>
    ({ name, width, ends }: Net): ModulePort => ({ name, direction, width, group: ends });
  return {
    name: module,
    header: [
      `${module}: ${layerTitle(layer)} of ${plan.top}, ${counted(blocks.length, 'block')}`,
      '',
      ...provenance,
      '',
      'Structure only: every operation is in a module of the qs5 library.',
    ],
    ...(needsRoms(layer) ? { parameters: [ROM_DIR] } : {}),
    ports: [
      { name: 'clk_i', direction: 'input', width: 1, group: 'clock, and one reset per block' },
      {
        name: 'rst',
        direction: 'input',
        width: blocks.length,
        group: 'clock, and one reset per block',
      },
      ...sortedByBundle([...inputs.map(port('input')), ...outputs.map(port('output'))]),
      ...flags.map((name): ModulePort => {
        return { name, direction: 'output', width: 1, group: 'sticky flags' };
      }),
    ],
    constants: resetConstants({ ...layer, firstReset: 0 }),
    wires: [],
    instances: placed.map((one) => instanceOf(one, layer, 'clk_i', flagName, declare)),
  };
}

function layerInstance(
  layer: Connected,
  flag: (block: Block, port: string) => string,
  declare: (nets: readonly Net[]) => readonly Wire[],
): Instance {
  const { module, blocks, inputs, outputs, placed } = layer;
  const name = nameOf(layer);
  const nets = [...inputs, ...outputs];
  const flags = placed.flatMap(({ block, pins }) =>
    pins
      .filter(({ to }) => to === 'flag')
      .map(({ expression }) => ({
        port: flagName(block, expression),
        expression: flag(block, expression),
      })),
  );
  const resets =
    blocks.length === 1 ? `rst[${resetName(name)}]` : `rst[${resetName(name)}+:${blocks.length}]`;
  return {
    module,
    name: `u_${name}`,
    comment: `${layerTitle(layer)}: ${counted(blocks.length, 'block')}`,
    wires: declare(nets),
    parameters: needsRoms(layer)
      ? [{ name: ROM_DIR.name, value: { expression: ROM_DIR.name } }]
      : [],
    connections: [
      { port: 'clk_i', expression: 'aclk' },
      { port: 'rst', expression: resets },
      ...sortedByBundle(nets.map((net) => ({ ...net, group: net.ends }))).map(({ name: wire }) => ({
        port: wire,
        expression: wire,
      })),
      ...flags,
    ],
  };
}

/** An instance of a block, with the wires that are declared above it. */
function instanceOf(
  { block, pins }: Placed,
  { blocks }: Connected,
  clock: string,
  flag: (block: Block, port: string) => string,
  declare: (nets: readonly Net[]) => readonly Wire[],
): Instance {
  return {
    module: block.module,
    name: `u_${block.id}`,
    comment: `${block.id}: ${block.summary}`,
    wires: declare(pins.flatMap(({ nets }) => nets)),
    parameters: block.parameters.map(({ name, value }) => ({ name, value: inRomDir(value) })),
    connections: [
      { port: 'clk_i', expression: clock },
      { port: 'rst_i', expression: blocks.length === 1 ? 'rst' : `rst[${resetName(block.id)}]` },
      ...pins.map(({ port, to, expression }) => ({
        port,
        expression: to === 'flag' ? flag(block, expression) : expression,
      })),
    ],
  };
}

/** Gives wires out once each: those that an instance is the first to name. */
function declarations(ports: readonly Net[]): (nets: readonly Net[]) => readonly Wire[] {
  const known = new Set(ports.map(({ name }) => name));
  return (nets) =>
    distinct(nets)
      .filter(({ name }) => !known.has(name))
      .map(({ name, width }) => {
        known.add(name);
        return { name, width };
      });
}

/** In the order in which bundles first come, the wires of each together. */
function sortedByBundle<T extends { readonly group?: string }>(ports: readonly T[]): T[] {
  const groups = [...new Set(ports.map(({ group }) => group))];
  return groups.flatMap((group) => ports.filter((port) => port.group === group));
}

function resetConstants({ blocks, firstReset }: Connected): Constant[] {
  if (blocks.length === 1) return [];
  return blocks.map(({ id }, i) => ({ name: resetName(id), value: firstReset + i }));
}

/** Name of the bit of `rst` of a block, or of the lowest bit of a layer. */
function resetName(id: string): string {
  return `RST_${id.toUpperCase()}`;
}

function flagName({ id }: Block, flag: string): string {
  return `${id}_${flag}`;
}

function nameOf({ layer = 0 }: Part): string {
  return layerName(layer);
}

function layerTitle({ layer = 0 }: Part): string {
  return `layer ${layer}`;
}

function needsRoms({ blocks }: Part): boolean {
  return blocks.some(({ roms }) => roms.length > 0);
}

/** The name of a ROM image, or the beginning of one, below ROM_DIR; other values as they are. */
function inRomDir(value: number | string): ParameterValue {
  if (typeof value === 'number' || !value.startsWith(`${ROM_FOLDER}/`)) return value;
  return { expression: `{${ROM_DIR.name}, "${value.slice(ROM_FOLDER.length)}"}` };
}

function header(
  plan: Plan,
  layers: readonly Part[],
  provenance: readonly string[],
  status: readonly StatusBit[],
): string[] {
  const { input, output } = plan;
  const width = String(status.length - 1).length;
  return [
    `${plan.top}: ${counted(plan.blocks.length, 'block')}, one time step every ${plan.interval} cycles`,
    '',
    ...provenance,
    '',
    `II        ${plan.interval} cycles (initiation interval), bound by ${plan.binding.block} (${plan.binding.limit})`,
    `Speed     ${describeTiming(plan)}`,
    `Input     per step ${describeEdge(plan, 'input').vector}; ${input.lanes} a beat in slots of ${input.slotWidth} bits`,
    `Output    per ${plan.emit === 'step' ? 'step' : 'sequence'} ${describeEdge(plan, 'output').vector}; ${output.lanes} a beat in slots of ${output.slotWidth} bits`,
    `Reset     aresetn, synchronous, active low, for at least ${SHORTEST_RESET} cycles; tlast ends a sequence and clears the state`,
    ...(layers.length === 0 ? [] : [`Layers    ${layers.map(({ module }) => module).join(', ')}`]),
    'Status    sticky bits, cleared by reset:',
    ...status.map(({ meaning }, i) => `          [${String(i).padStart(width)}] ${meaning}`),
    '',
    'Structure only: every operation is in a module of the qs5 library.',
  ];
}
