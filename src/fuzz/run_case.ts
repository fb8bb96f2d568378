import { parseConfig } from '../config/load.js';
import { runCycleModel } from '../cycle/model.js';
import type { Stimulus } from '../cycle/stimulus.js';
import { buildDesign, type Design } from '../design/build.js';
import { inputNode } from '../network/types.js';
import { randomStream } from '../random.js';
import { stallPatterns } from '../simulate/patterns.js';
import { simulatePlan, type Simulator, type SimulationResult } from '../simulate/simulate.js';
import { configText, type FuzzCase } from './case.js';

/** Cycles between two resets in mid-stream, at the least. */
const RESET_GAP = 16;

/** Runs one case through the given simulators. */
export async function runCase(
  fuzzCase: FuzzCase,
  simulators: readonly Simulator[],
  options: { readonly signal?: AbortSignal; readonly version: string },
): Promise<SimulationResult> {
  const design = await buildDesign(parseConfig(configText(fuzzCase), 'fuzz.yaml'));
  const stimulus = await caseStimulus(fuzzCase, design);
  return simulatePlan(design.plan, stimulus, {
    with: simulators,
    unstalled: fuzzCase.stimulus.stalls === 'none' && stimulus.resets.length === 0,
    ...options,
  });
}

async function caseStimulus({ stimulus }: FuzzCase, design: Design): Promise<Stimulus> {
  const random = randomStream(stimulus.seed);
  const { width, elements } = design.plan.input;
  const highest = 2 ** (width - 1) - 1;
  const lowest = inputNode(design.network).unsigned ? 0 : -highest - 1;
  const anyWord = (): number => {
    const draw = random.uniform();
    // The extreme codes far more often than chance would have them.
    if (draw < 0.1) return lowest;
    if (draw < 0.2) return highest;
    return lowest + Math.floor(random.uniform() * (highest - lowest + 1));
  };
  const sequences = stimulus.lengths.map((length, i) => {
    if (stimulus.content === 'full_scale') {
      return Array.from({ length }, () => Float64Array.from({ length: elements }, anyWord));
    }
    return design.words(i).slice(0, length);
  });
  const base = {
    sequences,
    ...stallPatterns(stimulus.stalls, design.plan, stimulus.seed),
    resets: [] as number[],
  };
  if (stimulus.resets === 0) return base;

  // Resets fall anywhere in the time that the run takes without them.
  const { cycles } = await runCycleModel(design.plan, base);
  const resets: number[] = [];
  for (let i = 0; i < stimulus.resets; i++) {
    const cycle = RESET_GAP + Math.floor(random.uniform() * cycles);
    if (resets.every((other) => Math.abs(other - cycle) >= RESET_GAP)) resets.push(cycle);
  }
  return { ...base, resets: resets.sort((a, b) => a - b) };
}
