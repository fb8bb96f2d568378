import { setMaxListeners } from 'node:events';
import { execa } from 'execa';
import { Qs5Error, type ErrorCode } from '../base/errors.js';
import { requireTool } from './find.js';
import type { Environment } from './find.js';
import { MEMORY_VARIABLE, memoryLimit, unwatch, watch, type Excess } from './limits.js';
import { endGroup, forgetGroup, rememberGroup } from './process_group.js';
import type { ToolName } from './registry.js';
import { diskProblem } from './temporary_folder.js';

export interface ToolOptions {
  readonly tool: ToolName;
  /** A program that the tool has built, absolute path: run instead of the tool itself. */
  readonly program?: string;
  /** Arguments, passed as they are, without a shell. */
  readonly args: readonly string[];
  readonly cwd?: string;
  /**
   * Longest run, ms of the tool's own time: waiting for a busy processor does not count. See
   * `countedMs`.
   */
  readonly timeoutMs: number;
  /** Most memory of the tool and all that it starts, bytes; `memoryLimit` by default. */
  readonly memoryBytes?: number;
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

/** Words of compilers, make and the C++ library for it. */
const NO_MEMORY =
  /Killed signal terminated program|std::bad_alloc|Cannot allocate memory|virtual memory exhausted/;

type End = Excess | 'abort';

/**
 * Runs an external program and waits for it. Over a limit and on abort the program and all that
 * it started are ended.
 *
 * Errors: E_TOOL_MISSING. E_TOOL_LIMIT for too much time or memory, also if the system has no
 * memory. E_OUTPUT for a failure on a full disk. E_TOOL_FAILED for a non-zero exit code, a signal,
 * an abort and too much output. Each has the last 20 lines of the output.
 */
export async function runTool(options: ToolOptions): Promise<ToolResult> {
  try {
    return await run(options);
  } catch (error) {
    const missing = error instanceof Qs5Error && error.code === 'E_TOOL_MISSING';
    if (missing || options.signal?.aborted === true) throw error;
    throw (await diskProblem(error, options.cwd)) ?? error;
  }
}

async function run(options: ToolOptions): Promise<ToolResult> {
  const { tool, args, cwd, timeoutMs, signal, allowFailure = false } = options;
  const env = { ...process.env, ...options.env };
  const memoryBytes = options.memoryBytes ?? memoryLimit(env);
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
  if (pid !== undefined) watch(pid, { timeMs: timeoutMs, memoryBytes }, stop);
  // Node warns of more than 10 tools at once.
  if (signal !== undefined) setMaxListeners(0, signal);
  signal?.addEventListener('abort', onAbort, { once: true });

  const result = await child;
  if (pid !== undefined) unwatch(pid);
  signal?.removeEventListener('abort', onAbort);
  await end.done;
  if (pid !== undefined) {
    if (result.isMaxBuffer) await endGroup(pid);
    forgetGroup(pid);
  }

  const { stdout, stderr, exitCode } = result;
  const output = `${stdout}\n${stderr}`;
  const seconds = (performance.now() - start) / 1000;
  if (end.why === 'time') {
    const seconds = timeoutMs / 1000;
    throw exceeded(
      options,
      `did not end within ${seconds} s of its own time and was stopped.`,
      output,
      [
        'time spent waiting for a busy processor does not count: it hangs, or needs longer than expected.',
      ],
    );
  }
  if (end.why === 'memory') {
    const gib = Number((memoryBytes / 2 ** 30).toPrecision(3));
    throw exceeded(options, `took more than ${gib} GiB of memory and was stopped.`, output, [
      `where the machine has more, set ${MEMORY_VARIABLE} to the GiB that it may take; else make the design smaller.`,
    ]);
  }
  if (end.why === 'abort') throw failed(options, 'was stopped: qs5 was interrupted.', output);
  if (result.isMaxBuffer) {
    throw failed(options, `printed more than ${MAX_OUTPUT / 2 ** 20} MiB.`, output);
  }
  const noMemory = [
    'the machine has too little memory: close other programs, or make the design smaller.',
  ];
  if (result.signal === 'SIGKILL') throw exceeded(options, 'was killed.', output, noMemory);
  if (result.signal !== undefined) {
    throw failed(options, `was ended by signal ${result.signal}.`, output);
  }
  if (exitCode === undefined) {
    const reason = result.originalMessage ?? result.message ?? 'no reason given';
    throw failed(options, `could not be started: ${reason}.`, output);
  }
  if (exitCode !== 0 && !allowFailure) {
    if (NO_MEMORY.test(output)) throw exceeded(options, 'had no memory left.', output, noMemory);
    throw failed(options, `ended with exit code ${exitCode}.`, output);
  }
  return { stdout, stderr, exitCode, seconds };
}

function failed(options: ToolOptions, what: string, output: string): Qs5Error {
  return toolError('E_TOOL_FAILED', options, what, output, []);
}

function exceeded(
  options: ToolOptions,
  what: string,
  output: string,
  hints: readonly string[],
): Qs5Error {
  return toolError('E_TOOL_LIMIT', options, what, output, hints);
}

function toolError(
  code: ErrorCode,
  options: ToolOptions,
  what: string,
  output: string,
  hints: readonly string[],
): Qs5Error {
  const lines = output.split('\n').filter((line) => line.trim() !== '');
  const tail = lines.slice(-TAIL_LINES).map((line) => `| ${line.slice(0, 500)}`);
  const command = [options.tool, ...options.args].map(quoted).join(' ');
  const place = options.cwd === undefined ? '' : `cd ${quoted(options.cwd)} && `;
  return new Qs5Error(code, {
    message: [`${options.tool} ${what}`, ...tail].join('\n'),
    hint: [...hints, `the command was: ${place}${command}`].join('\n    '),
    subject: options.tool,
  });
}

/** A word as a POSIX shell would need it, for a person to copy. */
function quoted(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}
