import { cpSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import ts from 'typescript';

/**
 * Compiles src/ into `folder`, without type checks, and returns the path of its cli.js: what a
 * test starts as a process is never an old dist/.
 */
export function compileCli(folder: string): string {
  for (const name of ['node_modules', 'configs', 'rtl', 'sim', 'testbenches'])
    symlinkSync(resolve(name), join(folder, name));
  cpSync('package.json', join(folder, 'package.json'));
  const files = readdirSync('src', { recursive: true, encoding: 'utf8' });
  for (const file of files.filter((name) => name.endsWith('.ts'))) {
    const { outputText } = ts.transpileModule(readFileSync(join('src', file), 'utf8'), {
      compilerOptions: { module: ts.ModuleKind.ESNext, target: ts.ScriptTarget.ES2022 },
    });
    const target = join(folder, 'dist', file.replace(/ts$/, 'js'));
    mkdirSync(dirname(target), { recursive: true });
    writeFileSync(target, outputText);
  }
  return join(folder, 'dist', 'cli.js');
}
