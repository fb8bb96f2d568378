import { beforeEach, describe, expect, it, vi } from 'vitest';
import { packEqual } from '../../src/hardware/blocks/words.js';
import { parseConfig } from '../../src/config/load.js';
import { designOf, quantizeModel } from '../../src/design/build.js';
import { choosePlan } from '../../src/design/fit.js';
import { assemble } from '../../src/hardware/plan/assemble.js';
import { verifyPlan } from '../../src/hardware/plan/verify.js';

vi.mock('../../src/hardware/blocks/words.js', { spy: true });
vi.mock('../../src/hardware/plan/assemble.js', { spy: true });
vi.mock('../../src/hardware/plan/verify.js', { spy: true });

/** A core with equal numbers of states and features. */
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

/** Weights packed into words of ROM images. */
const packedWeights = () =>
  vi.mocked(packEqual).mock.calls.reduce((sum, [values]) => sum + values.length, 0);

describe('the work of planning', () => {
  beforeEach(() => {
    vi.clearAllMocks();
  });

  it('packs every weight once, and lowers the network once', async () => {
    for (const size of [8, 16, 32]) {
      const model = await core(size, `{ interval: ${4 * size * size} }`);
      vi.clearAllMocks();
      await designOf(model);
      // B and C are 2 P x H and H x 2 P.
      const weights = 4 * size * size;
      expect(packedWeights()).toBe(weights);
      expect(vi.mocked(assemble)).toHaveBeenCalledTimes(1);
    }
  });

  it('verifies the plan after each pass', async () => {
    const model = await core(8, '{ interval: 256 }');
    vi.clearAllMocks();
    await designOf(model);
    // Lowered, seven passes, complete.
    expect(vi.mocked(verifyPlan)).toHaveBeenCalledTimes(9);
  });

  it.each(['{ multipliers: 8 }', '{ device: xc7a200t }'])(
    'lowers equal foldings once, and reads the weights of one plan, target: %s',
    async (target) => {
      const { network, loaded } = await core(8, target);
      vi.clearAllMocks();
      choosePlan(network, loaded.config);
      const foldings = vi.mocked(assemble).mock.calls.map(([, folding]) => JSON.stringify(folding));
      expect(foldings.length).toBeGreaterThan(1);
      expect(new Set(foldings).size).toBe(foldings.length);
      expect(packedWeights()).toBe(4 * 8 * 8);
    },
  );
});
