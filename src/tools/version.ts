import { Qs5Error } from '../base/errors.js';
import { findTool, requireTool } from './find.js';
import type { Environment } from './find.js';
import { installHint, toolInfo } from './registry.js';
import type { ToolName } from './registry.js';
import { runTool } from './run.js';
import { temporaryFolderProblem } from './temporary_folder.js';

const VERSION_TIMEOUT_MS = 10_000;

export interface ToolVersion {
  readonly tool: ToolName;
  /** Absolute path of the program. */
  readonly path: string;
  /** Digits and points, as the program prints them: `5.006`. */
  readonly version: string;
  /** False if the version is below the oldest that works. */
  readonly recent: boolean;
}

/** The version in what a tool prints, or undefined if it is not there. */
export function parseVersion(tool: ToolName, text: string): string | undefined {
  return toolInfo(tool).versionPattern.exec(text)?.[1];
}

/** Compares dotted numbers part by part: negative, 0 or positive. */
export function compareVersions(a: string, b: string): number {
  const left = a.split('.').map(Number);
  const right = b.split('.').map(Number);
  for (let i = 0; i < Math.max(left.length, right.length); i++) {
    const difference = (left[i] ?? 0) - (right[i] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

export interface VersionOptions {
  readonly env?: Environment;
  readonly signal?: AbortSignal;
  /** ms of the tool's own time; 10 s by default. */
  readonly timeoutMs?: number;
}

/**
 * Asks a tool for its version. Errors: E_TOOL_MISSING. E_TOOL_LIMIT for a hang. E_TOOL_FAILED for a
 * crash or a missing version. E_OUTPUT for the lack of a temporary folder.
 */
export async function toolVersion(
  tool: ToolName,
  options: VersionOptions = {},
): Promise<ToolVersion> {
  const { env = {}, signal, timeoutMs = VERSION_TIMEOUT_MS } = options;
  const path = await requireTool(tool, { ...process.env, ...env });
  const { versionArgs, minimum } = toolInfo(tool);
  // `iverilog -V` complains on stderr and may exit 1; vvp and nextpnr print the version there.
  const { stdout, stderr } = await runTool({
    tool,
    args: versionArgs,
    env,
    timeoutMs,
    allowFailure: true,
    ...(signal ? { signal } : {}),
  });
  const version = parseVersion(tool, `${stdout}\n${stderr}`);
  if (version === undefined) {
    // Even to print its version, Icarus writes a temporary file.
    const problem = await temporaryFolderProblem();
    if (problem !== undefined) throw problem;
    throw new Qs5Error('E_TOOL_FAILED', {
      message: `${tool} ${versionArgs.join(' ')} printed no version that qs5 can read.`,
      hint: `is ${path} really ${tool}?`,
      subject: tool,
    });
  }
  const recent = minimum === undefined || compareVersions(version, minimum) >= 0;
  return { tool, path, version, recent };
}

/** As doctor shows a tool. */
export interface ToolStatus {
  readonly tool: ToolName;
  readonly state: 'ok' | 'missing' | 'too_old' | 'broken';
  readonly path?: string;
  readonly version?: string;
  /** The remedy, if the state is not `ok`. */
  readonly advice?: string;
}

/** Looks at a tool; never throws for what is wrong with it. */
export async function toolStatus(
  tool: ToolName,
  options: VersionOptions = {},
): Promise<ToolStatus> {
  const path = await findTool(tool, { ...process.env, ...options.env });
  if (path === undefined) return { tool, state: 'missing', advice: installHint(tool) };
  try {
    const { version, recent } = await toolVersion(tool, options);
    if (recent) return { tool, state: 'ok', path, version };
    const advice = tooOld(tool);
    return { tool, state: 'too_old', path, version, advice };
  } catch (error) {
    if (!(error instanceof Qs5Error)) throw error;
    return { tool, state: 'broken', path, advice: error.message };
  }
}

/**
 * Throws unless every tool is there, runs and is recent enough: E_TOOL_MISSING or E_TOOL_FAILED.
 * Call it before long work that needs them.
 */
export async function requireTools(
  tools: readonly ToolName[],
  options: VersionOptions = {},
): Promise<readonly ToolVersion[]> {
  const versions = await Promise.all(tools.map((tool) => toolVersion(tool, options)));
  const old = versions.find(({ recent }) => !recent);
  if (!old) return versions;
  throw new Qs5Error('E_TOOL_MISSING', {
    message: `${old.path} is version ${old.version}, which is too old.`,
    hint: tooOld(old.tool),
    subject: old.tool,
  });
}

function tooOld(tool: ToolName): string {
  const { minimum, override } = toolInfo(tool);
  return [
    `at least version ${minimum ?? '?'} is needed. If your system has no newer package:`,
    'get https://github.com/YosysHQ/oss-cad-suite-build and put its bin folder on PATH,',
    `or build it from source and name its file in ${override}.`,
  ].join('\n    ');
}
