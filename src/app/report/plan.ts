import { counted } from '../../base/counted.js';
import type { Block } from '../../hardware/blocks/block.js';
import { servicesOf, type Service } from '../../hardware/plan/arrays.js';
import type { Estimate } from '../../hardware/estimate/estimate.js';
import { sequenceLatency, type Plan } from '../../hardware/plan/types.js';
import { fitJson, fitText } from './fit.js';
import { renderTable } from './table.js';

/** Share of a step in which a block is busy. */
function busy(minInterval: number, interval: number): string {
  return `${Math.round((100 * minInterval) / interval)} %`;
}

/** The multipliers of a block: its own, and those of an array. */
function multipliersOf(block: Block, service: Service | undefined): string {
  const own = block.multipliers.map(({ count, aBits, bBits }) => `${count} of ${aBits}x${bBits}`);
  const { operands } = block;
  if (operands === undefined || service === undefined) return own.join(' + ');
  const served = `${operands.count} of ${service.aBits}x${service.bBits}`;
  return [...own, service.shared ? `${served} in ${service.array}` : served].join(' + ');
}

/** Useful multiplications per multiplier and cycle. */
function used({ operands, multipliers, products }: Block, interval: number): string {
  const count = multipliers.reduce((sum, m) => sum + m.count, operands?.count ?? 0);
  if (count === 0 || products === 0) return '';
  return `${Math.round((100 * products) / (count * interval))} %`;
}

/** A plan as a table. */
export function planText(plan: Plan, estimate: Estimate, colour = false): string {
  const { input, output, binding } = plan;
  const services = servicesOf(plan);
  // An array of one engine is part of the row of its engine.
  const own = new Set(
    [...services.values()].filter(({ shared }) => !shared).map(({ array }) => array),
  );
  const table = renderTable({
    head: [
      ...['block', 'module', 'cycles', 'busy', 'first out', 'multipliers', 'used'],
      ...['ROM bits', 'RAM bits'],
    ],
    align: [
      ...(['left', 'left', 'right', 'right', 'right', 'right', 'right'] as const),
      ...(['right', 'right'] as const),
    ],
    rows: plan.blocks
      .filter(({ id }) => !own.has(id))
      .map((block) => {
        const bits = (kind: 'rom' | 'ram') =>
          block.memories
            .filter((memory) => memory.kind === kind)
            .reduce((sum, { depth, width }) => sum + depth * width, 0);
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
          multipliersOf(block, services.get(block.id)) || '-',
          used(block, plan.interval),
          bits('rom') || '-',
          bits('ram') || '-',
        ];
      }),
    colour,
  });
  const edge = (name: string, e: Plan['input']) =>
    `${name}: ${counted(e.elements, 'word')} of ${e.width} bits per step, ${e.lanes} per beat`;
  return [
    plan.top,
    fitText(estimate),
    `initiation interval (II) ${plan.interval} cycles, limited by ${binding.block} (${binding.limit})`,
    `latency ${plan.latency} cycles, ${latencyMeaning(plan)}`,
    edge('input', input),
    edge('output', output),
    '',
    table,
  ].join('\n');
}

/** Start and end of the latency in words. */
function latencyMeaning(plan: Plan): string {
  const perStep = sequenceLatency(plan, 2) - plan.latency;
  return perStep === 0
    ? 'from the first input beat of a step to its last output beat'
    : `from the first input beat of a sequence of one step to its result; ${perStep} more for each further step`;
}

/** A plan as a JSON document. */
export function planJson(plan: Plan, estimate: Estimate): object {
  const { name, top, interval, latency, binding, input, output, slots } = plan;
  return {
    name,
    top,
    device: estimate.device,
    ...fitJson(estimate),
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
    multipliers: Object.fromEntries(servicesOf(plan)),
    segments: plan.segments,
    connections: plan.connections,
    timing: Object.fromEntries(plan.timing),
  };
}
