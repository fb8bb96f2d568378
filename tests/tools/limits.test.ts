import { spawn, type ChildProcess } from 'node:child_process';
import { availableParallelism, totalmem } from 'node:os';
import { describe, expect, it } from 'vitest';
import { countedMs, memoryLimit } from '../../src/tools/limits.js';
import {
  parsePsLine,
  parseStat,
  readUsage,
  usageFromProc,
  usageFromPs,
} from '../../src/tools/processes.js';
import { runTool } from '../../src/tools/run.js';
import { script, temporaryFolder } from './fake_tools.js';

const usage = (cpuMs: number, ready: boolean) => ({ cpuMs, ready, memoryBytes: 0 });

describe('the time that counts', () => {
  it.each([
    ['all of it for a tool that computes', 1000, usage(1250, true), 250, 250],
    ['its share of a busy processor', 1000, usage(1020, true), 250, 20],
    ['nothing while it waits for a processor', 1000, usage(1000, true), 60_000, 0],
    ['the wall clock at most, on many processors', 1000, usage(2000, true), 250, 250],
    ['the wall clock while all of it sleeps', 1000, usage(1000, false), 250, 250],
    ['two ticks at most of that: qs5 had to wait too', 1000, usage(1000, false), 60_000, 500],
    ['CPU time before it slept', 1000, usage(4000, false), 5000, 3000],
    ['the wall clock where the system tells nothing', 1000, undefined, 250, 250],
    ['nothing backwards', 1000, usage(900, true), 250, 0],
  ] as const)('%s', (_what, before, now, wallMs, expected) => {
    expect(countedMs(before, now, wallMs, 250)).toBe(expected);
  });
});

/** A session of its own that runs a shell command. */
function session(body: string): ChildProcess & { readonly pid: number } {
  const child = spawn('/bin/sh', ['-c', body], { detached: true, stdio: 'ignore' });
  if (child.pid === undefined) throw new Error('not started');
  return child as ChildProcess & { readonly pid: number };
}

async function sleep(ms: number): Promise<void> {
  await new Promise((done) => setTimeout(done, ms));
}

describe('usage of processes', () => {
  it.each([
    ['/proc', usageFromProc],
    ['ps', usageFromPs],
  ])('%s tells it of a session with its children', async (_name, read) => {
    const child = session('while :; do :; done & while :; do :; done');
    try {
      let used = (await read(new Set([child.pid])))?.get(child.pid);
      for (let i = 0; i < 600 && (used?.cpuMs ?? 0) < 2000; i++) {
        await sleep(100);
        used = (await read(new Set([child.pid])))?.get(child.pid);
      }
      expect(used?.cpuMs).toBeGreaterThanOrEqual(2000);
      expect(used?.ready).toBe(true);
      expect(used?.memoryBytes).toBeGreaterThan(50_000);
      expect(used?.memoryBytes).toBeLessThan(100_000_000);
    } finally {
      process.kill(-child.pid, 'SIGKILL');
    }
  });

  it('knows who sleeps', async () => {
    const child = session('sleep 3600');
    try {
      let used = (await readUsage(new Set([child.pid])))?.get(child.pid);
      // A shell has to start first.
      for (let i = 0; i < 6000 && used?.ready !== false; i++) {
        await sleep(50);
        used = (await readUsage(new Set([child.pid])))?.get(child.pid);
      }
      expect(used).toMatchObject({ ready: false });
      expect(used?.cpuMs).toBeLessThan(300);
    } finally {
      process.kill(-child.pid, 'SIGKILL');
    }
  });

  it('counts the children that a shell has waited for', async () => {
    const busy = 'i=0; while [ $i -lt 300000 ]; do i=$((i+1)); done';
    const child = session(`/bin/sh -c '${busy}'; sleep 60`);
    try {
      let used = usageFromProc(new Set([child.pid]))?.get(child.pid);
      for (let i = 0; i < 600 && (used === undefined || used.ready || used.cpuMs === 0); i++) {
        await sleep(100);
        used = usageFromProc(new Set([child.pid]))?.get(child.pid);
      }
      expect(used?.ready).toBe(false);
      expect(used?.cpuMs).toBeGreaterThan(50);
    } finally {
      process.kill(-child.pid, 'SIGKILL');
    }
  });

  it('reads names that look like fields', () => {
    const line = '12 (a) R 7 (b) S 1 12 34 0 -1 4194304 9 9 0 0 5 6 7 8 20 0 1 0';
    expect(parseStat(line)).toEqual({ pid: 12, session: 34, state: 'S', cpuMs: 260 });
    expect(parseStat('')).toBeUndefined();
  });

  it('reads the lines of ps', () => {
    expect(parsePsLine('  12   34 R+   1-00:00:01.50  2048')).toEqual({
      ...{ pid: 12, session: 34, state: 'R+', cpuMs: 86_401_500 },
      ...{ memoryBytes: 2 ** 21, ready: true },
    });
    expect(parsePsLine('12 34 S 2:03 10')).toMatchObject({ cpuMs: 123_000, ready: false });
    expect(parsePsLine('')).toBeUndefined();
  });
});

describe('a tool on a busy machine', () => {
  it('is not stopped for what others take', async () => {
    // The tool needs less of its own time than the limit, and more of the clock's.
    const length = 4 * availableParallelism();
    const others = Array.from({ length }, () => session('while :; do :; done'));
    const folder = temporaryFolder();
    const busy = 'i=0; while [ $i -lt 400000 ]; do i=$((i+1)); done; echo end';
    const env = { QS5_MAKE: script(folder, 'busy', busy) };
    const tool = { tool: 'make', args: [], env } as const;
    try {
      const alone = await cpuSeconds(busy);
      const run = await runTool({ ...tool, timeoutMs: 2500 * alone });
      expect(run.stdout).toBe('end');
      expect(run.seconds).toBeGreaterThan(2.5 * alone);
    } finally {
      for (const { pid } of others) process.kill(-pid, 'SIGKILL');
    }
  });
});

/** Processor time of a shell command, s, as the shell itself reports it. */
async function cpuSeconds(body: string): Promise<number> {
  const child = spawn('/bin/sh', ['-c', `${body}; times`], { stdio: ['ignore', 'pipe', 'ignore'] });
  let text = '';
  for await (const chunk of child.stdout) text += String(chunk);
  const [, minutes = NaN, seconds = NaN] = (/(\d+)m([\d.]+)s/.exec(text) ?? []).map(Number);
  return 60 * minutes + seconds;
}

describe('memory', () => {
  it('is by default half of the machine, at most 8 GiB', () => {
    expect(memoryLimit({})).toBeLessThanOrEqual(totalmem() / 2);
    expect(memoryLimit({})).toBeLessThanOrEqual(8 * 2 ** 30);
    expect(memoryLimit({})).toBeGreaterThan(2 ** 28);
    expect(memoryLimit({ QS5_TOOL_MEMORY: '0.5' })).toBe(2 ** 29);
  });
});
