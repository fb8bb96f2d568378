import { fstatSync, writeSync } from 'node:fs';
import { Qs5Error } from '../errors.js';

type StandardStream = Pick<NodeJS.WriteStream, 'write' | 'isTTY'> & { readonly fd: number };

/**
 * Writes to a standard stream of the process, whole or with an error.
 *
 * Node writes to a file or a device what fits, and does not look at how much that was; so those are
 * written here. Pipes and terminals may not take all at once, and are Node's.
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

/** What an error of a standard stream is to the user. */
export function streamError(fd: number, error: unknown): Qs5Error {
  const reason = error instanceof Error ? error.message : String(error);
  return new Qs5Error('E_OUTPUT', {
    subject: fd === 1 ? 'stdout' : 'stderr',
    message: `It cannot be written: ${reason}.`,
    hint: 'is the disk full? Send the output elsewhere.',
  });
}

/** Whether what is behind a stream takes all that is written, or fails. */
function isFile({ fd, isTTY }: StandardStream): boolean {
  try {
    const stats = fstatSync(fd);
    return stats.isFile() || (stats.isCharacterDevice() && !isTTY);
  } catch {
    return false;
  }
}
