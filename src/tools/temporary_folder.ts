import { constants } from 'node:fs';
import { access, mkdtemp, rm, stat, statfs } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Qs5Error } from '../base/errors.js';
import { guardFolder, releaseFolder } from './watchdog.js';

/** With less room than this left, what was written last may be cut off, bytes. */
const LEAST_ROOM = 64 * 1024;

/**
 * Calls `use` with a new folder, and removes the folder in any case, also when qs5 is killed.
 *
 * @throws E_OUTPUT where there is no such folder to be had, and where it has no room left: a tool
 * that fails for that says many things
 */
export async function withTemporaryFolder<T>(use: (folder: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'qs5-')).catch(async (error: unknown) => {
    throw (await temporaryFolderProblem()) ?? cannotBeUsed(reasonOf(error));
  });
  guardFolder(folder);
  try {
    return await use(folder);
  } catch (error) {
    throw (await diskProblem(error, folder)) ?? error;
  } finally {
    await rm(folder, { recursive: true, force: true });
    releaseFolder(folder);
  }
}

/** The reason why the folder for temporary files cannot be used; undefined if it can. */
export async function temporaryFolderProblem(
  folder: string = tmpdir(),
): Promise<Qs5Error | undefined> {
  try {
    if (!(await stat(folder)).isDirectory()) return cannotBeUsed('it is not a folder', folder);
    await access(folder, constants.W_OK | constants.X_OK);
  } catch (error) {
    return cannotBeUsed(reasonOf(error), folder);
  }
  return (await isFull(folder)) ? cannotBeUsed('it has no room left', folder) : undefined;
}

async function isFull(folder: string): Promise<boolean> {
  try {
    const { blocks, bavail, bsize, files, ffree } = await statfs(folder);
    return (blocks > 0 && bavail * bsize < LEAST_ROOM) || (files > 0 && ffree === 0);
  } catch {
    return false;
  }
}

/**
 * The disk's part in an error of what ran in a folder: of the system, or of a tool, which fails in
 * many ways where it cannot write.
 */
export async function diskProblem(
  error: unknown,
  folder: string = tmpdir(),
): Promise<Qs5Error | undefined> {
  if (isSystemError(error)) {
    const ours = error.path?.startsWith(folder) !== false && isDiskCode(error.code);
    return ours ? cannotBeUsed(reasonOf(error)) : undefined;
  }
  if (!(error instanceof Qs5Error) || !error.code.startsWith('E_TOOL')) return undefined;
  const problem = (await isFull(folder))
    ? cannotBeUsed('it has no room left', folder)
    : await temporaryFolderProblem();
  if (problem === undefined) return undefined;
  const message = `${problem.message} Then:\n${error.message}`;
  return new Qs5Error(problem.code, { ...problem.details, message });
}

function isSystemError(error: unknown): error is NodeJS.ErrnoException {
  return error instanceof Error && 'code' in error && 'syscall' in error;
}

/** Reasons, by the system's codes, for which a file cannot be written. */
const DISK_REASONS: Readonly<Record<string, string>> = {
  ENOSPC: 'it has no room left',
  EDQUOT: 'the quota of disk space is used up',
  EROFS: 'it is read-only',
  EACCES: 'permission denied',
  EPERM: 'permission denied',
  ENOENT: 'there is no such folder',
  ENOTDIR: 'it is not a folder',
  EIO: 'the disk has an error',
  EFBIG: 'a file would become larger than allowed',
};

function isDiskCode(code: string | undefined): boolean {
  return code !== undefined && Object.hasOwn(DISK_REASONS, code);
}

function reasonOf(error: unknown): string {
  const code = isSystemError(error) ? error.code : undefined;
  return DISK_REASONS[code ?? ''] ?? (error instanceof Error ? error.message : String(error));
}

function cannotBeUsed(reason: string, folder: string = tmpdir()): Qs5Error {
  return new Qs5Error('E_OUTPUT', {
    subject: folder,
    message: `The folder for temporary files cannot be used: ${reason}.`,
    hint: 'set TMPDIR to a folder that exists, is yours to write and has some hundred MiB free.',
  });
}
