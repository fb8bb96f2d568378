/**
 * Time and memory of the processes of a tool, from /proc, else from `ps`.
 *
 * A tool leads its own session, so all that it starts is found by that number, also where a shell
 * below it makes process groups of its own.
 */
import { execFile } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { promisify } from 'node:util';

/** Time and memory of the processes of one session. */
export interface Usage {
  /** Processor time of the living processes and of the children that they waited for, ms. */
  readonly cpuMs: number;
  readonly memoryBytes: number;
  /** True where a process runs, waits for a processor or waits for a disk. */
  readonly ready: boolean;
}

interface Entry {
  readonly pid: number;
  readonly session: number;
  /** Letter of the state: R runs or waits for a processor, D waits for a disk. */
  readonly state: string;
  readonly cpuMs: number;
}

/** Length of the unit in which Linux counts processor time, ms: 100 a second for every program. */
const TICK_MS = 10;
const KIB = 1024;

/** Usage of sessions; undefined where the system does not give it. */
export async function readUsage(
  sessions: ReadonlySet<number>,
): Promise<ReadonlyMap<number, Usage> | undefined> {
  return usageFromProc(sessions) ?? (await usageFromPs(sessions));
}

/** Ids of the living processes of a session; empty where there is no /proc. */
export function sessionMembers(session: number): number[] {
  return (readEntries() ?? []).filter((entry) => entry.session === session).map(({ pid }) => pid);
}

/** The same as `readUsage`, from /proc alone. */
export function usageFromProc(
  sessions: ReadonlySet<number>,
): ReadonlyMap<number, Usage> | undefined {
  const entries = readEntries()?.filter(({ session }) => sessions.has(session));
  return entries && total(entries.map((entry) => ({ ...entry, ...detailsOf(entry) })));
}

function readEntries(): Entry[] | undefined {
  try {
    const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
    const entries = pids.flatMap((pid) => parseStat(textOf(`/proc/${pid}/stat`)) ?? []);
    return entries.length === 0 ? undefined : entries;
  } catch {
    return undefined;
  }
}

/** Text of a file of /proc; empty where the process has ended. */
function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}

/** One line of /proc/<pid>/stat. The name in brackets may hold anything. */
export function parseStat(line: string): Entry | undefined {
  const [, pid] = /^(\d+) \(/.exec(line) ?? [];
  const fields = line.slice(line.lastIndexOf(')') + 2).split(' ');
  const [state = '', , , session] = fields;
  if (pid === undefined || session === undefined) return undefined;
  // utime, stime, cutime, cstime
  const ticks = fields.slice(11, 15).reduce((sum, field) => sum + Number(field), 0);
  return { pid: Number(pid), session: Number(session), state, cpuMs: TICK_MS * ticks };
}

function detailsOf({ pid, state }: Entry): { memoryBytes: number; ready: boolean } {
  const status = textOf(`/proc/${pid}/status`);
  const kib = (key: string) => Number(new RegExp(`^${key}:\\s+(\\d+) kB$`, 'm').exec(status)?.[1]);
  // Pages of files are the system's to take back; what was swapped out is used all the same.
  const own = kib('RssAnon') + kib('VmSwap');
  const memoryBytes = KIB * (Number.isNaN(own) ? kib('VmRSS') || 0 : own);
  return { memoryBytes, ready: isReady(state) || threadIsReady(pid) };
}

function isReady(state: string): boolean {
  return state.startsWith('R') || state.startsWith('D') || state.startsWith('U');
}

/** The state of a process is that of its first thread alone. */
function threadIsReady(pid: number): boolean {
  try {
    return readdirSync(`/proc/${pid}/task`).some((thread) =>
      isReady(parseStat(textOf(`/proc/${pid}/task/${thread}/stat`))?.state ?? ''),
    );
  } catch {
    return false;
  }
}

/** The same as `readUsage`, from `ps` as POSIX has it, by process group. */
export async function usageFromPs(
  sessions: ReadonlySet<number>,
): Promise<ReadonlyMap<number, Usage> | undefined> {
  const columns = ['pid=', 'pgid=', 'state=', 'time=', 'rss='].flatMap((name) => ['-o', name]);
  const env = { ...process.env, LC_ALL: 'C' };
  try {
    const { stdout } = await promisify(execFile)('ps', ['-A', ...columns], { env });
    const entries = stdout.split('\n').flatMap((line) => parsePsLine(line) ?? []);
    return total(entries.filter(({ session }) => sessions.has(session)));
  } catch {
    return undefined;
  }
}

/** `  12   12 R+ 1-00:00:01.50  2048` */
export function parsePsLine(
  line: string,
): (Entry & { memoryBytes: number; ready: boolean }) | undefined {
  const [pid, session, state, time, rss] = line.trim().split(/\s+/);
  if (pid === undefined || session === undefined || state === undefined) return undefined;
  if (time === undefined || rss === undefined) return undefined;
  const [, days = '0', clock = ''] = /^(?:(\d+)-)?([\d:.]+)$/.exec(time) ?? [];
  const seconds = clock.split(':').reduce((sum, part) => 60 * sum + Number(part), 0);
  return {
    ...{ pid: Number(pid), session: Number(session), state },
    cpuMs: 1000 * (86_400 * Number(days) + seconds),
    memoryBytes: KIB * Number(rss),
    ready: isReady(state),
  };
}

function total(entries: readonly (Usage & Pick<Entry, 'session'>)[]): ReadonlyMap<number, Usage> {
  const usage = new Map<number, Usage>();
  for (const { session, cpuMs, memoryBytes, ready } of entries) {
    const sum = usage.get(session) ?? { cpuMs: 0, memoryBytes: 0, ready: false };
    usage.set(session, {
      cpuMs: sum.cpuMs + cpuMs,
      memoryBytes: sum.memoryBytes + memoryBytes,
      ready: sum.ready || ready,
    });
  }
  return usage;
}
