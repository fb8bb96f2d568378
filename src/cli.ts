#!/usr/bin/env node
import { bugText, interruptCode, runCli } from './commands/run_cli.js';

const abort = new AbortController();

/** The first signal lets the command clean up; a second one ends qs5 at once. */
function onSignal(name: 'SIGINT' | 'SIGTERM'): void {
  if (abort.signal.aborted) process.exit(interruptCode(abort.signal));
  abort.abort(name);
}
process.on('SIGINT', onSignal);
process.on('SIGTERM', onSignal);

process.on('uncaughtException', (error) => {
  process.stderr.write(bugText(error));
  process.exit(70);
});

// A reader that went away, as in `qs5 ... | head`, is no reason to crash: the rest is not printed.
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
  });
}

const exitCode = await runCli(process.argv.slice(2), {
  stdout: (text) => void process.stdout.write(text),
  stderr: (text) => void process.stderr.write(text),
  stdoutIsTerminal: process.stdout.isTTY,
  stderrIsTerminal: process.stderr.isTTY,
  env: process.env,
  signal: abort.signal,
});
// Not process.exit: what was written to a pipe must still get there.
process.exitCode = abort.signal.aborted ? interruptCode(abort.signal) : exitCode;
