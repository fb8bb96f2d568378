/** qs5 as a library (docs/api.md): from a config to hardware, simulation and estimate. */
export { loadConfig, parseConfig, type LoadedConfig } from './config/load.js';
export { loadDevice, type Device } from './hardware/device/device.js';
export { buildDesign, type Design } from './design/build.js';
export { createEmulator, type Emulator } from './network/emulate/emulator.js';
export { estimatePlan, type Estimate } from './hardware/estimate/estimate.js';
export { Qs5Error, type ErrorCode } from './base/errors.js';
export type { IntegerNetwork, Node } from './network/types.js';
export type { Plan } from './hardware/plan/types.js';
export { stallPatterns } from './prove/simulate/patterns.js';
export { simulatePlan, type SimulationResult } from './prove/simulate/simulate.js';
