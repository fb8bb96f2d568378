import { counted } from '../../base/counted.js';
import { withInput } from '../../study/evaluate/evaluate.js';
import { inputNode } from '../../network/types.js';
import type { Plan } from '../../hardware/plan/types.js';
import { formatDivergence } from '../../prove/simulate/divergence.js';
import type { InputClipping } from '../../network/quantize/input_words.js';
import type { SimulationResult } from '../../prove/simulate/simulate.js';
import { clippedText, inputClippingJson } from './clipping.js';
import { renderTable } from './table.js';

/** Subject of a simulation. */
export interface SimulationSubject {
  readonly stalls: string;
  readonly seed: number;
  /** Input words that saturated before the pins, over all sequences. */
  readonly input: InputClipping;
}

/** The result of a simulation as text. */
export function simulationText(
  plan: Plan,
  result: SimulationResult,
  { stalls, seed, input }: SimulationSubject,
  colour: boolean,
): string {
  const table = renderTable({
    head: ['description', 'version', 'differing words', 'differing cycles', 'cycles'],
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
  const stalling = stalls === 'random' ? `random, seed ${seed}` : stalls;
  const { latency, interval } = result;
  return [
    `${plan.top}: ${counted(result.sequences, 'sequence')}, ${counted(result.words, 'output word')}, stalls ${stalling}`,
    '',
    table,
    `latency ${latency.measured} cycles (predicted ${latency.predicted} without stalls), ` +
      `initiation interval (II) ${interval.measured ?? '-'} (predicted ${interval.predicted})`,
    clippedText(clippedWords(plan, result, input), { id: inputNode(plan.network).id, ...input }),
    ...firsts,
    result.status === 'pass'
      ? 'PASS: every word and every cycle is equal.'
      : 'FAIL: see the first difference above.',
    '',
  ].join('\n');
}

/** The result of a simulation as JSON. */
export function simulationJson(
  plan: Plan,
  result: SimulationResult,
  { stalls, seed, input }: SimulationSubject,
) {
  return {
    config: plan.name,
    stalls,
    seed,
    ...result,
    clipped: Object.fromEntries(clippedWords(plan, result, input)),
    input: inputClippingJson(input),
  };
}

/** Clipped words by node, the input among them. */
function clippedWords({ network }: Plan, { clipped }: SimulationResult, input: InputClipping) {
  return withInput(Object.entries(clipped), inputNode(network).id, input);
}
