/**
 * Ends a program together with everything it has started.
 *
 * Each tool runs as the leader of its own session and process group, so a kill reaches its
 * children. Ctrl-C of a terminal does not reach the group. Living groups are therefore ended when
 * qs5 exits, and by the watchdog when qs5 is killed.
 */
import { sessionMembers } from './processes.js';
import { guardSession, releaseSession } from './watchdog.js';

const alive = new Set<number>();
let hooked = false;

/** Time between asking and killing, ms. */
const GRACE_MS = 300;

function signalGroup(pid: number, signal: NodeJS.Signals): boolean {
  try {
    process.kill(-pid, signal);
    return true;
  } catch {
    return false;
  }
}

/** Remembers a group until `forgetGroup`; it is killed if qs5 ends before that, however it does. */
export function rememberGroup(pid: number): void {
  alive.add(pid);
  guardSession(pid);
  if (hooked) return;
  hooked = true;
  process.on('exit', () => {
    for (const group of alive) signalGroup(group, 'SIGKILL');
  });
}

export function forgetGroup(pid: number): void {
  alive.delete(pid);
  releaseSession(pid);
}

/**
 * Asks a group to end; whoever is left after 0.3 s is killed, with groups that a shell below made
 * in its session. Resolves when that is done.
 */
export async function endGroup(pid: number): Promise<void> {
  signalGroup(pid, 'SIGTERM');
  await new Promise((done) => setTimeout(done, GRACE_MS));
  signalGroup(pid, 'SIGKILL');
  for (const member of sessionMembers(pid)) {
    try {
      process.kill(member, 'SIGKILL');
    } catch {
      // It has ended meanwhile.
    }
  }
}
