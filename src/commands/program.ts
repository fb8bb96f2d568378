import { Command } from 'commander';
import type { Io, Register } from './io.js';
import { packageVersion } from './package_version.js';

/** Every command, in the order of the help text. Loading all of them takes longer than many of them. */
const COMMANDS: Readonly<Record<string, () => Promise<{ readonly register: Register }>>> = {
  quantize: async () => import('./quantize.js'),
  plan: async () => import('./plan.js'),
  generate: async () => import('./generate.js'),
  simulate: async () => import('./simulate.js'),
  estimate: async () => import('./estimate.js'),
  synth: async () => import('./synth.js'),
  evaluate: async () => import('./evaluate.js'),
  sensitivity: async () => import('./sensitivity.js'),
  sweep: async () => import('./sweep.js'),
  explore: async () => import('./explore.js'),
  devices: async () => import('./devices.js'),
  fuzz: async () => import('./fuzz.js'),
  calibrate: async () => import('./calibrate.js'),
  'calibrate-clock': async () => import('./calibrate_clock.js'),
  holdout: async () => import('./holdout.js'),
  schema: async () => import('./schema.js'),
  yosys: async () => import('./yosys.js'),
  doctor: async () => import('./doctor.js'),
};

const EXAMPLES = `
Examples:
  qs5 quantize configs/smnist.yaml -o net.safetensors  write its integers, report every tensor
  qs5 plan configs/smnist-ssm.yaml                  the hardware as a table
  qs5 generate configs/smnist-ssm.yaml -o out/core  write it as Verilog, with a bench
  qs5 simulate configs/smnist-ssm.yaml              prove it in Verilator and Icarus
  qs5 estimate configs/smnist-ssm.yaml              say what it costs on the device
  qs5 synth configs/smnist-ssm.yaml                 say what synthesis makes of it
  qs5 evaluate configs/smnist.yaml                  say what the integers cost in accuracy
  qs5 sensitivity configs/smnist.yaml               say which tensor costs how much of it
  qs5 sweep configs/sweeps/smnist.yaml -o out/s.jsonl  the same over many precisions
  qs5 explore configs/smnist.yaml --device xc7a35t  the best designs that fit a device
  qs5 yosys -V                                      run the Yosys that comes with qs5
  qs5 doctor                                        look for the external programs
  qs5 schema -o config.schema.json                  write the JSON Schema, for editors

Exit codes: 0 done, 1 a mistake in the input, 2 a mismatch was found, 3 a tool is missing or
failed, 4 the design is made and does not fit its device, 70 a bug in qs5, 130 interrupted.
`;

/**
 * The commander program with the command that `argv` starts with, else with every command. It never
 * exits the process; it throws.
 */
export async function createProgram(io: Io, argv: readonly string[]): Promise<Command> {
  const program = new Command('qs5')
    .description('From a trained S5 state-space model to verified fixed-point Verilog.')
    .version(packageVersion())
    .addHelpText('after', EXAMPLES)
    .exitOverride()
    .enablePositionalOptions()
    .configureOutput({
      writeOut: io.stdout,
      writeErr: io.stderr,
      getOutHasColors: () => io.stdoutIsTerminal,
      getErrHasColors: () => io.stderrIsTerminal,
      // Usage errors are thrown, and printed like every other error.
      outputError: () => undefined,
    });
  const [first = ''] = argv;
  const named = Object.hasOwn(COMMANDS, first) ? COMMANDS[first] : undefined;
  const chosen = named === undefined ? Object.values(COMMANDS) : [named];
  for (const { register } of await Promise.all(chosen.map(async (load) => load()))) {
    register(program, io);
  }
  return program;
}
