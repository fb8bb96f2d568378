import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { execa } from 'execa';
import { beforeAll, describe, expect, it } from 'vitest';
import { runJobs } from '../../src/jobs/pool.js';
import { temporaryFolder } from '../tools/fake_tools.js';

const folder = temporaryFolder();
const module = (name: string, text: string) => {
  const path = join(folder, name);
  writeFileSync(path, text);
  return pathToFileURL(path);
};
const square = module(
  'square.mjs',
  `export const createRunner = ({ add }) => {
    let calls = 0;
    return ({ index }) => ({ index, result: index * index + add, calls: ++calls });
  };`,
);
const failing = module(
  'failing.mjs',
  `export const createRunner = () => ({ index }) => {
    if (index === 3) throw new Error('job 3 is impossible');
    return { index };
  };`,
);

// Threads run the compiled code.
beforeAll(async () => {
  await execa('sh', ['scripts/setup.sh', '--dist']);
});

interface Result {
  readonly index: number;
  readonly result: number;
  readonly calls: number;
}

async function run(
  runner: URL,
  options: { count: number; threads: number; signal?: AbortSignal },
  onResult: (result: Result) => void = () => undefined,
): Promise<void> {
  const signal = new AbortController().signal;
  await runJobs({
    ...{ runner, setup: { add: 1 }, signal, ...options },
    job: (index) => ({ index }),
    onResult,
  });
}

describe('the pool of threads', () => {
  it.each([1, 2, 5])('runs every job once, on %i threads', async (threads) => {
    const results: Result[] = [];
    await run(square, { count: 17, threads }, (result) => results.push(result));
    results.sort((a, b) => a.index - b.index);
    expect(results.map(({ result }) => result)).toEqual(
      Array.from({ length: 17 }, (_, i) => i * i + 1),
    );
    // A thread keeps its runner.
    const first = results.filter(({ calls }) => calls === 1).length;
    expect(first).toBeLessThanOrEqual(threads);
    expect(first).toBeGreaterThan(0);
  });

  it('starts nothing for no job', async () => {
    await run(new URL('file:///nowhere.mjs'), { count: 0, threads: 2 });
  });

  it('rejects with the error of a job, of a missing module, and of who takes the results', async () => {
    await expect(run(failing, { count: 9, threads: 2 })).rejects.toThrow('job 3 is impossible');
    const missing = pathToFileURL(join(folder, 'none.mjs'));
    await expect(run(missing, { count: 1, threads: 1 })).rejects.toThrow('none.mjs');
    const refuse = () => {
      throw new Error('no room for results');
    };
    await expect(run(square, { count: 9, threads: 2 }, refuse)).rejects.toThrow('no room');
  });

  it('rejects with the reason of the signal, before and amid the jobs', async () => {
    const abort = new AbortController();
    const { signal } = abort;
    const stop = () => {
      abort.abort('SIGINT');
    };
    await expect(run(square, { count: 1000, threads: 2, signal }, stop)).rejects.toBe('SIGINT');
    await expect(run(square, { count: 1, threads: 1, signal })).rejects.toBe('SIGINT');
  });
});
