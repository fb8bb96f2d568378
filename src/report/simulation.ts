import type { Plan } from '../plan/types.js';
import { formatDivergence } from '../simulate/divergence.js';
import type { SimulationResult } from '../simulate/simulate.js';
import { renderTable } from './table.js';

/** The result of a simulation for a person. */
export function simulationText(
  plan: Plan,
  result: SimulationResult,
  options: { readonly stalls: string; readonly seed: number; readonly colour: boolean },
): string {
  const { stalls, seed, colour } = options;
  const table = renderTable({
    head: ['voice', 'version', 'words that differ', 'cycles that differ', 'cycles'],
    align: ['left', 'left', 'right', 'right', 'right'],
    rows: result.runs.map((run) => [
      run.simulator,
      run.version,
      run.mismatches,
      run.cycleMismatches,
      run.simulator === 'emulator' ? '-' : run.cycles,
    ]),
    colour,
  });
  const firsts = result.runs.flatMap(({ simulator, first }) =>
    first === undefined ? [] : [`first difference in ${simulator}: ${formatDivergence(first)}`],
  );
  const counts = Object.entries(result.clipped).map(([node, count]) => `${node} ${count}`);
  const clipped = counts.length === 0 ? [] : [`clipped words: ${counts.join(', ')}`];
  const stalling = stalls === 'random' ? `random, seed ${seed}` : stalls;
  const { latency, interval } = result;
  return [
    `${plan.top}: ${result.sequences} sequences, ${result.words} output words, stalls ${stalling}`,
    '',
    table,
    `latency ${latency.measured} cycles (predicted ${latency.predicted} without stalls), ` +
      `interval ${interval.measured ?? '-'} (predicted ${interval.predicted})`,
    ...clipped,
    ...firsts,
    result.status === 'pass'
      ? 'PASS: every word and every cycle is equal.'
      : 'FAIL: see the first difference above.',
    '',
  ].join('\n');
}
