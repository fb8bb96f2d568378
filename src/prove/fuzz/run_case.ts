import { join } from 'node:path';
import { parseConfig } from '../../config/load.js';
import { buildDesign, type Design } from '../../design/build.js';
import { Qs5Error, type ErrorCode } from '../../base/errors.js';
import { simulatePlan, type Simulator, type SimulationResult } from '../simulate/simulate.js';
import { configText } from './case.js';
import type { FuzzCase } from './fuzz_case.js';
import { withPixelFiles } from './pixels.js';
import { caseStimulus } from './stimulus.js';

/** Allowed codes of a refusal of a config with valid values. */
const REFUSALS: ReadonlySet<ErrorCode> = new Set(['E_WIDTH', 'E_FOLDING', 'E_UNSTABLE']);

/** A refused design, with its error. */
export interface Refusal {
  readonly refused: ErrorCode;
  readonly message: string;
}

/** Runs one case in the given simulators. */
export async function runCase(
  fuzzCase: FuzzCase,
  simulators: readonly Simulator[],
  options: { readonly signal?: AbortSignal; readonly version: string },
): Promise<SimulationResult | Refusal> {
  const design = await designOrRefusal(fuzzCase);
  if ('refused' in design) return design;
  const stimulus = await caseStimulus(fuzzCase, design);
  return simulatePlan(design.plan, stimulus, {
    with: simulators,
    unstalled: fuzzCase.stimulus.stalls === 'none' && stimulus.resets.length === 0,
    ...options,
  });
}

/** The design of a case, or its refusal. */
export async function designOrRefusal(fuzzCase: FuzzCase): Promise<Design | Refusal> {
  const { pixels } = fuzzCase;
  const build = async (folder: string) =>
    buildDesign(parseConfig(configText(fuzzCase), join(folder, 'fuzz.yaml')));
  try {
    return pixels === undefined ? await build('') : await withPixelFiles(pixels, build);
  } catch (error) {
    if (!(error instanceof Qs5Error) || !REFUSALS.has(error.code)) throw error;
    return { refused: error.code, message: error.message };
  }
}
