import { CommanderError } from 'commander';
import { Qs5Error } from '../errors.js';
import type { Io } from './io.js';
import { createProgram } from './program.js';

/** Exit code of a bug in qs5. */
const BUG = 70;

/**
 * Runs a command line (without the program's own name) and returns its exit code. Errors are
 * printed: as text on stderr, with `--json` also as `{ "error": ... }` on stdout.
 */
export async function runCli(
  argv: readonly string[],
  outer: Omit<Io, 'setExitCode'>,
): Promise<number> {
  let exitCode = 0;
  const io: Io = {
    ...outer,
    setExitCode: (code) => {
      exitCode = code;
    },
  };
  try {
    await createProgram(io).parseAsync([...argv], { from: 'user' });
    return exitCode;
  } catch (error) {
    if (error instanceof CommanderError) {
      // Help and version have been printed already.
      if (error.exitCode === 0) return 0;
      return report(io, argv, usageError(error));
    }
    if (io.signal.aborted) {
      io.stderr('qs5: interrupted\n');
      return interruptCode(io.signal);
    }
    if (error instanceof Qs5Error) return report(io, argv, error);
    io.stderr(bugText(error));
    if (wantsJson(argv)) io.stdout(jsonText({ code: 'BUG', message: String(error) }));
    return BUG;
  }
}

/** 130 after SIGINT, 143 after SIGTERM: the reason of the abort is the signal's name. */
export function interruptCode(signal: AbortSignal): number {
  return signal.reason === 'SIGTERM' ? 143 : 130;
}

/** What is printed of an exception that is not the user's to mend. */
export function bugText(error: unknown): string {
  const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return `${stack}\nThis is a bug in qs5; please report it with the text above.\n`;
}

function usageError(error: CommanderError): Qs5Error {
  if (error.code === 'commander.help') {
    return new Qs5Error('E_USAGE', { message: 'No command was given.', hint: 'see above.' });
  }
  const message = error.message.replace(/^error: /, '').replace(/^./, (c) => c.toUpperCase());
  return new Qs5Error('E_USAGE', {
    message: /[.?)]$/.test(message) ? message : `${message}.`,
    hint: 'see "qs5 --help", or --help after a command.',
  });
}

function report(io: Io, argv: readonly string[], error: Qs5Error): number {
  io.stderr(`${error.format()}\n`);
  if (wantsJson(argv)) io.stdout(jsonText(error.toJSON()));
  return error.exitCode;
}

function jsonText(error: object): string {
  return `${JSON.stringify({ error }, undefined, 2)}\n`;
}

/** Looked for in the raw words, as a usage error leaves no parsed options. */
function wantsJson(argv: readonly string[]): boolean {
  const end = argv.indexOf('--');
  return argv.slice(0, end < 0 ? undefined : end).includes('--json');
}
