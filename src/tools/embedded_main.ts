/**
 * A program: a tool that comes as WebAssembly in an npm package, on the files of the current
 * folder. Arguments: package, tool, and the tool's own. Files that the tool leaves are written back.
 */
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Command, Exit, Tree } from '@yowasp/yosys';

/** Exports of the packages of that family. */
interface Package {
  readonly commands: Readonly<Record<string, Command>>;
  readonly Exit: typeof Exit;
}

function readTree(folder: string): Tree {
  return Object.fromEntries(
    readdirSync(folder, { withFileTypes: true }).map((entry) => {
      const path = join(folder, entry.name);
      return [entry.name, entry.isDirectory() ? readTree(path) : readFileSync(path)] as const;
    }),
  );
}

/** Writes what is new or has changed. */
function writeTree(folder: string, tree: Tree, before: Tree): void {
  for (const [name, value] of Object.entries(tree)) {
    const path = join(folder, name);
    const old = before[name];
    if (typeof value === 'string' || value instanceof Uint8Array) {
      const bytes = Buffer.from(value);
      if (old instanceof Uint8Array && bytes.equals(old)) continue;
      writeFileSync(path, bytes);
    } else {
      mkdirSync(path, { recursive: true });
      writeTree(path, value, isTree(old) ? old : {});
    }
  }
}

function isTree(value: Tree[string] | undefined): value is Tree {
  return typeof value === 'object' && !(value instanceof Uint8Array);
}

const [, , name = '', tool = '', ...args] = process.argv;
const { commands, Exit: Exited } = (await import(name)) as Package;
const command = commands[tool];
if (command === undefined) throw new Error(`${name} has no ${tool}`);
const files = readTree('.');
try {
  const left = await command(args, files, {
    stdout: (bytes) => {
      if (bytes !== null) process.stdout.write(bytes);
    },
    stderr: (bytes) => {
      if (bytes !== null) process.stderr.write(bytes);
    },
  });
  writeTree('.', left ?? {}, files);
} catch (error) {
  if (!(error instanceof Exited)) throw error;
  writeTree('.', error.files, files);
  process.exitCode = error.code;
}
