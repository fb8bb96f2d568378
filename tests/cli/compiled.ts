import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import ts from 'typescript';

/**
 * Path of cli.js, made of src/ without type checks: what a test starts as a process is never an old
 * dist/. The first test of a run that needs the program compiles it.
 */
export function compileCli(): string {
  const root = process.env['QS5_TEST_FOLDER'];
  if (root === undefined) throw new Error('global_setup.ts has not run');
  const compiled = join(root, 'compiled');
  if (!existsSync(compiled)) {
    const draft = mkdtempSync(join(root, 'compiling-'));
    compileInto(draft);
    try {
      renameSync(draft, compiled);
    } catch {
      // Another test file was quicker.
      rmSync(draft, { recursive: true });
    }
  }
  return join(compiled, 'dist', 'cli.js');
}

function compileInto(folder: string): void {
  for (const name of ['node_modules', 'configs', 'rtl', 'sim', 'testbenches'])
    symlinkSync(resolve(name), join(folder, name));
  copyFileSync('package.json', join(folder, 'package.json'));
  const files = readdirSync('src', { recursive: true, encoding: 'utf8' });
  for (const file of files.filter((name) => name.endsWith('.ts'))) {
    const { outputText } = ts.transpileModule(readFileSync(join('src', file), 'utf8'), {
      compilerOptions: { module: ts.ModuleKind.ESNext, target: ts.ScriptTarget.ES2022 },
    });
    const target = join(folder, 'dist', file.replace(/ts$/, 'js'));
    mkdirSync(dirname(target), { recursive: true });
    writeFileSync(target, outputText);
  }
}
