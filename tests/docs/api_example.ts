import {
  buildDesign,
  estimatePlan,
  loadConfig,
  loadDevice,
  simulatePlan,
  stallPatterns,
} from '../../src/index.js';

/** Estimates a config, and compares emulator and cycle model on its first test sequence. */
export async function check(file: string) {
  const { loaded, network, plan, words } = await buildDesign(await loadConfig(file));
  const estimate = estimatePlan(plan, loadDevice(loaded.config.device));
  const stimulus = { sequences: [words(0)], ...stallPatterns('none', plan, 1), resets: [] };
  const { status } = await simulatePlan(plan, stimulus, {
    with: ['emulator', 'model'],
    unstalled: true,
    version: '1',
  });
  return {
    nodes: network.nodes.length,
    latency: plan.latency,
    dsp: estimate.resources.dsp,
    status,
  };
}
