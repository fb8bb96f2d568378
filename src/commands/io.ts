import type { Command } from 'commander';
import type { Environment } from '../tools/find.js';

/** What a command may touch of the world around it, beside files and tools. */
export interface Io {
  readonly stdout: (text: string) => void;
  readonly stderr: (text: string) => void;
  readonly stdoutIsTerminal: boolean;
  readonly stderrIsTerminal: boolean;
  readonly env: Environment;
  /**
   * Aborted by Ctrl-C. Long synchronous work must give way now and then, by
   * `await pause(io.signal)`, or the signal never arrives.
   */
  readonly signal: AbortSignal;
  /** The exit code of a command that ended without an error, if it is not 0. */
  readonly setExitCode: (code: number) => void;
}

/** What a finished command shows. */
export interface Outcome {
  /** For a person; ends with a newline, or is empty. */
  readonly text: string;
  /** For `--json`: one document. */
  readonly json: unknown;
  /** 0 unless told. */
  readonly exitCode?: number;
}

/** Each command file exports one. */
export type Register = (program: Command, io: Io) => void;

/** Shows an outcome as text or as one JSON document. */
export function show(io: Io, json: boolean, outcome: Outcome): void {
  io.stdout(json ? `${JSON.stringify(outcome.json, undefined, 2)}\n` : outcome.text);
  if (outcome.exitCode !== undefined) io.setExitCode(outcome.exitCode);
}

/** 130 after SIGINT, 143 after SIGTERM: the reason of the abort is the signal's name. */
export function interruptCode(signal: AbortSignal): number {
  return signal.reason === 'SIGTERM' ? 143 : 130;
}

/** Lets signals and timers through; throws the signal's reason if it was aborted. */
export async function pause(signal: AbortSignal): Promise<void> {
  await new Promise((done) => setImmediate(done));
  signal.throwIfAborted();
}
