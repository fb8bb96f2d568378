import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';
import type { Device } from '../../hardware/device/device.js';
import { nextpnrArguments } from '../../hardware/device/nextpnr.js';
import { FAMILY_NAMES, familyOf } from '../../hardware/device/families/index.js';
import type { Placer } from '../../hardware/device/families/family.js';
import { Qs5Error } from '../../base/errors.js';
import { embedded, isInstalled } from '../../tools/embedded.js';
import { findTool, type Environment } from '../../tools/find.js';
import { runTool } from '../../tools/run.js';
import { installHint } from '../../tools/registry.js';
import { toolVersion } from '../../tools/version.js';
import { parseNextpnrReport, type NextpnrReport } from './nextpnr_report.js';

/** A nextpnr for a family: of the system, or an installed npm package. */
export interface Nextpnr {
  readonly kind: 'embedded' | 'native';
  readonly program: Placer['program'];
  readonly version: string;
}

export interface NextpnrOptions {
  readonly env?: Environment;
  readonly signal?: AbortSignal;
}

/**
 * The nextpnr for a device.
 *
 * @throws E_TOOL_MISSING without a nextpnr; E_USAGE for a device without open routing in qs5
 */
export async function findNextpnr(device: Device, options: NextpnrOptions = {}): Promise<Nextpnr> {
  const { program, package: own } = placerOf(device);
  if ((await findTool(program, { ...process.env, ...options.env })) !== undefined) {
    return { kind: 'native', program, version: (await toolVersion(program, options)).version };
  }
  if (own === undefined) {
    throw new Qs5Error('E_TOOL_MISSING', {
      subject: program,
      message: `${program} is not on PATH.`,
      hint: installHint(program),
    });
  }
  if (isInstalled(own.name)) {
    const { version } = z.object({ version: z.string() }).parse(await import(own.name));
    return { kind: 'embedded', program, version: version.split('.').slice(0, 2).join('.') };
  }
  throw new Qs5Error('E_TOOL_MISSING', {
    subject: program,
    message: `${program} is not on PATH, and the npm package ${own.name} is not installed.`,
    hint: [`npm install --no-save ${own.name} (${own.size}), or`, installHint(program)].join(
      '\n    ',
    ),
  });
}

/** The nextpnr that supports a device. @throws E_USAGE for an unsupported device */
function placerOf(device: Device): Placer {
  const { placer } = familyOf(device.family);
  if (placer !== undefined && device.nextpnr !== undefined) return placer;
  const titles = FAMILY_NAMES.map(familyOf).filter((family) => family.placer !== undefined);
  throw new Qs5Error('E_USAGE', {
    message: `--route supports ${titles.map(({ title }) => title).join(', ')}, not ${device.name}.`,
    hint: 'qs5 generate writes scripts for other tools; --reports reads their reports.',
  });
}

export interface Route {
  readonly seed: number;
  readonly fmaxMhz: number;
  /** Used and available cells by kind, including the shift registers of the pins. */
  readonly utilization: NextpnrReport['utilization'];
}

export interface RouteRequest extends NextpnrOptions {
  readonly nextpnr: Nextpnr;
  readonly device: Device;
  /** Folder of `netlist.json`. */
  readonly folder: string;
  readonly netlist: string;
  readonly seed: number;
  readonly timeoutMs: number;
}

/**
 * Places and routes a netlist with a seed.
 *
 * @throws E_TOOL_FAILED for a failure, a time-out or a missing report, also for a design larger
 * than its device
 */
export async function route(request: RouteRequest): Promise<Route> {
  const { nextpnr, device, folder, netlist, seed, timeoutMs, env, signal } = request;
  const { program } = nextpnr;
  const { package: own } = placerOf(device);
  const report = 'route.json';
  await writeFile(join(folder, report), '');
  const args = [...nextpnrArguments(device, { netlist, report, seed }), '-q'];
  await runTool({
    tool: program,
    ...(nextpnr.kind === 'native' || own === undefined
      ? { args }
      : embedded(own.name, program, args)),
    cwd: folder,
    timeoutMs,
    ...(env === undefined ? {} : { env }),
    ...(signal === undefined ? {} : { signal }),
  });
  const text = await readFile(join(folder, report), 'utf8');
  const { fmaxMhz, utilization } = parseNextpnrReport(text, device, program);
  return { seed, fmaxMhz, utilization };
}
