import type { Command } from 'commander';
import type { Environment } from '../../tools/find.js';

/** Environment of a command, apart from files and tools. */
export interface Io {
  readonly stdout: (text: string) => void;
  readonly stderr: (text: string) => void;
  readonly stdoutIsTerminal: boolean;
  readonly stderrIsTerminal: boolean;
  readonly env: Environment;
  /**
   * Aborted by Ctrl-C. Long synchronous work must call `await pause(io.signal)` regularly, or the
   * signal never arrives.
   */
  readonly signal: AbortSignal;
  /**
   * Runs synchronous work without side effects, during which no handler could run. A signal ends the
   * process at once.
   */
  readonly endAtOnce: <T>(work: () => Promise<T>) => Promise<T>;
  /** Sets an exit code other than 0 for a command without an error. */
  readonly setExitCode: (code: number) => void;
  /** True if the outcome is shown as JSON. */
  readonly json: boolean;
  /** Architecture of each checkpoint: text for stderr, and field `models` of a JSON document. */
  readonly models: Map<string, { readonly text: string; readonly json: object }>;
}

/** Output of a finished command. */
export interface Outcome {
  /** Text for a terminal. It ends with a newline, or is empty. */
  readonly text: string;
  /** For `--json`: one document. */
  readonly json: unknown;
  /** 0 by default. */
  readonly exitCode?: number;
}

/** Each command file exports one. */
export type Register = (program: Command, io: Io) => void;

/** Shows an outcome as text or as one JSON document. */
export function show(io: Io, json: boolean, outcome: Outcome): void {
  io.stdout(
    json ? `${JSON.stringify(withModels(io, outcome.json), undefined, 2)}\n` : outcome.text,
  );
  if (outcome.exitCode !== undefined) io.setExitCode(outcome.exitCode);
}

/** 130 after SIGINT, 143 after SIGTERM: the reason of the abort is the signal's name. */
export function interruptCode(signal: AbortSignal): number {
  return signal.reason === 'SIGTERM' ? 143 : 130;
}

/** Adds `models`. A list has no place for a field, so its `models` go to stderr. */
function withModels({ models, stderr }: Io, document: unknown): unknown {
  const all = [...models.values()];
  if (all.length === 0) return document;
  if (typeof document === 'object' && !Array.isArray(document)) {
    return { ...document, models: all.map(({ json }) => json) };
  }
  stderr(all.map(({ text }) => text).join(''));
  return document;
}

/** Lets signals and timers through; throws the signal's reason if it was aborted. */
export async function pause(signal: AbortSignal): Promise<void> {
  await new Promise((done) => setImmediate(done));
  signal.throwIfAborted();
}
