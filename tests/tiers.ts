/**
 * The tier of every test file. A file that neither list names is in `unit`: it runs no simulator, no
 * synthesis and no compiler, mocks no module, and takes seconds.
 */

/** Simulators run Verilog: seconds per test. */
export const RTL: readonly string[] = [
  'rtl/conformance',
  'rtl/bench_module',
  'rtl/instantiated',
  'rtl/mutations',
  'rtl/parameter_errors',
  'simulate/agreement',
  'simulate/carries',
  'simulate/degenerate',
  'simulate/faults',
  'simulate/networks',
  'simulate/sharing',
  'simulate/voices',
  'generate/generate',
  'cli/design_commands',
  'cli/process',
  'fuzz/report',
  'verilog/lint',
  'cycle/received',
];

/** Synthesis, whole commands and random designs: many seconds per test. The longest come first. */
export const SLOW: readonly string[] = [
  'docs/readme',
  'fuzz/fuzz',
  'synth/scripts',
  'synth/tools',
  'synth/netlist',
  'synth/cells',
  'calibrate/commands',
  'calibrate/clock',
  'device/dsp',
  'device/block_ram',
  'device/ram_netlist',
  'rtl/synthesis',
  'docs/install',
  'cli/quantize',
  'emulate/fast',
  'evaluate/evaluate',
  'sensitivity/sensitivity',
  'sensitivity/shipped',
  's5/smnist',
  'device/plans',
  'tools/limits',
  'sweep/sweep',
  'network/file',
  'cli/fit',
  'cli/cache',
  'fuzz/quality',
  // Counts calls with vi.mock, for which the unit tier would have to load each module again.
  'plan/growth',
  'cli/train',
  'train/kernels',
  'train/network',
  'train/shipped',
];

export const fileOf = (name: string) => `tests/${name}.test.ts`;
