import { describe, expect, it } from 'vitest';
import { parseConfig } from '../../src/config/load.js';
import { buildDesign } from '../../src/design/build.js';
import { SMALL } from '../config/small.js';

/** Sums of B come two by two, so that one multiplier waits between states. */
const SPREAD = SMALL.replace(
  'layers: 2, features: 8, state_size: 4',
  'layers: 1, features: 4, state_size: 3',
);

describe('beats that come unevenly', () => {
  it('make the interval as long as they are spread', async () => {
    const folding = 'folding: { b: { pe: 1, simd: 2 }, recurrence: { lanes: 1, multipliers: 1 } }';
    const { plan } = await buildDesign(parseConfig(`${SPREAD}${folding}\n`, 'spread.yaml'));
    const products = plan.timing.get('recurrence.products') ?? [];
    const spread = (products.at(-1) ?? 0) - (products[0] ?? 0) + 1;
    expect(products).toHaveLength(12);
    expect(spread).toBeGreaterThan(12);
    expect(plan.interval).toBeGreaterThanOrEqual(spread);
    expect(plan.binding.limit).toContain(`within ${plan.interval} cycles`);
  });
});
