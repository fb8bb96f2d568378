/** qs5 as a library (docs/api.md): from a config to hardware, simulation and estimate. */
export { loadConfig, parseConfig, type LoadedConfig } from './config/load.js';
export { loadDevice, type Device } from './device/device.js';
export { buildDesign, type Design } from './design/build.js';
export { createEmulator, type Emulator } from './emulate/emulator.js';
export { estimatePlan, type Estimate } from './estimate/estimate.js';
export { Qs5Error, type ErrorCode } from './errors.js';
export type { IntegerNetwork, Node } from './network/types.js';
export type { Plan } from './plan/types.js';
export { stallPatterns } from './simulate/patterns.js';
export { simulatePlan, type SimulationResult } from './simulate/simulate.js';
