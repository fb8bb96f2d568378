import { chmod, mkdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { Qs5Error } from '../../base/errors.js';
import { draftOf, realTarget, removeLeftovers } from '../../tools/draft.js';

/**
 * Writes a file, and creates its folder. The content goes to a draft first, so an interruption keeps
 * the old file. A link or a device is kept, and its target is written.
 *
 * @throws E_OUTPUT
 */
export async function writeWhole(path: string, content: string | Uint8Array): Promise<void> {
  let draft: string | undefined;
  try {
    const target = await realTarget(path);
    const before = await stat(target).catch(() => undefined);
    if (before !== undefined && !before.isFile()) {
      await writeFile(target, content);
      return;
    }
    await mkdir(dirname(target), { recursive: true });
    await removeLeftovers(target);
    draft = draftOf(target);
    await writeFile(draft, content);
    if (before !== undefined) await chmod(draft, before.mode & 0o777);
    await rename(draft, target);
  } catch (error) {
    if (draft !== undefined) await rm(draft, { force: true }).catch(() => undefined);
    throw new Qs5Error('E_OUTPUT', {
      subject: path,
      message: `The file cannot be written: ${error instanceof Error ? error.message : String(error)}.`,
      hint: 'name a file in a writable folder.',
    });
  }
}
