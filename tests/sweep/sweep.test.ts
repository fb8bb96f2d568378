import { execa } from 'execa';
import fc from 'fast-check';
import { appendFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadConfig } from '../../src/config/load.js';
import { Qs5Error } from '../../src/base/errors.js';
import { paretoSet, type Merit } from '../../src/study/sweep/pareto.js';
import { configOfPoint } from '../../src/study/sweep/point_config.js';
import { parseSweep } from '../../src/study/sweep/schema.js';
import { openStore } from '../../src/jobs/store.js';
import { cli } from '../cli/in_process.js';

const SWEEP = `base: ${resolve('configs/smnist.yaml')}
samples: 6
set: { calibration.sequences: 2 }
grid:
  precision.a: [16, 8]
  weights: [{}, { precision.b: 4, precision.c: 4 }]
list:
  - { precision.a: 2, lambda_form: direct }
`;

let folder = '';
beforeAll(async () => {
  await execa('sh', ['scripts/setup.sh', '--dist']);
  folder = await mkdtemp(join(tmpdir(), 'qs5-sweep-'));
  await writeFile(join(folder, 'sweep.yaml'), SWEEP);
});
afterAll(async () => rm(folder, { recursive: true, force: true }));

function problem(fn: () => unknown): string {
  try {
    fn();
  } catch (error) {
    if (error instanceof Qs5Error) return error.format();
    throw error;
  }
  return 'none';
}

describe('a sweep file', () => {
  it('is a grid, the last axis fastest, and a list', () => {
    const { points } = parseSweep(SWEEP, 'sweep.yaml');
    expect(points.map(({ overrides }) => overrides)).toEqual([
      { 'precision.a': 16 },
      { 'precision.a': 16, 'precision.b': 4, 'precision.c': 4 },
      { 'precision.a': 8 },
      { 'precision.a': 8, 'precision.b': 4, 'precision.c': 4 },
      { 'precision.a': 2, lambda_form: 'direct' },
    ]);
  });

  it('must have a point, and known keys', () => {
    expect(problem(() => parseSweep('base: a.yaml\n', 's.yaml'))).toMatch(
      /^s\.yaml:1:1 {2}E_CONFIG_COMBINATION\n {2}The sweep has no point\./,
    );
    expect(problem(() => parseSweep('base: a.yaml\ngird: {}\nlist: [{}]\n', 's.yaml'))).toMatch(
      /^s\.yaml:2:1 {2}E_CONFIG_UNKNOWN_KEY {2}gird\n.*\n {2}hint: did you mean grid\?/,
    );
  });

  it('says which point no config can have', async () => {
    const base = await loadConfig('configs/smnist.yaml');
    const text = 'base: x\ngrid:\n  precision.a: [16, 99]\nlist:\n  - { precission.a: 8 }\n';
    const sweep = parseSweep(text, 's.yaml');
    const at = (i: number) =>
      problem(() => {
        const point = sweep.points[i];
        if (point !== undefined) configOfPoint(base, sweep, point);
      });
    expect(at(0)).toBe('none');
    expect(at(1)).toMatch(
      /^s\.yaml:3:21 {2}E_CONFIG_VALUE {2}precision\.a\n {2}Found the number 99 where/,
    );
    expect(at(2)).toMatch(/^s\.yaml:5:5 {2}E_CONFIG_UNKNOWN_KEY {2}precission/);
  });
});

describe('the store', () => {
  it('forgets a line that was half written, and no other', async () => {
    const file = join(folder, 'torn.jsonl');
    const first = await openStore(file);
    await first.add('a', { x: 1 });
    await first.add('b', { x: 2 });
    await first.close();
    const whole = await readFile(file, 'utf8');
    await appendFile(file, '{"key":"c","resu');
    const second = await openStore(file);
    expect([second.get('a'), second.get('b'), second.get('c')]).toEqual([
      { x: 1 },
      { x: 2 },
      undefined,
    ]);
    await second.close();
    expect(await readFile(file, 'utf8')).toBe(whole);
  });

  it('leaves files alone that are not its own', async () => {
    const file = join(folder, 'notes.txt');
    for (const text of ['my notes\nof today\n', 'no line']) {
      await writeFile(file, text);
      await expect(openStore(file)).rejects.toMatchObject({ code: 'E_OUTPUT' });
      expect(await readFile(file, 'utf8')).toBe(text);
    }
    await expect(openStore(join(folder, 'notes.txt', 'such.jsonl'))).rejects.toMatchObject({
      code: 'E_OUTPUT',
    });
  });
});

describe('the best designs', () => {
  const merit = fc.record({
    gain: fc.integer({ min: 0, max: 5 }),
    costs: fc.tuple(fc.integer({ min: 0, max: 5 }), fc.integer({ min: 0, max: 5 })),
  });
  const better = (a: Merit, b: Merit) =>
    a.gain >= b.gain &&
    a.costs.every((cost, i) => cost <= (b.costs[i] ?? 0)) &&
    JSON.stringify(a) !== JSON.stringify(b);

  it('are those that none beats, and every other is beaten by one of them', () => {
    fc.assert(
      fc.property(fc.array(merit, { minLength: 1, maxLength: 12 }), (merits) => {
        const best = paretoSet(merits);
        const front = merits.filter((_, i) => best[i]);
        expect(front.length).toBeGreaterThan(0);
        merits.forEach((one, i) => {
          expect(front.some((other) => better(other, one))).toBe(!(best[i] ?? false));
        });
      }),
      { seed: 7 },
    );
  });
});

describe('qs5 sweep', () => {
  it('goes on after a kill as if there had been none', async () => {
    const sweep = join(folder, 'sweep.yaml');
    const argv = (file: string) => ['sweep', sweep, '-o', join(folder, file), '--json'];
    const whole = await cli(argv('whole.jsonl'));
    expect(whole.exitCode).toBe(0);

    const file = join(folder, 'killed.jsonl');
    const lines = async () => (await readFile(file, 'utf8').catch(() => '')).split('\n').length - 1;
    let done = 6;
    // On a busy machine the sweep may be over before this process is given a turn.
    for (let tries = 0; tries < 20 && done >= 6; tries++) {
      await rm(file, { force: true });
      const child = execa('node', ['dist/cli.js', ...argv('killed.jsonl')], { reject: false });
      while ((await lines()) < 3) await new Promise((resume) => setTimeout(resume, 20));
      child.kill('SIGKILL');
      await child;
      done = await lines();
    }
    expect(done).toBeLessThan(6);

    const resumed = await cli(argv('killed.jsonl'));
    const { known, ...result } = JSON.parse(resumed.stdout) as { known: number };
    const { known: none, ...expected } = JSON.parse(whole.stdout) as { known: number };
    expect(result).toEqual(expected);
    expect([none, known]).toEqual([0, done - 1]);
    expect(await readFile(file, 'utf8')).toBe(await readFile(join(folder, 'whole.jsonl'), 'utf8'));
    expect(expected).toMatchObject({
      base: 'smnist',
      floatAccuracy: 100,
      points: [{ accuracy: expect.any(Number) as number, multipliers: 72 }, {}, {}, {}, {}],
    });
  });

  it('writes text and Markdown of what it knows', async () => {
    const markdown = join(folder, 'table.md');
    const argv = ['sweep', join(folder, 'sweep.yaml'), '-o', join(folder, 'whole.jsonl')];
    const { exitCode, stdout } = await cli([...argv, '--markdown', markdown]);
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(
      /^smnist: 5 points, 6 sequences of .* each\. Float accuracy 100\.00 %\./,
    );
    const page = await readFile(markdown, 'utf8');
    expect(page).toMatch(/^# Accuracy of smnist, by precision\n/);
    expect(page.split('\n').filter((line) => line.startsWith('| precision.a'))).toHaveLength(5);
  });

  it('needs a base that is there', async () => {
    const file = join(folder, 'lost.yaml');
    await writeFile(file, 'base: nowhere.yaml\ngrid: { precision.a: [8] }\n');
    const { exitCode, stderr } = await cli(['sweep', file, '-o', join(folder, 'x.jsonl')]);
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(/lost\.yaml:1:7 {2}E_FILE/);
  });
});
