import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';
import type { Device } from '../device/device.js';
import { Qs5Error } from '../errors.js';
import { embedded, isInstalled } from '../tools/embedded.js';
import { findTool, type Environment } from '../tools/find.js';
import { runTool } from '../tools/run.js';
import { installHint } from '../tools/registry.js';
import { toolVersion } from '../tools/version.js';

/** A nextpnr for iCE40: of the system, or the npm package where that was installed. */
export interface Nextpnr {
  readonly kind: 'embedded' | 'native';
  readonly version: string;
}

const PACKAGE = '@yowasp/nextpnr-ice40';
const TOOL = 'nextpnr-ice40';

export interface NextpnrOptions {
  readonly env?: Environment;
  readonly signal?: AbortSignal;
}

/**
 * The nextpnr for a device.
 *
 * @throws E_TOOL_MISSING if there is none; E_CONFIG_VALUE for a family without open routing here
 */
export async function findNextpnr(device: Device, options: NextpnrOptions = {}): Promise<Nextpnr> {
  if (device.nextpnr === undefined) {
    throw new Qs5Error('E_USAGE', {
      message: `--route is for iCE40, and ${device.name} is none.`,
      hint: 'qs5 generate writes the scripts with which other tools place and route.',
    });
  }
  if ((await findTool(TOOL, { ...process.env, ...options.env })) !== undefined) {
    return { kind: 'native', version: (await toolVersion(TOOL, options)).version };
  }
  if (isInstalled(PACKAGE)) {
    const { version } = z.object({ version: z.string() }).parse(await import(PACKAGE));
    return { kind: 'embedded', version: version.split('.').slice(0, 2).join('.') };
  }
  throw new Qs5Error('E_TOOL_MISSING', {
    subject: TOOL,
    message: `${TOOL} is not on PATH, and the npm package ${PACKAGE} is not installed.`,
    hint: [`npm install --no-save ${PACKAGE} (220 MB), or`, installHint(TOOL)].join('\n    '),
  });
}

const reportSchema = z.object({
  fmax: z.record(z.string(), z.object({ achieved: z.number() })),
  utilization: z.record(z.string(), z.object({ used: z.number(), available: z.number() })),
});

export interface Route {
  readonly seed: number;
  readonly fmaxMhz: number;
  /** Cells of each kind in use, of those that there are; with the pins' shift registers. */
  readonly utilization: Readonly<
    Record<string, { readonly used: number; readonly available: number }>
  >;
}

export interface RouteRequest extends NextpnrOptions {
  readonly nextpnr: Nextpnr;
  readonly device: Device;
  /** Folder in which `netlist.json` lies. */
  readonly folder: string;
  readonly netlist: string;
  readonly seed: number;
  readonly timeoutMs: number;
}

/** Clock that is asked for: more than any design reaches, so that it is always the limit. */
const ASKED_MHZ = 300;

/**
 * Places and routes a netlist with a seed.
 *
 * @throws E_TOOL_FAILED where it fails, hangs, or writes no report; a design that is too large for
 * the device fails too
 */
export async function route(request: RouteRequest): Promise<Route> {
  const { nextpnr, device, folder, netlist, seed, timeoutMs, env, signal } = request;
  const report = 'route.json';
  await writeFile(join(folder, report), '');
  const args = [
    ...(device.nextpnr ?? []),
    ...['--json', netlist, '--report', report, '--seed', String(seed)],
    ...['--freq', String(ASKED_MHZ), '--timing-allow-fail', '-q'],
  ];
  await runTool({
    tool: TOOL,
    ...(nextpnr.kind === 'native' ? { args } : embedded(PACKAGE, TOOL, args)),
    cwd: folder,
    timeoutMs,
    ...(env === undefined ? {} : { env }),
    ...(signal === undefined ? {} : { signal }),
  });
  return { seed, ...parseReport(await readFile(join(folder, report), 'utf8')) };
}

/** @throws E_TOOL_FAILED for anything that is no report of one clock */
export function parseReport(text: string): Omit<Route, 'seed'> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    value = undefined;
  }
  const result = reportSchema.safeParse(value);
  const clocks = Object.values(result.data?.fmax ?? {});
  const [clock] = clocks;
  if (result.success && clock !== undefined && clocks.length === 1) {
    return { fmaxMhz: clock.achieved, utilization: result.data.utilization };
  }
  throw new Qs5Error('E_TOOL_FAILED', {
    subject: TOOL,
    message: result.success
      ? `Its report has ${clocks.length} clocks, where there is one.`
      : `Its report cannot be read: ${z.prettifyError(result.error)}`,
    hint: 'run it by hand on the files that qs5 generate writes, to see everything it prints.',
  });
}
