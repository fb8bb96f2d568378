import { describe, expect, it } from 'vitest';
import { parseConfig } from '../../src/config/load.js';
import { buildDesign, type Design } from '../../src/design/build.js';
import { STALLS } from '../../src/prove/simulate/patterns.js';
import { SMALL } from '../config/small.js';
import { simulate, stimulusOf } from './prepared.js';

/** A network of two small layers whose engines take turns with multipliers. */
async function sharedNetwork(target: string, init: string): Promise<Design> {
  const text = SMALL.replace('outputs: 2', `outputs: 3, ${init}`).replace(
    '{ ssm_core: 0 }',
    'network',
  );
  return buildDesign(parseConfig(`${text}target: ${target}\nsharing: always\n`, 'network.yaml'));
}

const FORWARD = 'pooling: none, activation: half_glu1';
const BOTH_WAYS = 'pooling: mean, activation: half_glu1, bidirectional: true';

describe('engines that take turns', () => {
  it.each([
    ['{ interval: 64 }', FORWARD],
    ['{ multipliers: 24 }', FORWARD],
    ['{ interval: 100 }', BOTH_WAYS],
  ])('agree in every word and cycle, however late steps are: %s, %s', async (target, init) => {
    const design = await sharedNetwork(target, init);
    const { plan } = design;
    const arrays = plan.blocks.filter(({ multipliers }) => multipliers.length > 0);
    const clients = plan.blocks.filter(({ operands }) => operands !== undefined);
    expect(arrays.length).toBeLessThan(clients.length);
    // Some take turns across several steps: without starts on a grid they would meet.
    expect(plan.segments.some(({ aligned }) => aligned)).toBe(true);
    for (const stalls of STALLS) {
      for (const seed of stalls === 'random' ? [1, 2, 3] : [1]) {
        const stimulus = stimulusOf(design, { stalls, seed, steps: 8, sequences: 3 });
        const result = await simulate(design, stimulus, { unstalled: stalls === 'none' });
        expect(result.runs.map((run) => [run.mismatches, run.cycleMismatches])).toEqual([
          [0, 0],
          [0, 0],
        ]);
        expect(result.status).toBe('pass');
        if (stalls === 'none') expect(result.interval.measured).toBe(plan.interval);
      }
    }
  });

  it('agree in both simulators, and after resets', async () => {
    const design = await sharedNetwork('{ multipliers: 24 }', FORWARD);
    const base = stimulusOf(design, { stalls: 'random', seed: 5, sequences: 4 });
    const result = await simulate(
      design,
      { ...base, resets: [401, 777].map((cycle) => ({ cycle, cycles: 3 })) },
      { unstalled: false, with: ['model', 'verilator', 'icarus'] },
    );
    expect(result.runs.map(({ mismatches }) => mismatches)).toEqual([0, 0, 0]);
    expect(result.status).toBe('pass');
  });
});
