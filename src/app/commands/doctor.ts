import type { Command } from 'commander';
import { renderTable } from '../report/table.js';
import { embeddedStatuses, type EmbeddedStatus } from '../../tools/embedded_status.js';
import type { Environment } from '../../tools/find.js';
import { TOOL_NAMES, toolInfo } from '../../tools/registry.js';
import { compareVersions, toolStatus } from '../../tools/version.js';
import type { ToolStatus } from '../../tools/version.js';
import type { Io, Outcome } from './io.js';
import { show } from './io.js';
import { jsonOption } from './options.js';

/** Exit code if a required tool cannot be used. */
const TOOL_EXIT = 3;
const NODE_MINIMUM = '20.0.0';

const STATES: Readonly<Record<Found['state'], string>> = {
  ok: 'ok',
  missing: 'MISSING',
  too_old: 'TOO OLD',
  broken: 'BROKEN',
  embedded: 'embedded',
};

/** `qs5 doctor`: state and versions of the external programs. */
export function register(program: Command, io: Io): void {
  program
    .command('doctor')
    .description('check the external programs that qs5 runs')
    .addOption(jsonOption())
    .action(async ({ json }: { readonly json: boolean }) => {
      const { env, signal } = io;
      const [tools, packages] = await Promise.all([
        Promise.all(TOOL_NAMES.map((tool) => toolStatus(tool, { env, signal }))),
        embeddedStatuses({ signal }),
      ]);
      signal.throwIfAborted();
      const found = tools.map((status) => withEmbedded(status, packages, env));
      show(io, json, examine(found, process.versions.node, io.stdoutIsTerminal));
    });
}

/** A tool of the system, and the npm package with the same tool. */
interface Found extends Omit<ToolStatus, 'state'> {
  /** `embedded`: the system lacks the tool, so qs5 uses the package. */
  readonly state: ToolStatus['state'] | 'embedded';
  readonly embedded?: Omit<EmbeddedStatus, 'tool'>;
}

/** Uses the package if the system lacks the tool and the user named no file for it. */
function withEmbedded(
  status: ToolStatus,
  packages: readonly EmbeddedStatus[],
  env: Environment,
): Found {
  const one = packages.find(({ tool }) => tool === status.tool);
  if (one === undefined) return status;
  const { tool, ...embedded } = one;
  const named = (env[toolInfo(tool).override] ?? '') !== '';
  if (status.state !== 'missing' || embedded.state !== 'ok' || named)
    return { ...status, embedded };
  return { tool, state: 'embedded', embedded };
}

/** Outcome of doctor. Its exit code is 3 if a required program is not `ok`. */
export function examine(
  tools: readonly Found[],
  node: string,
  colour = false,
): Outcome & { readonly exitCode: number } {
  const nodeOk = compareVersions(node, NODE_MINIMUM) >= 0;
  const ok = nodeOk && tools.every(({ tool, state }) => state === 'ok' || !toolInfo(tool).needed);
  const table = renderTable({
    head: ['program', 'state', 'version', 'at least', 'needed', 'for', 'path'],
    rows: [
      ['node', nodeOk ? 'ok' : STATES.too_old, node, '20', 'yes', 'qs5 itself', process.execPath],
      ...tools.flatMap((status) => rows(status)),
    ],
    colour,
  });
  const advice = tools.flatMap(({ tool, state, advice: text, embedded }) => [
    ...(text === undefined ? [] : [`${tool} (${STATES[state].toLowerCase()}): ${text}`]),
    ...(embedded?.advice === undefined ? [] : [`${embedded.package} (broken): ${embedded.advice}`]),
  ]);
  const verdict = ok
    ? 'All required programs are available.'
    : 'A required program cannot be used.';
  return {
    text: `${table}\n${[...advice, verdict].join('\n\n')}\n`,
    json: { ok, node: { version: node, ok: nodeOk }, tools: tools.map(toolJson) },
    exitCode: ok ? 0 : TOOL_EXIT,
  };
}

/** A row for the tool of the system, and one for the package. */
function rows({ tool, state, version, path, embedded }: Found): string[][] {
  const { minimum = '-', needed, purpose } = toolInfo(tool);
  const row = (what: Found['state'], found: string | undefined, place: string) => {
    return [tool, STATES[what], found ?? '-', minimum, needed ? 'yes' : 'no', purpose, place];
  };
  const own =
    embedded === undefined
      ? []
      : [
          row(
            embedded.state === 'ok' ? 'embedded' : 'broken',
            embedded.version,
            `npm package ${embedded.package}`,
          ),
        ];
  return state === 'embedded' ? own : [row(state, version, path ?? '-'), ...own];
}

function toolJson(status: Found): object {
  const { minimum, needed, purpose, install } = toolInfo(status.tool);
  return { ...status, needed, purpose, ...(minimum === undefined ? {} : { minimum }), install };
}
