import { constants } from 'node:fs';
import { access, stat } from 'node:fs/promises';
import { delimiter, join, resolve } from 'node:path';
import { Qs5Error } from '../base/errors.js';
import { installHint, toolInfo } from './registry.js';
import type { ToolName } from './registry.js';

/** Environment variables by name. */
export type Environment = Readonly<Record<string, string | undefined>>;

async function isProgram(path: string): Promise<boolean> {
  try {
    await access(path, constants.X_OK);
    return (await stat(path)).isFile();
  } catch {
    return false;
  }
}

/** Absolute path of a tool: its override variable, else the first hit on PATH. */
export async function findTool(
  name: ToolName,
  env: Environment = process.env,
): Promise<string | undefined> {
  const override = env[toolInfo(name).override];
  if (override !== undefined && override !== '') {
    const path = resolve(override);
    return (await isProgram(path)) ? path : undefined;
  }
  for (const folder of (env['PATH'] ?? '').split(delimiter)) {
    if (folder === '') continue;
    const path = resolve(join(folder, name));
    if (await isProgram(path)) return path;
  }
  return undefined;
}

/** Like `findTool`; a tool that is not there is E_TOOL_MISSING with how to install it. */
export async function requireTool(name: ToolName, env: Environment = process.env): Promise<string> {
  const path = await findTool(name, env);
  if (path !== undefined) return path;
  const { override, purpose } = toolInfo(name);
  const named = env[override];
  const where =
    named === undefined || named === ''
      ? 'is not on PATH'
      : `is not where ${override} says, ${named}`;
  throw new Qs5Error('E_TOOL_MISSING', {
    message: `${name} ${where}. It is needed for: ${purpose}.`,
    hint: installHint(name),
    subject: name,
  });
}
