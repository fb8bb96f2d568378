import { parseConfig } from '../../src/config/load.js';
import { buildDesign, type Design } from '../../src/design/build.js';
import type { Stimulus } from '../../src/hardware/cycle/stimulus.js';
import { stallPatterns, type Stalls } from '../../src/prove/simulate/patterns.js';
import { simulatePlan, type SimulationOptions } from '../../src/prove/simulate/simulate.js';
import { SMALL } from '../config/small.js';
import { shippedDesign } from '../shipped.js';

/** The shipped core, on real digits. */
export async function shippedCore(): Promise<Design> {
  return shippedDesign('smnist-ssm');
}

/** A core of 8 features and 4 states. */
export async function smallCore(extra = '', device = 'xc7a35t'): Promise<Design> {
  const text = SMALL.replace('device: xc7a35t', `device: ${device}`);
  return buildDesign(parseConfig(`${text}${extra}`, 'small.yaml'));
}

/** A network of two small layers with an output every step. */
export async function smallNetwork(activation: string, prenorm: boolean): Promise<Design> {
  const outputs = `outputs: 3, pooling: none, prenorm: ${String(prenorm)}, activation: ${activation}`;
  const text = SMALL.replace('outputs: 2', outputs).replace('{ ssm_core: 0 }', 'network');
  return buildDesign(parseConfig(`${text}target: { interval: 40 }\n`, 'network.yaml'));
}

/** The first steps of the first test sequences. */
export function stimulusOf(
  design: Design,
  options: { sequences?: number; steps?: number; stalls?: Stalls; seed?: number } = {},
): Stimulus {
  const { sequences = 2, steps = 8, stalls = 'none', seed = 1 } = options;
  return {
    sequences: Array.from({ length: sequences }, (_, i) => design.words(i).slice(0, steps)),
    ...stallPatterns(stalls, design.plan, seed),
    resets: [],
  };
}

/** Simulates, by default without stalls and in Icarus alone. */
export async function simulate(
  design: Design,
  stimulus: Stimulus,
  options: Partial<SimulationOptions> = {},
) {
  return simulatePlan(design.plan, stimulus, {
    with: ['model', 'icarus'],
    unstalled: true,
    version: 'test',
    ...options,
  });
}
