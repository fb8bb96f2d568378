import * as z from 'zod';
import type { Device } from '../../hardware/device/device.js';
import { Qs5Error } from '../../base/errors.js';
import { addCells, cellsOfType, NO_CELLS, timesCells, type Cells } from './cells.js';

/** Relevant parts of a netlist of Yosys (`write_json`). */
const netlistSchema = z.object({
  modules: z.record(
    z.string(),
    z.object({
      attributes: z.record(z.string(), z.unknown()).optional(),
      cells: z.record(z.string(), z.object({ type: z.string() })),
    }),
  ),
});

export type Netlist = z.infer<typeof netlistSchema>;

/** @throws E_TOOL_FAILED for an invalid netlist. */
export function parseNetlist(text: string): Netlist {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    value = undefined;
  }
  const result = netlistSchema.safeParse(value);
  if (result.success) return result.data;
  throw new Qs5Error('E_TOOL_FAILED', {
    subject: 'yosys',
    message: `Its netlist cannot be read: ${z.prettifyError(result.error)}`,
    hint: 'check for a full disk or a truncated file.',
  });
}

/** Cells of a module by instance; cells outside of instances have the key ''. */
export interface CellCounts {
  readonly total: Cells;
  readonly instances: ReadonlyMap<string, Cells>;
  /** Number of cells by type, instances resolved. */
  readonly types: ReadonlyMap<string, number>;
}

/**
 * Counts the cells of `top` by instance, for instances that kept their hierarchy.
 *
 * @throws E_TOOL_FAILED if there is no such module, or for latches
 */
export function countCells(netlist: Netlist, top: string, family: Device['family']): CellCounts {
  const known = new Map<string, ReadonlyMap<string, number>>();
  const typesOf = (name: string): ReadonlyMap<string, number> => {
    const before = known.get(name);
    if (before !== undefined) return before;
    const types = new Map<string, number>();
    for (const { type } of Object.values(netlist.modules[name]?.cells ?? {})) {
      const inside = isModule(netlist, type) ? typesOf(type) : new Map([[type, 1]]);
      for (const [cell, count] of inside) types.set(cell, (types.get(cell) ?? 0) + count);
    }
    known.set(name, types);
    return types;
  };
  if (netlist.modules[top] === undefined) {
    throw new Qs5Error('E_TOOL_FAILED', {
      subject: 'yosys',
      message: `Its netlist has no module ${top}.`,
    });
  }
  const instances = new Map<string, Cells>();
  const add = (instance: string, cells: Cells) =>
    instances.set(instance, addCells(instances.get(instance) ?? NO_CELLS, cells));
  for (const [name, { type }] of Object.entries(netlist.modules[top].cells)) {
    if (isModule(netlist, type)) add(name, cellsOf(typesOf(type), family));
    else add('', cellsOfType(family, type));
  }
  const types = typesOf(top);
  const latch = [...types.keys()].find((type) => /latch|^LD[CP]E/i.test(type));
  if (latch !== undefined) {
    throw new Qs5Error('E_TOOL_FAILED', {
      subject: 'yosys',
      message: `It inferred a latch (${latch}), but qs5 designs have none.`,
      hint: 'please report this with the config.',
    });
  }
  return { total: cellsOf(types, family), instances, types };
}

/** The module of an instance. @throws E_TOOL_FAILED for an unknown instance */
export function instanceModule({ modules }: Netlist, top: string, instance: string): string {
  const type = modules[top]?.cells[instance]?.type;
  if (type !== undefined) return type;
  throw new Qs5Error('E_TOOL_FAILED', {
    subject: 'yosys',
    message: `Its netlist has no instance ${instance} in ${top}.`,
  });
}

/** True for a module of the design, false for a cell of the device. */
function isModule({ modules }: Netlist, type: string): boolean {
  const module = modules[type];
  const { blackbox, whitebox } = module?.attributes ?? {};
  return module !== undefined && blackbox === undefined && whitebox === undefined;
}

function cellsOf(types: ReadonlyMap<string, number>, family: Device['family']): Cells {
  let cells = NO_CELLS;
  for (const [type, count] of types) {
    cells = addCells(cells, timesCells(cellsOfType(family, type), count));
  }
  return cells;
}
