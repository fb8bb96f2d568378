import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import type { ToolOptions } from './run.js';

/** How to run a tool that comes as WebAssembly in an npm package: part of `ToolOptions`. */
export function embedded(
  name: string,
  tool: string,
  args: readonly string[],
): Pick<ToolOptions, 'program' | 'args'> {
  // A process of its own, so that it can be ended. Tests run the sources, which only a build
  // makes into something that Node can start.
  const main = import.meta.url.replace('/src/tools/', '/dist/tools/');
  const path = fileURLToPath(new URL('./embedded_main.js', main));
  return { program: process.execPath, args: ['--no-warnings', path, name, tool, ...args] };
}

/** True where an npm package is installed. */
export function isInstalled(name: string): boolean {
  try {
    createRequire(import.meta.url).resolve(name);
    return true;
  } catch {
    return false;
  }
}
