import { totalmem } from 'node:os';
import { Qs5Error } from '../base/errors.js';
import type { Environment } from './find.js';
import { readUsage, type Usage } from './processes.js';

/** Why a tool is ended before it ends by itself. */
export type Excess = 'time' | 'memory';

/** Time between two looks at the tools, ms. */
const TICK_MS = 250;
/** Looks may take this part of qs5's time. */
const SHARE = 0.05;
/** Nothing runs longer than its limit times this by the wall clock: a disk may hang. */
export const WALL_FACTOR = 20;

/**
 * The time that counts towards a limit between two samples, ms. While a process of the tool could
 * run, its CPU time counts, so waiting for a busy CPU is free. While all of them sleep, wall time
 * counts, to end a deadlock. It counts for at most two ticks, because a late sample means that qs5
 * itself had to wait.
 *
 * @param before Processor time at the look before, ms.
 * @param usage undefined where the system tells nothing: then the wall clock counts.
 */
export function countedMs(
  before: number,
  usage: Usage | undefined,
  wallMs: number,
  tickMs: number,
): number {
  const spent = usage === undefined ? 0 : Math.max(0, usage.cpuMs - before);
  if (usage?.ready === true) return Math.min(spent, wallMs);
  return Math.max(Math.min(spent, wallMs), Math.min(wallMs, 2 * tickMs));
}

export interface Limits {
  /** Longest time of the tool's own, ms: see `countedMs`. */
  readonly timeMs: number;
  readonly memoryBytes: number;
}

interface Watched extends Limits {
  readonly onExcess: (why: Excess) => void;
  readonly start: number;
  cpuMs: number;
  countedMs: number;
}

const watched = new Map<number, Watched>();
let timer: NodeJS.Timeout | undefined;
/** When the next look is due, and when the last one was, ms. */
let due = Infinity;
let last = 0;

/** Watches a session until `unwatch`; `onExcess` is called once. */
export function watch(session: number, limits: Limits, onExcess: (why: Excess) => void): void {
  const start = performance.now();
  watched.set(session, { ...limits, onExcess, start, cpuMs: 0, countedMs: 0 });
  if (watched.size === 1) last = start;
  if (start + tickMs() < due) schedule(tickMs());
}

export function unwatch(session: number): void {
  watched.delete(session);
  if (watched.size > 0) return;
  clearTimeout(timer);
  due = Infinity;
}

/** Time until the next look, ms: short limits are looked at more often. */
function tickMs(): number {
  const shortest = Math.min(...[...watched.values()].map(({ timeMs }) => timeMs));
  return Math.min(TICK_MS, Math.max(20, shortest / 10));
}

function schedule(delay: number): void {
  clearTimeout(timer);
  due = performance.now() + delay;
  timer = setTimeout(() => void look(), delay);
}

async function look(): Promise<void> {
  const start = performance.now();
  const wallMs = start - last;
  last = start;
  due = Infinity;
  const tick = tickMs();
  const usage = await readUsage(new Set(watched.keys()));
  for (const [session, one] of watched) {
    const used = usage?.get(session);
    // One that was started meanwhile has not been there all the time.
    const passed = Math.min(wallMs, start - one.start);
    one.countedMs += countedMs(one.cpuMs, used, Math.max(0, passed), tick);
    one.cpuMs = Math.max(one.cpuMs, used?.cpuMs ?? 0);
    const late = start - one.start > WALL_FACTOR * one.timeMs;
    const why =
      (used?.memoryBytes ?? 0) > one.memoryBytes
        ? 'memory'
        : late || one.countedMs > one.timeMs
          ? 'time'
          : undefined;
    if (why === undefined) continue;
    unwatch(session);
    one.onExcess(why);
  }
  if (watched.size > 0) schedule(Math.max(tickMs(), (performance.now() - start) / SHARE));
}

/** Environment variable with the most memory of a tool and all that it starts, GiB. */
export const MEMORY_VARIABLE = 'QS5_TOOL_MEMORY';
const GIB = 2 ** 30;
/** The default, GiB; no more than half of the memory of the machine. */
const MEMORY_GIB = 8;

/** The most memory of a tool, bytes. Throws E_USAGE where the variable holds no number above 0. */
export function memoryLimit(env: Environment = process.env): number {
  const text = env[MEMORY_VARIABLE] ?? '';
  if (text === '') return Math.min(MEMORY_GIB * GIB, totalMemory() / 2);
  const gib = Number(text);
  if (Number.isFinite(gib) && gib > 0) return gib * GIB;
  throw new Qs5Error('E_USAGE', {
    subject: MEMORY_VARIABLE,
    message: `Found ${JSON.stringify(text)} where a number of GiB greater than 0 is allowed.`,
    hint: `unset ${MEMORY_VARIABLE}, or set it to, say, ${MEMORY_GIB}.`,
  });
}

/** Memory of the machine, or of the container that qs5 runs in, bytes. */
function totalMemory(): number {
  // 0, or more than the machine has, where nothing constrains it.
  const constrained = process.constrainedMemory();
  return constrained > 0 ? Math.min(constrained, totalmem()) : totalmem();
}
