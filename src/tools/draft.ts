/**
 * Drafts: files and folders under a temporary name in the target folder. They are renamed at the
 * end, so that an interruption keeps the old content. The name has the number of the writing
 * process, which distinguishes drafts of a killed and a running process.
 */
import { createHash, randomBytes } from 'node:crypto';
import { lstat, readdir, readlink, realpath, rm } from 'node:fs/promises';
import { hostname } from 'node:os';
import { basename, dirname, join, resolve } from 'node:path';

/** Process numbers mean something on one machine only. */
const HOST = createHash('sha256').update(hostname()).digest('hex').slice(0, 8);

const DRAFT = /^\.(.+)\.qs5-draft-([0-9a-f]{8})-(\d+)-[0-9a-f]{8}$/;

/** Links that are followed one after the other, as the system does it. */
const MOST_LINKS = 40;

/** Name for a draft of a file or folder; each call gives another. */
export function draftOf(target: string): string {
  const unique = `${HOST}-${process.pid}-${randomBytes(4).toString('hex')}`;
  return join(dirname(target), `.${basename(target)}.qs5-draft-${unique}`);
}

/** Removes the drafts of a file or folder whose processes have ended. */
export async function removeLeftovers(target: string): Promise<void> {
  await removeDrafts(dirname(target), (of) => of === basename(target));
}

/** Removes all drafts in a folder whose processes have ended. */
export async function removeLeftoversIn(folder: string): Promise<void> {
  await removeDrafts(folder, () => true);
}

async function removeDrafts(folder: string, chosen: (of: string) => boolean): Promise<void> {
  for (const name of await readdir(folder).catch(() => [])) {
    const [, of = '', host, pid] = DRAFT.exec(name) ?? [];
    if (host !== HOST || !chosen(of) || isAlive(Number(pid))) continue;
    // Whoever else cleans up here may be quicker.
    await rm(join(folder, name), { recursive: true, force: true }).catch(() => undefined);
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // EPERM: a process of somebody else.
    return !(error instanceof Error && 'code' in error && error.code === 'ESRCH');
  }
}

/** Where a path leads, links followed, also to what is not there yet. Absolute. */
export async function realTarget(path: string): Promise<string> {
  let target = resolve(path);
  for (let i = 0; i < MOST_LINKS; i++) {
    const found = await lstat(target).catch(() => undefined);
    if (found === undefined) return target;
    if (!found.isSymbolicLink()) return realpath(target);
    target = resolve(dirname(target), await readlink(target));
  }
  throw new Error('too many links');
}
