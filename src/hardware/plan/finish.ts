import { portOf } from '../blocks/block.js';
import { INPUT_LATENCY } from '../blocks/axis_in.js';
import { inputNode, nodeById, poolNode } from '../../network/types.js';
import { INPUT_BLOCK, OUTPUT_BLOCK } from './assembler.js';
import { emitOf } from './emit.js';
import { lastOutput } from './last_output.js';
import { topName } from './names.js';
import type { Served } from './stages.js';
import { blockById, type Edge, type Plan } from './types.js';

/** The plan as its readers see it, once every pass has run. */
export function finish(stage: Served): Plan {
  const { network, connections, interval, replays, timing, lifetimes, segments, slots } = stage;
  const blocks = stage.parts.map(({ block }) => block);
  const delays = [...replays.values()].reduce((sum, { delay }) => sum + delay, 0);
  const input = edge({ blocks }, INPUT_BLOCK, 'out', inputNode(network).format.scale);
  const { scale } = nodeById(network, network.output).format;
  const output = edge({ blocks }, OUTPUT_BLOCK, 'in', scale);
  return {
    name: network.name,
    top: topName(network.name),
    network,
    blocks,
    connections,
    interval,
    binding: bindingOf(stage),
    // First and last cycle count.
    latency: input.beats + INPUT_LATENCY - 1 + delays + lastOutput(timing, OUTPUT_BLOCK),
    segments,
    replays,
    layers: layersOf(stage),
    emit: emitOf(poolNode(network)),
    timing,
    lifetimes,
    input,
    output,
    slots,
  };
}

/** Layers of the blocks that belong to one. Multipliers of a single engine are in its layer. */
function layersOf({ network, parts, arrays }: Served): Plan['layers'] {
  const layers = new Map<string, number>();
  for (const { block, node } of parts) {
    const layer = node === undefined ? undefined : nodeById(network, node).layer;
    if (layer !== undefined) layers.set(block.id, layer);
  }
  for (const { id, owner } of arrays) {
    const layer = owner === undefined ? undefined : layers.get(owner);
    if (layer !== undefined) layers.set(id, layer);
  }
  return layers;
}

/** The block that binds the interval: an engine, or multipliers for which several wait. */
function bindingOf({ slowest, interval, parts }: Served): Plan['binding'] {
  if (interval === slowest.minInterval) return { block: slowest.id, limit: slowest.limit };
  const busiest = parts
    .map(({ block }) => block)
    .filter(({ multipliers }) => multipliers.length > 0)
    .reduce((a, b) => (b.minInterval > a.minInterval ? b : a), slowest);
  return { block: busiest.id, limit: busiest.limit };
}

function edge(
  plan: Pick<Plan, 'blocks'>,
  id: string,
  port: string,
  scale: readonly number[],
): Edge {
  const block = blockById(plan, id);
  const { lanes, width } = portOf(block, port);
  const axis = block.ports.find(({ type }) => type === 's_axis' || type === 'm_axis');
  const elements = block.parameters.find(({ name }) => name === 'ELEMENTS')?.value;
  if (axis === undefined || typeof elements !== 'number') throw new Error(`${id} is not an edge`);
  return {
    block: id,
    elements,
    lanes,
    beats: elements / lanes,
    width,
    slotWidth: axis.width,
    scale,
  };
}
