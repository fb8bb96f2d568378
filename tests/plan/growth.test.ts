import { beforeEach, describe, expect, it, vi } from 'vitest';
import { packEqual } from '../../src/blocks/words.js';
import { parseConfig } from '../../src/config/load.js';
import { designOf, quantizeModel } from '../../src/design/build.js';
import { chooseFolding } from '../../src/design/fit.js';
import { assemble } from '../../src/plan/assemble.js';
import { verifyPlan } from '../../src/plan/verify.js';

vi.mock('../../src/blocks/words.js', { spy: true });
vi.mock('../../src/plan/assemble.js', { spy: true });
vi.mock('../../src/plan/verify.js', { spy: true });

/** A core with as many states as features. */
async function core(size: number, target: string) {
  const text = `
name: growth
model: { init: { seed: 1, layers: 1, features: ${size}, state_size: ${size}, inputs: 1, outputs: 2 } }
scope: { ssm_core: 0 }
data: { synthetic: { seed: 1, length: 2 } }
calibration: { sequences: 1, method: abs_max }
precision: { a: 8, b: 8, c: 8, d: 8, non_ssm: 8, ssm_act: 8, non_ssm_act: 8, state: 16, residual: 16 }
lambda_form: direct
poles: nearest
target: ${target}
device: xc7a200t
`;
  return quantizeModel(parseConfig(text, 'growth.yaml'));
}

describe('the work of planning', () => {
  beforeEach(() => {
    vi.clearAllMocks();
  });

  it('packs every weight once, and assembles as often at any size', async () => {
    const assemblies: number[] = [];
    for (const size of [8, 16, 32]) {
      const model = await core(size, `{ interval: ${4 * size * size} }`);
      vi.clearAllMocks();
      await designOf(model);
      // B and C are 2 P x H and H x 2 P.
      const weights = 4 * size * size;
      const packed = vi
        .mocked(packEqual)
        .mock.calls.reduce((sum, [values]) => sum + values.length, 0);
      expect(packed).toBe(weights);
      expect(vi.mocked(verifyPlan)).toHaveBeenCalledTimes(1);
      assemblies.push(vi.mocked(assemble).mock.calls.length);
    }
    expect(new Set(assemblies).size).toBe(1);
  });

  it.each(['{ multipliers: 8 }', '{ device: xc7a200t }'])(
    'verifies no folding that it only tries, target: %s',
    async (target) => {
      const { network, loaded } = await core(8, target);
      vi.clearAllMocks();
      chooseFolding(network, loaded.config);
      expect(vi.mocked(assemble).mock.calls.length).toBeGreaterThan(1);
      expect(vi.mocked(verifyPlan)).not.toHaveBeenCalled();
    },
  );
});
