import type { Block } from '../blocks/block.js';
import type { Plan } from '../plan/types.js';

/** Blocks of one generated module: the top, or a layer. */
export interface Part {
  /** Name of the module. */
  readonly module: string;
  /** Number of the layer; absent for the top. */
  readonly layer?: number;
  readonly blocks: readonly Block[];
}

/** The generated modules of a plan: the top first, then each layer. */
export function partsOf(plan: Plan): readonly [Part, ...Part[]] {
  const layers = layersOf(plan);
  const numbers = [...new Set(layers.values())].sort((a, b) => a - b);
  const within = (layer?: number) => plan.blocks.filter(({ id }) => layers.get(id) === layer);
  return [
    { module: plan.top, blocks: within() },
    ...numbers.map((layer) => ({
      module: `${plan.top}_${layerName(layer)}`,
      layer,
      blocks: within(layer),
    })),
  ];
}

/** `layer0`: in names of modules and instances. */
export function layerName(layer: number): string {
  return `layer${layer}`;
}

/** Path of the instance of a block below the top module. */
export function instancePath(plan: Plan, id: string): string {
  const layer = layersOf(plan).get(id);
  return layer === undefined ? `u_${id}` : `u_${layerName(layer)}.u_${id}`;
}

/** Layer of each block that has one. An array of multipliers is in the layer of all its engines. */
function layersOf(plan: Plan): ReadonlyMap<string, number> {
  const layers = new Map(plan.layers);
  for (const { id, ports } of plan.blocks) {
    if (layers.has(id) || !ports.some(({ clients }) => clients !== undefined)) continue;
    const engines = plan.connections.filter(({ to }) => to.block === id);
    const found = new Set(engines.map(({ from }) => layers.get(from.block)));
    const [layer] = found;
    if (found.size === 1 && layer !== undefined) layers.set(id, layer);
  }
  return layers;
}
