import { multiplyArrayBlock } from '../../blocks/multiply_array.js';
import { MULTIPLY_PORT } from '../../blocks/multiply_port.js';
import { alignedSegments, clientsOf, ownArrays } from '../arrays.js';
import type { MultiplierArray } from '../multiplier_array.js';
import { fixed, resized, withSizes, type Part } from '../part.js';
import { shareArrays } from '../share.js';
import type { Replayed, Served } from '../stages.js';
import type { Connection, Segment } from '../types.js';

/**
 * Gives multipliers to every engine that multiplies outside: its own, or a shared array if the
 * folding allows it. If the cycles of engines that share are further apart than an interval, steps
 * must start whole intervals apart.
 */
export function shareMultipliers<P extends Replayed>(plan: P): P & Served {
  const { folding, interval } = plan;
  const clients = clientsOf(plan);
  const arrays = folding.share ? shareArrays(clients, interval) : ownArrays(clients);
  const aligned = alignedSegments(arrays, interval);
  const served = withSizes(
    plan.parts,
    new Map(
      arrays.flatMap(({ aBits, bBits, clients: engines }) =>
        engines
          // An engine is made for multipliers of its own widths.
          .filter((engine) => engine.aBits !== aBits || engine.bBits !== bBits)
          .map(({ id }) => [id, { served: { aBits, bBits } }]),
      ),
    ),
  );
  const started = served.map((part) =>
    part.sizes.includes('aligned') && aligned.has(part.segment)
      ? resized(part, { aligned: true })
      : part,
  );
  const parts = [...started, ...arrays.map(arrayPart)];
  const connections = [
    ...plan.connections,
    ...arrays.flatMap(({ id, clients: engines }) =>
      engines.map((engine): Connection => ({
        from: { block: engine.id, port: MULTIPLY_PORT },
        to: { block: id, port: MULTIPLY_PORT },
        purpose: 'multiply',
      })),
    ),
  ];
  const segments = segmentsOf(parts, connections, aligned);
  return { ...plan, parts, connections, arrays, segments };
}

function arrayPart({ id, count, aBits, bBits, segment, clients }: MultiplierArray): Part {
  const uses = clients.reduce((sum, client) => sum + client.uses.length, 0);
  const block = multiplyArrayBlock({ id, count, aBits, bBits, clients: clients.length, uses });
  return { ...fixed(block), segment, node: undefined };
}

function segmentsOf(
  parts: readonly Part[],
  connections: readonly Connection[],
  aligned: ReadonlySet<number>,
): Segment[] {
  return connections
    .filter(({ purpose }) => purpose === 'step')
    .map(({ from, to }, segment) => ({
      source: from,
      sink: to.block,
      aligned: aligned.has(segment),
      blocks: parts.filter((part) => part.segment === segment).map(({ block }) => block.id),
    }));
}
