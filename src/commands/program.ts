import { Command } from 'commander';
import * as calibrate from './calibrate.js';
import * as calibrateClock from './calibrate_clock.js';
import * as devices from './devices.js';
import * as doctor from './doctor.js';
import * as estimate from './estimate.js';
import * as evaluate from './evaluate.js';
import * as explore from './explore.js';
import * as fuzz from './fuzz.js';
import * as generate from './generate.js';
import * as holdout from './holdout.js';
import type { Io, Register } from './io.js';
import { packageVersion } from './package_version.js';
import * as plan from './plan.js';
import * as quantize from './quantize.js';
import * as schema from './schema.js';
import * as sensitivity from './sensitivity.js';
import * as simulate from './simulate.js';
import * as sweep from './sweep.js';
import * as synth from './synth.js';
import * as yosys from './yosys.js';

/** Every command, in the order of the help text. */
const COMMANDS: readonly Register[] = [
  quantize.register,
  plan.register,
  generate.register,
  simulate.register,
  estimate.register,
  synth.register,
  evaluate.register,
  sensitivity.register,
  sweep.register,
  explore.register,
  devices.register,
  fuzz.register,
  calibrate.register,
  calibrateClock.register,
  holdout.register,
  schema.register,
  yosys.register,
  doctor.register,
];

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

/** The commander program with every command. It never exits the process; it throws. */
export function createProgram(io: Io): Command {
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
  for (const register of COMMANDS) register(program, io);
  return program;
}
