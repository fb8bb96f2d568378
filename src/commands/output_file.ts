import { mkdir, rename, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { Qs5Error } from '../errors.js';

/**
 * Writes a file, and the folder that it is in; under another name first, so that a stop leaves the
 * old one.
 *
 * @throws E_OUTPUT
 */
export async function writeWhole(path: string, content: string | Uint8Array): Promise<void> {
  try {
    await mkdir(dirname(path), { recursive: true });
    await writeFile(`${path}.part`, content);
    await rename(`${path}.part`, path);
  } catch (error) {
    throw new Qs5Error('E_OUTPUT', {
      subject: path,
      message: `It cannot be written: ${error instanceof Error ? error.message : String(error)}.`,
      hint: 'name a file in a folder that can be written.',
    });
  }
}
