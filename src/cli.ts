#!/usr/bin/env node
import { interruptCode } from './app/commands/io.js';
import { streamError, writeStream } from './app/commands/output_stream.js';
import { bugText, runCli } from './app/commands/run_cli.js';

const abort = new AbortController();

/** The first signal lets the command clean up; a second one ends qs5 at once. */
function onSignal(name: 'SIGINT' | 'SIGTERM'): void {
  if (abort.signal.aborted) process.exit(interruptCode(abort.signal));
  abort.abort(name);
}
const SIGNALS = ['SIGINT', 'SIGTERM'] as const;
for (const name of SIGNALS) process.on(name, onSignal);

/** Without a handler the system ends a process, also amid synchronous work. */
async function endAtOnce<T>(work: () => Promise<T>): Promise<T> {
  for (const name of SIGNALS) process.off(name, onSignal);
  try {
    return await work();
  } finally {
    for (const name of SIGNALS) process.on(name, onSignal);
  }
}

/** Ignores a failure of stderr, because no stream is left to report it. */
function printError(text: string): void {
  try {
    writeStream(process.stderr, text);
  } catch {
    // The exit code reports the error.
  }
}

process.on('uncaughtException', (error) => {
  printError(bugText(error));
  process.exit(70);
});

// A closed reader, as in `qs5 ... | head`, must not crash qs5. The rest of the output is dropped.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') return;
  const problem = streamError(1, error);
  printError(`${problem.format()}\n`);
  process.exit(problem.exitCode);
});
process.stderr.on('error', () => undefined);

const exitCode = await runCli(process.argv.slice(2), {
  stdout: (text) => {
    writeStream(process.stdout, text);
  },
  stderr: printError,
  stdoutIsTerminal: process.stdout.isTTY,
  stderrIsTerminal: process.stderr.isTTY,
  env: process.env,
  signal: abort.signal,
  endAtOnce,
});
// Not process.exit, because a pipe may still hold unwritten text.
process.exitCode = abort.signal.aborted ? interruptCode(abort.signal) : exitCode;
