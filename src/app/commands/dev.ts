import type { Command } from 'commander';
import { Qs5Error } from '../../base/errors.js';
import * as calibrate from './calibrate.js';
import * as calibrateClock from './calibrate_clock.js';
import * as holdout from './holdout.js';
import type { Io, Register } from './io.js';

/** Commands of the group, in the order of its help text. */
const COMMANDS: readonly Register[] = [
  calibrate.register,
  calibrateClock.register,
  holdout.register,
];

/** Commands that were at the top before. */
const MOVED: readonly string[] = ['calibrate', 'calibrate-clock', 'holdout'];

/** `qs5 dev`: commands for maintainers of qs5, hidden in `qs5 --help`. */
export function register(program: Command, io: Io): void {
  const dev = program
    .command('dev', { hidden: true })
    .description('commands for maintainers of qs5: calibration and hold-out set of the estimates');
  for (const command of COMMANDS) command(dev, io);
  for (const name of MOVED) registerMoved(program, name);
}

function registerMoved(program: Command, name: string): void {
  program
    .command(name, { hidden: true })
    .argument('[args...]')
    .helpOption(false)
    .allowUnknownOption()
    .passThroughOptions()
    .action(() => {
      throw new Qs5Error('E_USAGE', {
        message: `qs5 ${name} is now qs5 dev ${name}.`,
        hint: `run qs5 dev ${name}; its options are the same.`,
      });
    });
}
