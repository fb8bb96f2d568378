import type { Command } from 'commander';
import { runEmbeddedYosys } from '../../prove/synth/yosys.js';
import type { Io } from './io.js';

/** Exit code of a program that failed. */
const TOOL_FAILED = 3;

/** `qs5 yosys`: the Yosys of qs5, for the scripts of `qs5 generate`. */
export function register(program: Command, io: Io): void {
  program
    .command('yosys')
    .argument('[args...]', 'arguments of Yosys')
    .description('run the Yosys of qs5 on the files of this folder')
    .allowUnknownOption()
    .passThroughOptions()
    .addHelpText(
      'after',
      `
Example, in a folder of qs5 generate:
  YOSYS="qs5 yosys" sh synth/run.sh
`,
    )
    .action(async (args: readonly string[]) => {
      const { stdout, stderr, exitCode } = await runEmbeddedYosys(args, {
        env: io.env,
        signal: io.signal,
      });
      io.stdout(stdout);
      io.stderr(stderr);
      if (exitCode !== 0) io.setExitCode(TOOL_FAILED);
    });
}
