import { version as embeddedRelease } from '@yowasp/yosys';
import { Qs5Error } from '../../base/errors.js';
import { WRONG_NETLIST } from '../../deliver/yosys_script.js';
import { embedded } from '../../tools/embedded.js';
import { findTool, type Environment } from '../../tools/find.js';
import { runTool, type ToolResult } from '../../tools/run.js';
import { compareVersions, toolVersion } from '../../tools/version.js';

export const YOSYS_CHOICES = ['auto', 'embedded', 'native'] as const;
export type YosysChoice = (typeof YOSYS_CHOICES)[number];

/** A Yosys to run. */
export interface Yosys {
  readonly kind: 'embedded' | 'native';
  /** `0.55` */
  readonly version: string;
}

export interface YosysOptions {
  readonly env?: Environment;
  readonly signal?: AbortSignal;
}

const YOSYS_PACKAGE = '@yowasp/yosys';

/** `0.55` of the package version `0.55.944`. */
export const EMBEDDED_VERSION = embeddedRelease.split('.').slice(0, 2).join('.');

/**
 * The Yosys of qs5, or that of the system if the choice or QS5_YOSYS requests it, or if it is
 * newer.
 *
 * @throws E_TOOL_MISSING, E_TOOL_FAILED
 */
export async function chooseYosys(choice: YosysChoice, options: YosysOptions = {}): Promise<Yosys> {
  const own: Yosys = { kind: 'embedded', version: EMBEDDED_VERSION };
  if (choice === 'embedded') return own;
  const env = { ...process.env, ...options.env };
  const named = (env['QS5_YOSYS'] ?? '') !== '';
  if (choice === 'auto' && !named && (await findTool('yosys', env)) === undefined) return own;
  const { version } = await toolVersion('yosys', options);
  const native: Yosys = { kind: 'native', version };
  const newer = compareVersions(version, EMBEDDED_VERSION) > 0;
  return choice === 'native' || named || newer ? native : own;
}

/** Time limit of Yosys with arguments of the user, ms. */
const OWN_TIMEOUT = 86_400_000;

/**
 * Runs the Yosys of qs5 with arguments of the user, on the files of the current folder.
 *
 * @throws E_TOOL_FAILED for a crash; an exit code is returned
 */
export async function runEmbeddedYosys(
  args: readonly string[],
  options: YosysOptions = {},
): Promise<ToolResult> {
  return runTool({
    tool: 'yosys',
    ...embedded(YOSYS_PACKAGE, 'yosys', args),
    timeoutMs: OWN_TIMEOUT,
    allowFailure: true,
    ...options,
  });
}

export interface YosysRun extends YosysOptions {
  readonly yosys: Yosys;
  /** Commands, one per element. */
  readonly script: readonly string[];
  /** Folder of its input and output files. */
  readonly folder: string;
  /** Time limit, ms. */
  readonly timeoutMs: number;
}

const FATAL = new RegExp(WRONG_NETLIST, 'i');

/**
 * Runs Yosys in a folder and returns its output: warnings and errors only.
 *
 * @throws E_TOOL_MISSING; E_TOOL_FAILED for an exit code, a crash, a timeout, or a warning of a
 * wrong netlist
 */
export async function runYosys(run: YosysRun): Promise<string> {
  const { yosys, script, folder, timeoutMs, env, signal } = run;
  const args = ['-q', '-p', script.join('; ')];
  const { stdout, stderr } = await runTool({
    tool: 'yosys',
    ...(yosys.kind === 'native' ? { args } : embedded(YOSYS_PACKAGE, 'yosys', args)),
    cwd: folder,
    timeoutMs,
    ...(env === undefined ? {} : { env }),
    ...(signal === undefined ? {} : { signal }),
  });
  const log = `${stdout}\n${stderr}`;
  const lines = log.split('\n').filter((line) => FATAL.test(line));
  if (lines.length === 0) return log;
  throw new Qs5Error('E_TOOL_FAILED', {
    subject: 'yosys',
    message: [
      `Yosys ${yosys.version} succeeded, but ${lines.length} of its warnings mean a wrong netlist:`,
      ...lines.slice(0, 5).map((line) => `| ${line.trim()}`),
    ].join('\n'),
    hint: 'figures are withheld; please report this with the config.',
  });
}
