import type { Plan } from '../plan/types.js';
import { renderTable } from './table.js';

/** Share of a step in which a block has something to do. */
function busy(minInterval: number, interval: number): string {
  return `${Math.round((100 * minInterval) / interval)} %`;
}

/** A plan as a table for a person. */
export function planText(plan: Plan, colour = false): string {
  const { input, output, binding } = plan;
  const table = renderTable({
    head: ['block', 'module', 'cycles', 'busy', 'first out', 'multipliers', 'ROM bits', 'RAM bits'],
    align: ['left', 'left', 'right', 'right', 'right', 'right', 'right', 'right'],
    rows: plan.blocks.map((block) => {
      const bits = (kind: 'rom' | 'ram') =>
        block.memories
          .filter((memory) => memory.kind === kind)
          .reduce((sum, { depth, width }) => sum + depth * width, 0);
      const multipliers = block.multipliers.map(
        ({ count, aBits, bBits }) => `${count} of ${aBits}x${bBits}`,
      );
      const first = block.ports.find(
        ({ direction, type }) => direction === 'out' && type !== 'flag',
      );
      const start = plan.timing.get(`${block.id}.${first?.name ?? ''}`)?.[0];
      return [
        block.id,
        block.module,
        block.minInterval,
        busy(block.minInterval, plan.interval),
        start ?? '',
        multipliers.join(' + ') || '-',
        bits('rom') || '-',
        bits('ram') || '-',
      ];
    }),
    colour,
  });
  const edge = (name: string, e: Plan['input']) =>
    `${name}: ${e.elements} words of ${e.width} bits per step, ${e.lanes} a beat`;
  return [
    plan.top,
    '',
    table,
    `interval ${plan.interval} cycles, bound by ${binding.block} (${binding.limit})`,
    `latency ${plan.latency} cycles, from the first input beat of a step to its last output beat`,
    edge('input', input),
    edge('output', output),
    '',
  ].join('\n');
}

/** A plan as a JSON document. */
export function planJson(plan: Plan): object {
  const { name, top, interval, latency, binding, input, output, slots } = plan;
  return {
    name,
    top,
    intervalCycles: interval,
    latencyCycles: latency,
    binding,
    input,
    output,
    slots,
    blocks: plan.blocks.map(
      ({ id, module, parameters, minInterval, limit, products, multipliers, memories }) => ({
        id,
        module,
        parameters: Object.fromEntries(parameters.map((p) => [p.name, p.value])),
        cycles: minInterval,
        limit,
        products,
        multipliers,
        memories,
      }),
    ),
    connections: plan.connections,
    timing: Object.fromEntries(plan.timing),
  };
}
