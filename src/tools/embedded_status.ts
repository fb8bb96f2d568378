import { Qs5Error } from '../base/errors.js';
import { embedded, isInstalled } from './embedded.js';
import type { ToolName } from './registry.js';
import { toolInfo } from './registry.js';
import { runTool } from './run.js';
import { withTemporaryFolder } from './temporary_folder.js';
import { parseVersion, type VersionOptions } from './version.js';

/** npm packages with a tool as WebAssembly; that of Yosys comes with qs5. */
const PACKAGES = {
  yosys: '@yowasp/yosys',
  'nextpnr-ice40': '@yowasp/nextpnr-ice40',
} as const satisfies Partial<Record<ToolName, string>>;

/** As doctor shows a tool that comes as an npm package. */
export interface EmbeddedStatus {
  readonly tool: ToolName;
  readonly package: string;
  readonly state: 'ok' | 'broken';
  readonly version?: string;
  /** The fault, if the state is not `ok`. */
  readonly advice?: string;
}

const TIMEOUT_MS = 60_000;

/** Runs each tool whose package is installed, for its version. Throws nothing of what is wrong. */
export async function embeddedStatuses(options: VersionOptions = {}): Promise<EmbeddedStatus[]> {
  const entries = Object.entries(PACKAGES) as [keyof typeof PACKAGES, string][];
  const there = entries.filter(([, name]) => isInstalled(name));
  return Promise.all(there.map(async ([tool, name]) => status(tool, name, options)));
}

async function status(
  tool: ToolName,
  name: string,
  { timeoutMs = TIMEOUT_MS, signal }: VersionOptions,
): Promise<EmbeddedStatus> {
  const { versionArgs } = toolInfo(tool);
  try {
    // It reads all that is in its folder.
    const { stdout, stderr } = await withTemporaryFolder(async (cwd) =>
      runTool({
        ...{ tool, timeoutMs, cwd, ...embedded(name, tool, versionArgs) },
        ...(signal === undefined ? {} : { signal }),
      }),
    );
    const version = parseVersion(tool, `${stdout}\n${stderr}`);
    if (version !== undefined) return { tool, package: name, state: 'ok', version };
    return { tool, package: name, state: 'broken', advice: 'it prints no version.' };
  } catch (error) {
    if (!(error instanceof Qs5Error)) throw error;
    return { tool, package: name, state: 'broken', advice: error.message };
  }
}
