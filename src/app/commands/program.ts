import { Command } from 'commander';
import type { Io, Register } from './io.js';
import { packageVersion } from './package_version.js';

/** Every command, in the order of the help text. Loaded on demand, because loading all takes long. */
const COMMANDS: Readonly<Record<string, () => Promise<{ readonly register: Register }>>> = {
  train: async () => import('./train.js'),
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
  schema: async () => import('./schema.js'),
  yosys: async () => import('./yosys.js'),
  doctor: async () => import('./doctor.js'),
  dev: async () => import('./dev.js'),
};

const EXAMPLES = `
Examples:
  qs5 train configs/train/smnist.yaml -o out/train  train a network, in float or through its integers
  qs5 quantize configs/smnist.yaml -o net.safetensors  write the integer network, report tensors
  qs5 plan configs/smnist-ssm.yaml                  print the hardware as a table
  qs5 generate configs/smnist-ssm.yaml -o out/core  write the Verilog and its bench
  qs5 simulate configs/smnist-ssm.yaml              prove the RTL in Verilator and Icarus
  qs5 estimate configs/smnist-ssm.yaml              estimate resources and clock on the device
  qs5 synth configs/smnist-ssm.yaml                 synthesise, and compare with the estimate
  qs5 evaluate configs/smnist.yaml                  compare the accuracy with the float network
  qs5 sensitivity configs/smnist.yaml               rank tensors by the noise of their quantiser
  qs5 sweep configs/sweeps/smnist.yaml -o out/s.jsonl  accuracy and cost at many precisions
  qs5 explore configs/smnist.yaml --device xc7a35t  find the best designs that fit a device
  qs5 yosys -V                                      run the Yosys that is part of qs5
  qs5 doctor                                        check the external programs
  qs5 schema -o config.schema.json                  write the JSON Schema, for editors

Exit codes: 0 done, 1 mistake in the input, 2 mismatch found, 3 external tool missing or
failed, 4 design made but larger than its device, 70 bug in qs5, 130 interrupted.
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
