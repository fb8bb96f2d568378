import { runTool } from '../../src/tools/run.js';
import type { ToolName } from '../../src/tools/registry.js';

/** All that a tool prints about the files of a design, its exit code if that is not 0. */
async function said(tool: ToolName, args: readonly string[], cwd: string): Promise<string> {
  const run = await runTool({ tool, args, cwd, timeoutMs: 60_000, allowFailure: true });
  const failed = run.exitCode === 0 ? '' : `exit code ${run.exitCode}\n`;
  return `${failed}${run.stdout}${run.stderr}`;
}

/** Messages of Verilator and Icarus about the files of a design in a folder, all warnings on. */
export async function lintOf(
  top: string,
  folder: string,
): Promise<{ readonly verilator: string; readonly iverilog: string }> {
  const lint = ['--lint-only', '-Wall', '--top-module', top, '-f', 'files.f'];
  const compile = ['-g2012', '-Wall', '-s', top, '-o', 'design.vvp', '-f', 'files.f'];
  return {
    verilator: await said('verilator', lint, folder),
    iverilog: await said('iverilog', compile, folder),
  };
}
