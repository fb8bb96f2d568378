import { join } from 'node:path';
import { openStore } from '../src/jobs/cache/store.js';
import { loadConfig } from '../src/config/load.js';
import {
  buildDesign,
  quantizeModel,
  type Design,
  type QuantizedModel,
} from '../src/design/build.js';

/** Folder of the cache that test files share in one run; made and removed by `global_setup.ts`. */
export const TEST_CACHE = process.env['QS5_TEST_CACHE'] ?? '';

const cache = { store: openStore(TEST_CACHE), note: () => undefined };

/** The integers of a config in configs/, calibrated once per run of the tests. */
export async function shippedQuantized(name: string): Promise<QuantizedModel> {
  return quantizeModel(await loadConfig(join('configs', `${name}.yaml`)), { cache });
}

/** The hardware of a config in configs/, calibrated once per run of the tests. */
export async function shippedDesign(name: string): Promise<Design> {
  return buildDesign(await loadConfig(join('configs', `${name}.yaml`)), { cache });
}
