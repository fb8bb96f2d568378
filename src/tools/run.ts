import { execa } from 'execa';
import { Qs5Error } from '../errors.js';
import { requireTool } from './find.js';
import type { Environment } from './find.js';
import { endGroup, forgetGroup, rememberGroup } from './process_group.js';
import type { ToolName } from './registry.js';

export interface ToolOptions {
  readonly tool: ToolName;
  /** A program that the tool has built, absolute path: run instead of the tool itself. */
  readonly program?: string;
  /** Passed as they are; no shell looks at them. */
  readonly args: readonly string[];
  readonly cwd?: string;
  /** Longest run time, ms. */
  readonly timeoutMs: number;
  readonly signal?: AbortSignal;
  /** Added to the environment of qs5. */
  readonly env?: Environment;
  /** Return a non-zero exit code instead of throwing. A crash or a timeout still throws. */
  readonly allowFailure?: boolean;
}

export interface ToolResult {
  readonly stdout: string;
  readonly stderr: string;
  readonly exitCode: number;
  /** Wall clock, s. */
  readonly seconds: number;
}

/** Most output that is kept per stream, characters; more is an error. */
export const MAX_OUTPUT = 64 * 1024 * 1024;

/** Lines of output that an error message quotes. */
const TAIL_LINES = 20;

type End = 'timeout' | 'abort';

/**
 * Runs an external program and waits for it. On timeout and on abort the program and all that
 * it started are ended.
 *
 * Errors: E_TOOL_MISSING; E_TOOL_FAILED for a non-zero exit code, a signal, a timeout, an abort
 * and too much output, each with the last 20 lines that it printed.
 */
export async function runTool(options: ToolOptions): Promise<ToolResult> {
  const { tool, args, cwd, timeoutMs, signal, allowFailure = false } = options;
  const env = { ...process.env, ...options.env };
  const program = options.program ?? (await requireTool(tool, env));
  if (signal?.aborted) throw failed(options, 'was not started: qs5 was interrupted.', '');

  const start = performance.now();
  const child = execa(program, args, {
    ...(cwd === undefined ? {} : { cwd }),
    env,
    extendEnv: false,
    detached: true,
    stdin: 'ignore',
    reject: false,
    maxBuffer: MAX_OUTPUT,
  });
  const { pid } = child;
  if (pid !== undefined) rememberGroup(pid);
  const end: { why?: End; done?: Promise<void> } = {};
  const stop = (why: End) => {
    if (end.why !== undefined || pid === undefined) return;
    end.why = why;
    end.done = endGroup(pid);
  };
  const onAbort = () => {
    stop('abort');
  };
  const timer = setTimeout(() => {
    stop('timeout');
  }, timeoutMs);
  signal?.addEventListener('abort', onAbort, { once: true });

  const result = await child;
  clearTimeout(timer);
  signal?.removeEventListener('abort', onAbort);
  await end.done;
  if (pid !== undefined) {
    if (result.isMaxBuffer) await endGroup(pid);
    forgetGroup(pid);
  }

  const { stdout, stderr, exitCode } = result;
  const output = `${stdout}\n${stderr}`;
  const seconds = (performance.now() - start) / 1000;
  if (end.why === 'timeout') {
    throw failed(options, `did not end within ${timeoutMs / 1000} s and was stopped.`, output);
  }
  if (end.why === 'abort') throw failed(options, 'was stopped: qs5 was interrupted.', output);
  if (result.isMaxBuffer) {
    throw failed(options, `printed more than ${MAX_OUTPUT / 2 ** 20} MiB.`, output);
  }
  if (result.signal !== undefined) {
    throw failed(options, `was ended by signal ${result.signal}.`, output);
  }
  if (exitCode === undefined) {
    const reason = result.originalMessage ?? result.message ?? 'no reason given';
    throw failed(options, `could not be started: ${reason}.`, output);
  }
  if (exitCode !== 0 && !allowFailure) {
    throw failed(options, `ended with exit code ${exitCode}.`, output);
  }
  return { stdout, stderr, exitCode, seconds };
}

function failed(options: ToolOptions, what: string, output: string): Qs5Error {
  const lines = output.split('\n').filter((line) => line.trim() !== '');
  const tail = lines.slice(-TAIL_LINES).map((line) => `| ${line.slice(0, 500)}`);
  const command = [options.tool, ...options.args].map(quoted).join(' ');
  const place = options.cwd === undefined ? '' : `cd ${quoted(options.cwd)} && `;
  return new Qs5Error('E_TOOL_FAILED', {
    message: [`${options.tool} ${what}`, ...tail].join('\n'),
    hint: `the command was: ${place}${command}`,
    subject: options.tool,
  });
}

/** A word as a POSIX shell would need it, for a person to copy. */
function quoted(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}
