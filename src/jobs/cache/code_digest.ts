import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as z from 'zod';

const packageFile = z.object({
  version: z.string(),
  dependencies: z.record(z.string(), z.string()).default({}),
});

/** The folder of all modules of qs5: dist/, or src/ under the tests. */
const MODULES = fileURLToPath(new URL('../..', import.meta.url));

/**
 * Digest of everything that computes: each module of qs5, the versions of the packages that it
 * uses, and the engine that runs it (`Math.exp` differs from one V8 to another).
 */
export function codeDigest(modules = MODULES): string {
  const hash = createHash('sha256');
  const names = readdirSync(modules, { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.[jt]s$/.test(name) && !name.endsWith('.d.ts'))
    .sort();
  for (const name of names) {
    const text = readFileSync(join(modules, name));
    hash.update(`${name}\n${text.length}\n`).update(text);
  }
  const root = dirname(modules);
  const own = packageFile.parse(JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')));
  const used = Object.keys(own.dependencies).map((name) => `${name} ${versionOf(name, root)}`);
  const { v8 } = process.versions;
  return hash.update([own.version, ...used, v8, process.arch].join('\n')).digest('hex');
}

/** Version of an installed package, as Node finds it from a folder. */
function versionOf(name: string, folder: string): string {
  const file = join(folder, 'node_modules', name, 'package.json');
  if (existsSync(file)) return packageFile.parse(JSON.parse(readFileSync(file, 'utf8'))).version;
  const above = dirname(folder);
  return above === folder ? 'none' : versionOf(name, above);
}
