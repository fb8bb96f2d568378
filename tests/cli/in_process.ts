import { runCli } from '../../src/app/commands/run_cli.js';

export interface CliResult {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a command line in this process; `env` replaces the environment. */
export async function cli(
  argv: readonly string[],
  env: Readonly<Record<string, string>> = {},
  signal: AbortSignal = new AbortController().signal,
): Promise<CliResult> {
  const out: string[] = [];
  const err: string[] = [];
  const exitCode = await runCli(argv, {
    stdout: (text) => void out.push(text),
    stderr: (text) => void err.push(text),
    stdoutIsTerminal: false,
    stderrIsTerminal: false,
    env,
    signal,
    endAtOnce: async (work) => work(),
  });
  return { exitCode, stdout: out.join(''), stderr: err.join('') };
}
