import type { Estimate } from '../estimate/estimate.js';
import { renderTable } from './table.js';

/** An estimate as tables for a person. */
export function estimateText(estimate: Estimate, colour = false): string {
  const { resources, available, confidence } = estimate;
  const share = (used: number | null, there: number) =>
    used === null || there === 0 ? '' : `${((100 * used) / there).toFixed(1)} %`;
  const rows = (['lut', 'ff', 'dsp', 'bram'] as const).map((key) => [
    key.toUpperCase(),
    resources[key] ?? '-',
    available[key],
    share(resources[key], available[key]),
    confidence[key] ?? '',
  ]);
  const blocks = renderTable({
    head: ['block', 'multipliers', 'DSP', 'block RAM', 'ROM bits', 'RAM bits'],
    align: ['left', 'right', 'right', 'right', 'right', 'right'],
    rows: estimate.blocks
      .filter((b) => b.multipliers + b.romBits + b.ramBits > 0)
      .map((b) => [b.block, b.multipliers, b.dsp, b.bram, b.romBits, b.ramBits]),
    colour,
  });
  const over = (['dsp', 'bram'] as const).filter((key) => resources[key] > available[key]);
  return [
    `on ${estimate.device}`,
    '',
    renderTable({
      head: ['', 'used', 'there', 'share', 'how sure'],
      align: ['left', 'right', 'right', 'right', 'left'],
      rows,
      colour,
    }),
    blocks,
    `latency ${estimate.latencyCycles} cycles, interval ${estimate.intervalCycles} cycles: exact`,
    `${estimate.multipliers} multipliers, ${(100 * estimate.utilisation).toFixed(1)} % of their cycles useful`,
    ...over.map((key) => `does not fit: ${key} ${resources[key]} of ${available[key]}`),
    '',
  ].join('\n');
}
