import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { Qs5Error } from '../../base/errors.js';
import { draftOf, realTarget, removeLeftovers } from '../../tools/draft.js';
import { sha256, type FolderFiles } from './files.js';
import { MANIFEST, readManifest, type Manifest } from './manifest.js';

/** Writes files below a folder that exists. */
export async function writeFiles(folder: string, files: FolderFiles): Promise<void> {
  for (const [path, content] of files) {
    const target = join(folder, path);
    await mkdir(dirname(target), { recursive: true });
    await writeFile(target, content);
  }
}

/** Changes in a folder that a run wants to replace. */
interface Changes {
  /** Files that are not as qs5 wrote them. */
  readonly edited: readonly string[];
  /** Files that neither qs5 nor simulation or synthesis by hand left there. */
  readonly added: readonly string[];
}

/**
 * Writes a folder completely or not at all: the files go to a draft, which is then renamed. An empty
 * folder is replaced. So is a folder with a manifest of qs5 and without changes by others. A link to a
 * folder stays a link.
 *
 * @param force Replace a folder of qs5 even if its files were changed.
 * @throws E_OUTPUT if anything else has this name, or the folder cannot be written.
 */
export async function writeFolder(
  folder: string,
  files: FolderFiles,
  { force = false } = {},
): Promise<void> {
  const drafts: string[] = [];
  try {
    const target = await realTarget(folder);
    await checkReplaceable(target, folder, force);
    await mkdir(dirname(target), { recursive: true });
    await removeLeftovers(target);
    const [draft, old] = [draftOf(target), draftOf(target)];
    drafts.push(draft);
    await mkdir(draft);
    await writeFiles(draft, files);
    // The old folder is kept until the new one has its name.
    const there = await rename(target, old).then(
      () => true,
      () => false,
    );
    try {
      await rename(draft, target);
    } catch (error) {
      if (there) await rename(old, target);
      throw error;
    }
    if (there) drafts.push(old);
  } catch (error) {
    if (error instanceof Qs5Error) throw error;
    throw new Qs5Error('E_OUTPUT', {
      subject: folder,
      message: `The folder cannot be written: ${error instanceof Error ? error.message : String(error)}.`,
      hint: 'check that its parent exists and is yours to write.',
    });
  } finally {
    for (const draft of drafts) await rm(draft, { recursive: true, force: true });
  }
}

/** @throws E_OUTPUT unless the target is absent, empty, or a folder of qs5 that may be replaced. */
async function checkReplaceable(target: string, shown: string, force: boolean): Promise<void> {
  const manifest = await readManifest(target);
  if (manifest !== undefined) {
    const { edited, added } = await changesIn(target, manifest);
    if (force || edited.length + added.length === 0) return;
    throw new Qs5Error('E_OUTPUT', {
      subject: shown,
      message: [
        ...(edited.length === 0 ? [] : [`Files were edited: ${listed(edited)}.`]),
        ...(added.length === 0 ? [] : [`Files were added: ${listed(added)}.`]),
      ].join(' '),
      hint: 'move them elsewhere, name a new folder, or add --force to lose them.',
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

/** Most files that a message names. */
const MOST_NAMED = 8;

function listed(paths: readonly string[]): string {
  const more = paths.length - MOST_NAMED;
  const named = paths.slice(0, MOST_NAMED).join(', ');
  return more > 0 ? `${named} and ${more} more` : named;
}

/** Files that simulation and synthesis by hand leave in a folder; they may be replaced. */
const LEFTOVERS =
  /^verilator\/|^synth\/out\/|^\.Xil\/|^vivado.*\.(?:log|jou)$|\.vvp$|\.vcd$|\.fst$/;

/** Changes by others in a folder of qs5. A removed file does not count: its loss costs no work. */
async function changesIn(folder: string, manifest: Manifest): Promise<Changes> {
  const edited: string[] = [];
  const added: string[] = [];
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  for (const entry of entries) {
    if (entry.isDirectory()) continue;
    const file = join(entry.parentPath, entry.name);
    const path = relative(folder, file).replaceAll('\\', '/');
    const hash = manifest.files[path];
    if (hash !== undefined) {
      if (sha256(await readFile(file)) !== hash) edited.push(path);
    } else if (path !== MANIFEST && !LEFTOVERS.test(path)) {
      added.push(path);
    }
  }
  return { edited: edited.sort(), added: added.sort() };
}
