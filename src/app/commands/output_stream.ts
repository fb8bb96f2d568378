import { fstatSync, writeSync } from 'node:fs';
import { Qs5Error } from '../../base/errors.js';

type StandardStream = Pick<NodeJS.WriteStream, 'write' | 'isTTY'> & { readonly fd: number };

/**
 * Writes to a standard stream of the process, whole or with an error.
 *
 * Node ignores a partial write to a file or a device, so this function loops over these itself. Pipes
 * and terminals may accept a part at a time, and Node handles them.
 *
 * @throws E_OUTPUT
 */
export function writeStream(stream: StandardStream, text: string): void {
  if (!isFile(stream)) {
    stream.write(text);
    return;
  }
  const bytes = Buffer.from(text);
  try {
    for (let at = 0; at < bytes.length;) at += writeSync(stream.fd, bytes, at);
  } catch (error) {
    throw streamError(stream.fd, error);
  }
}

/** The user's error for a failed standard stream. */
export function streamError(fd: number, error: unknown): Qs5Error {
  const reason = error instanceof Error ? error.message : String(error);
  return new Qs5Error('E_OUTPUT', {
    subject: fd === 1 ? 'stdout' : 'stderr',
    message: `The stream cannot be written: ${reason}.`,
    hint: 'check for a full disk, or redirect the output.',
  });
}

/** True for a file or a device. Its writes are complete, or fail. */
function isFile({ fd, isTTY }: StandardStream): boolean {
  try {
    const stats = fstatSync(fd);
    return stats.isFile() || (stats.isCharacterDevice() && !isTTY);
  } catch {
    return false;
  }
}
