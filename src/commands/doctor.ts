import type { Command } from 'commander';
import { renderTable } from '../report/table.js';
import { TOOL_NAMES, toolInfo } from '../tools/registry.js';
import { compareVersions, toolStatus } from '../tools/version.js';
import type { ToolStatus } from '../tools/version.js';
import type { Io, Outcome } from './io.js';
import { show } from './io.js';
import { jsonOption } from './options.js';

/** Exit code when a needed tool cannot be used. */
const TOOL_EXIT = 3;
const NODE_MINIMUM = '20.0.0';

const STATES: Readonly<Record<ToolStatus['state'], string>> = {
  ok: 'ok',
  missing: 'MISSING',
  too_old: 'TOO OLD',
  broken: 'BROKEN',
};

/** `qs5 doctor`: whether the external programs are there and recent enough. */
export function register(program: Command, io: Io): void {
  program
    .command('doctor')
    .description('look at the external programs that qs5 runs')
    .addOption(jsonOption())
    .action(async ({ json }: { readonly json: boolean }) => {
      const { env, signal } = io;
      const tools = await Promise.all(TOOL_NAMES.map((tool) => toolStatus(tool, { env, signal })));
      signal.throwIfAborted();
      show(io, json, examine(tools, process.versions.node, io.stdoutIsTerminal));
    });
}

/** What doctor shows; its exit code is 3 if a needed program is not `ok`. */
export function examine(
  tools: readonly ToolStatus[],
  node: string,
  colour = false,
): Outcome & { readonly exitCode: number } {
  const nodeOk = compareVersions(node, NODE_MINIMUM) >= 0;
  const ok = nodeOk && tools.every(({ tool, state }) => state === 'ok' || !toolInfo(tool).needed);
  const table = renderTable({
    head: ['program', 'state', 'version', 'at least', 'needed', 'for', 'path'],
    rows: [
      ['node', nodeOk ? 'ok' : STATES.too_old, node, '20', 'yes', 'qs5 itself', process.execPath],
      ...tools.map((status) => row(status)),
    ],
    colour,
  });
  const advice = tools.flatMap(({ tool, state, advice: text }) =>
    text === undefined ? [] : [`${tool} (${STATES[state].toLowerCase()}): ${text}`],
  );
  const verdict = ok ? 'Everything needed is there.' : 'Something needed cannot be used.';
  return {
    text: `${table}\n${[...advice, verdict].join('\n\n')}\n`,
    json: { ok, node: { version: node, ok: nodeOk }, tools: tools.map(toolJson) },
    exitCode: ok ? 0 : TOOL_EXIT,
  };
}

function row({ tool, state, version, path }: ToolStatus): string[] {
  const { minimum, needed, purpose } = toolInfo(tool);
  const need = needed ? 'yes' : 'no';
  return [tool, STATES[state], version ?? '-', minimum ?? '-', need, purpose, path ?? '-'];
}

function toolJson(status: ToolStatus): object {
  const { minimum, needed, purpose, install } = toolInfo(status.tool);
  return { ...status, needed, purpose, ...(minimum === undefined ? {} : { minimum }), install };
}
