/**
 * Ends a program together with everything it has started.
 *
 * Each tool runs as the leader of its own process group, so a kill reaches its children; a
 * terminal's Ctrl-C does not, which is why the groups that are alive are also ended when qs5
 * itself exits.
 */
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

/** Remembers a group until `forgetGroup`; it is killed if qs5 exits before that. */
export function rememberGroup(pid: number): void {
  alive.add(pid);
  if (hooked) return;
  hooked = true;
  process.on('exit', () => {
    for (const group of alive) signalGroup(group, 'SIGKILL');
  });
}

export function forgetGroup(pid: number): void {
  alive.delete(pid);
}

/** Asks a group to end; whoever is left after 0.3 s is killed. Resolves when that is done. */
export async function endGroup(pid: number): Promise<void> {
  if (!signalGroup(pid, 'SIGTERM')) return;
  await new Promise((done) => setTimeout(done, GRACE_MS));
  signalGroup(pid, 'SIGKILL');
}
