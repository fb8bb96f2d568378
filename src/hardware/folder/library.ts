import { readdir, readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Root of the installed package, with rtl/, sim/ and testbenches/. */
export const PACKAGE_ROOT = fileURLToPath(new URL('../../..', import.meta.url));

/** Text of a file of the package. */
export async function packageFile(path: string): Promise<string> {
  return readFile(join(PACKAGE_ROOT, path), 'utf8');
}

/** Paths of the library modules inside the package, by module name: one module per file of rtl/. */
export async function libraryPaths(): Promise<ReadonlyMap<string, string>> {
  const files = await readdir(join(PACKAGE_ROOT, 'rtl'), { recursive: true });
  const sources = files.filter((file) => file.endsWith('.v')).sort();
  return new Map(sources.map((file) => [basename(file, '.v'), `rtl/${file}`]));
}

/** The library modules that some modules need, themselves included: name to text, sorted. */
export async function libraryModules(roots: Iterable<string>): Promise<Map<string, string>> {
  const paths = await libraryPaths();
  const found = new Map<string, string>();
  const queue = [...roots];
  for (let name = queue.pop(); name !== undefined; name = queue.pop()) {
    if (found.has(name)) continue;
    const path = paths.get(name);
    if (path === undefined) throw new Error(`no library module ${name}`);
    const text = await packageFile(path);
    found.set(name, text);
    // An instance names its module at the start of a line; comments name modules elsewhere.
    for (const [, used = ''] of text.matchAll(/^\s*(qs5_\w+)\s+(?:#|u_)/gm)) {
      if (paths.has(used)) queue.push(used);
    }
  }
  return new Map([...found].sort(([a], [b]) => (a < b ? -1 : 1)));
}
