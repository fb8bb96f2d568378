import { CommanderError } from 'commander';
import { Qs5Error } from '../../base/errors.js';
import { interruptCode, type Io } from './io.js';
import { createProgram } from './program.js';

/** Exit code of a bug in qs5. */
const BUG = 70;

/**
 * Runs a command line (without the program's own name) and returns its exit code. Errors are
 * printed: as text on stderr, with `--json` also as `{ "error": ... }` on stdout.
 */
export async function runCli(
  argv: readonly string[],
  outer: Omit<Io, 'setExitCode' | 'json' | 'models'>,
): Promise<number> {
  let exitCode = 0;
  const io: Io = {
    ...outer,
    setExitCode: (code) => {
      exitCode = code;
    },
    json: wantsJson(argv),
    models: new Map(),
  };
  try {
    const program = await createProgram(io, argv);
    await program.parseAsync([...argv], { from: 'user' });
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
    const problem = systemProblem(error);
    if (problem !== undefined) return report(io, argv, problem);
    io.stderr(bugText(error));
    printJson(io, argv, { code: 'BUG', message: String(error) });
    return BUG;
  }
}

/** Text of an exception that the user cannot fix. */
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
  printJson(io, argv, error.toJSON());
  return error.exitCode;
}

/** With `--json` an error is also a document on stdout. */
function printJson(io: Io, argv: readonly string[], error: object): void {
  if (!wantsJson(argv)) return;
  try {
    io.stdout(`${JSON.stringify({ error }, undefined, 2)}\n`);
  } catch {
    // stdout may be the cause of the error. stderr has the text.
  }
}

/** Refusals of the system for lack of space or handles. They can occur anywhere, and are not bugs. */
const SYSTEM_REASONS: Readonly<Record<string, string>> = {
  ENOSPC: 'no room is left on the disk',
  EDQUOT: 'the quota of disk space is used up',
  EROFS: 'the file system is read-only',
  EIO: 'the disk has an error',
  EFBIG: 'the file would become larger than allowed',
  EMFILE: 'too many files are open',
  ENFILE: 'too many files are open',
};

function systemProblem(error: unknown): Qs5Error | undefined {
  if (!(error instanceof Error) || !('syscall' in error)) return undefined;
  const { code = '', path } = error as NodeJS.ErrnoException;
  const reason = SYSTEM_REASONS[code];
  if (reason === undefined) return undefined;
  return new Qs5Error('E_OUTPUT', {
    message: `The system refused a file: ${reason}.`,
    hint: 'free some space, or choose another folder.',
    ...(path === undefined ? {} : { subject: path }),
  });
}

/** Searches the raw words, because a usage error leaves no parsed options. */
function wantsJson(argv: readonly string[]): boolean {
  const end = argv.indexOf('--');
  return argv.slice(0, end < 0 ? undefined : end).includes('--json');
}
