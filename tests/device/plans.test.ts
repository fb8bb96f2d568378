import { readdirSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import { loadConfig, type LoadedConfig } from '../../src/config/load.js';
import { choosePlan } from '../../src/design/fit.js';
import { deviceNames, loadDevice } from '../../src/hardware/device/device.js';
import { Qs5Error } from '../../src/base/errors.js';
import { estimatePlan } from '../../src/hardware/estimate/estimate.js';
import type { IntegerNetwork } from '../../src/network/types.js';
import { shippedQuantized } from '../shipped.js';

const CONFIGS = readdirSync('configs').filter((name) => name.endsWith('.yaml'));

/** Every config for every device, whatever device it names: planned, or refused with a reason. */
describe.each(CONFIGS)('%s', (name) => {
  let loaded: LoadedConfig;
  let network: IntegerNetwork;

  beforeAll(async () => {
    loaded = await loadConfig(`configs/${name}`);
    ({ network } = await shippedQuantized(name.replace(/\.yaml$/, '')));
  });

  it.each(deviceNames())('on %s', (device) => {
    const config = { ...loaded.config, device };
    const target = config.target?.device === undefined ? {} : { target: { device } };
    try {
      const plan = choosePlan(network, { ...config, ...target });
      const { resources, available } = estimatePlan(plan, loadDevice(device));
      expect(plan.interval).toBeGreaterThan(0);
      if (config.target?.device !== undefined) {
        expect(resources.bram).toBeLessThanOrEqual(available.bram);
        expect(resources.dsp).toBeLessThanOrEqual(available.dsp);
      }
    } catch (error) {
      if (!(error instanceof Qs5Error)) throw error;
      expect(error.code).toBe('E_FOLDING');
      expect(error.details.hint).toBeDefined();
    }
  });
});
