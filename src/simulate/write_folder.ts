import {
  chmod,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rename,
  rm,
  stat,
  writeFile,
} from 'node:fs/promises';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { Qs5Error } from '../errors.js';
import type { Files } from './files.js';

/** The file by which a folder is known as one of ours, to be replaced by the next run. */
export const MANIFEST = 'manifest.json';

/** Writes files below a folder that exists. */
export async function writeFiles(folder: string, files: Files): Promise<void> {
  for (const [path, text] of files) {
    const target = join(folder, path);
    await mkdir(dirname(target), { recursive: true });
    await writeFile(target, text);
  }
}

/**
 * Writes a folder whole or not at all: beside its place, then renamed. A folder that has our
 * manifest is replaced; an empty one too.
 *
 * @throws E_OUTPUT when something else is there, or it cannot be written.
 */
export async function writeFolder(folder: string, files: Files): Promise<void> {
  const target = resolve(folder);
  await checkReplaceable(target, folder);
  let draft: string | undefined;
  try {
    await mkdir(dirname(target), { recursive: true });
    draft = await mkdtemp(join(dirname(target), `.${basename(target)}-`));
    await writeFiles(draft, files);
    // mkdtemp makes folders for its owner alone; this one is to be like any other.
    await chmod(draft, 0o755);
    await rm(target, { recursive: true, force: true });
    await rename(draft, target);
  } catch (error) {
    if (draft !== undefined) await rm(draft, { recursive: true, force: true });
    throw new Qs5Error('E_OUTPUT', {
      subject: folder,
      message: `The folder cannot be written: ${error instanceof Error ? error.message : String(error)}.`,
      hint: 'check that its parent exists and is yours to write.',
    });
  }
}

/** Only what qs5 wrote, or nothing at all, may be replaced. */
async function checkReplaceable(target: string, shown: string): Promise<void> {
  const manifest = await readFile(join(target, MANIFEST), 'utf8').catch(() => '');
  if (manifest.includes('"generator": "qs5')) {
    const foreign = await foreignFiles(target, manifest);
    if (foreign.length === 0) return;
    throw new Qs5Error('E_OUTPUT', {
      subject: shown,
      message: `The folder holds files beside those of qs5: ${foreign.slice(0, 5).join(', ')}.`,
      hint: 'move them elsewhere, or name a new folder.',
    });
  }
  const found = await stat(target).catch(() => undefined);
  if (found === undefined) return;
  if (found.isDirectory() && (await readdir(target)).length === 0) return;
  throw new Qs5Error('E_OUTPUT', {
    subject: shown,
    message: found.isDirectory()
      ? 'The folder holds files that qs5 did not write.'
      : 'There is a file of this name.',
    hint: 'name a new folder, or empty this one.',
  });
}

/** What simulation and synthesis by hand leave in a folder; it may be replaced with it. */
const LEFTOVERS =
  /^verilator\/|^synth\/out\/|^\.Xil\/|^vivado.*\.(?:log|jou)$|\.vvp$|\.vcd$|\.fst$/;

/** Files below a folder that neither its manifest names nor simulation or synthesis left there. */
async function foreignFiles(folder: string, manifest: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const paths = entries
    .filter((entry) => !entry.isDirectory())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)).replaceAll('\\', '/'));
  return paths.filter(
    (path) =>
      path !== MANIFEST && !manifest.includes(`${JSON.stringify(path)}:`) && !LEFTOVERS.test(path),
  );
}
