import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { beforeAll, describe, expect, it } from 'vitest';
import {
  fakeTools,
  hasEnded,
  script,
  temporaryFolder,
  VERSION_TEXTS,
} from '../tools/fake_tools.js';
import { SMALL } from '../config/small.js';
import { compileCli } from './compiled.js';

const folder = temporaryFolder();
let program = '';

beforeAll(() => {
  program = compileCli();
});

/** Waits for a file with a line in it. */
async function appears(file: string): Promise<void> {
  for (let i = 0; i < 12_000; i++) {
    if (existsSync(file) && readFileSync(file, 'utf8').endsWith('\n')) return;
    await new Promise((done) => setTimeout(done, 50));
  }
  throw new Error(`${file} did not appear`);
}

/** Starts `qs5 doctor` with a verilator that hangs; resolves when that one is running. */
async function hanging(name: string, body: string) {
  const pidFile = join(folder, `${name}.pid`);
  const verilator = script(folder, name, `echo $$ > '${pidFile}'; ${body}`);
  const env = { ...process.env, ...fakeTools(folder, { verilator }) };
  const child = spawn(process.execPath, [program, 'doctor'], { env });
  const ended = new Promise<number | null>((done) => child.on('exit', done));
  await appears(pidFile);
  return { child, ended, tool: () => Number(readFileSync(pidFile, 'utf8')) };
}

describe('the qs5 process', () => {
  it('starts, and finds its package.json', async () => {
    const { stdout } = await promisify(execFile)(process.execPath, [program, '--version']);
    expect(stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
  });

  it('exits with the code of the error', async () => {
    const run = promisify(execFile)(process.execPath, [program, 'none']);
    await expect(run).rejects.toMatchObject({ code: 1, stdout: '' });
  });

  it.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)('%s ends the tools and exits %i', async (signal, code) => {
    const { child, ended, tool } = await hanging(`hang-${signal}`, 'sleep 3600 & wait');
    child.kill(signal);
    expect(await ended).toBe(code);
    expect(await hasEnded(tool())).toBe(true);
  });

  it.each(['SIGINT', 'SIGTERM'] as const)(
    '%s ends it amid the calibration, and leaves nothing behind',
    async (signal) => {
      // A calibration of days.
      const place = mkdtempSync(join(folder, 'slow '));
      const config = join(place, 'slow.yaml');
      writeFileSync(config, SMALL.replace('sequences: 4', 'sequences: 1000000'));
      const argv = ['generate', config, '-o', join(place, 'out')];
      const cache = join(place, 'cache');
      // If the signal does not end the process, the limit on its CPU time does.
      const child = spawn(
        'bash',
        ['-c', 'ulimit -t 120; exec "$0" "$@"', process.execPath, program, ...argv],
        { env: { ...process.env, QS5_CACHE: cache } },
      );
      const ended = once(child, 'exit');
      let text = '';
      child.stderr.on('data', (chunk) => {
        text += String(chunk);
        if (/^ranges: \d+\/1000000 /m.test(text)) child.kill(signal);
      });
      expect(await ended).toEqual([null, signal]);
      expect(readdirSync(place)).toEqual(['slow.yaml']);
    },
  );

  it('a second Ctrl-C exits at once, and still ends the tools', async () => {
    const body = "trap '' TERM; while true; do sleep 0.05; done";
    const { child, ended, tool } = await hanging('stubborn', body);
    child.kill('SIGINT');
    await new Promise((done) => setTimeout(done, 50));
    child.kill('SIGINT');
    expect(await ended).toBe(130);
    expect(await hasEnded(tool())).toBe(true);
  });

  it('kill -9 ends the tools and what they started, and leaves no temporary folder', async () => {
    const pids = (name: string) => join(folder, `killed-${name}.pid`);
    const loop = (name: string) => `echo $$ > "${pids(name)}"; while :; do sleep 0.05; done`;
    const grandchild = script(folder, 'grandchild', loop('grandchild'));
    const other = script(folder, 'other-group', loop('other'));
    const iverilog = script(
      folder,
      'endless',
      `if [ "$1" = -V ]; then echo '${VERSION_TEXTS.iverilog}'; exit; fi
      /bin/sh -c "'${grandchild}' & wait" &
      set -m; '${other}' &
      ${loop('tool')}`,
    );
    const temporary = mkdtempSync(join(folder, 'TMP dir '));
    const env = { ...process.env, ...fakeTools(folder, { iverilog }), TMPDIR: temporary };
    const argv = ['fuzz', '--count', '1', '--jobs', '1', '--verilator-every', '0'];
    const child = spawn(process.execPath, [program, ...argv], { env });
    const ended = new Promise((done) => child.on('exit', done));
    for (const name of ['tool', 'grandchild', 'other']) await appears(pids(name));
    expect(readdirSync(temporary)).toHaveLength(1);
    child.kill('SIGKILL');
    await ended;
    for (const name of ['tool', 'grandchild', 'other']) {
      expect([name, await hasEnded(Number(readFileSync(pids(name), 'utf8')))]).toEqual([
        name,
        true,
      ]);
    }
    for (let i = 0; i < 4000 && readdirSync(temporary).length > 0; i++) {
      await new Promise((done) => setTimeout(done, 50));
    }
    expect(readdirSync(temporary)).toEqual([]);
  });

  it('an interrupted fuzz prints what it found', async () => {
    const result = 'RESULT mismatches=1 cycle_mismatches=0 outputs=1 latency=1 cycles=9';
    const body = `if [ "$1" = -V ]; then echo '${VERSION_TEXTS.vvp}'; else echo '${result}'; fi`;
    const vvp = script(folder, 'vvp-differs', body);
    const env = { ...process.env, ...fakeTools(folder, { vvp }) };
    const options = '--only designs --count 100000 --seed 5 --verilator-every 0 --json';
    const argv = ['fuzz', ...options.split(' ')];
    const child = spawn(process.execPath, [program, ...argv], { env });
    const text = { stdout: '', stderr: '' };
    child.stdout.on('data', (chunk) => (text.stdout += String(chunk)));
    let sent = false;
    child.stderr.on('data', (chunk) => {
      text.stderr += String(chunk);
      // Once: a second Ctrl-C ends qs5 without a report.
      if (!sent && text.stderr.includes('config as found')) sent = child.kill('SIGINT');
    });
    const code = await new Promise((done) => child.on('close', done));
    expect(code).toBe(130);
    expect(text.stderr).toMatch(/qs5: interrupted\n$/);
    const report = JSON.parse(text.stdout) as Record<string, unknown>;
    const failure = { reason: expect.stringContaining('icarus: ') as string };
    expect(report).toMatchObject({ count: 100_000, complete: false, undecided: [] });
    expect(report['failures']).toContainEqual(expect.objectContaining(failure));
  });

  it('an interrupted fuzz prints the models that it found', async () => {
    const result = 'RESULT mismatches=1 cycle_mismatches=0 outputs=1 latency=1 cycles=9';
    const body = `if [ "$1" = -V ]; then echo '${VERSION_TEXTS.vvp}'; else echo '${result}'; fi`;
    const env = { ...process.env, ...fakeTools(folder, { vvp: script(folder, 'vvp-bad', body) }) };
    const argv = 'fuzz --only models --count 100000 --seed 5 --json'.split(' ');
    const child = spawn(process.execPath, [program, ...argv], { env });
    const text = { stdout: '', stderr: '' };
    child.stdout.on('data', (chunk) => (text.stdout += String(chunk)));
    let sent = false;
    child.stderr.on('data', (chunk) => {
      text.stderr += String(chunk);
      // While it is being simplified.
      if (!sent && /^model \d+ of seed 5 failed: /m.test(text.stderr)) sent = child.kill('SIGINT');
    });
    expect(await new Promise((done) => child.on('close', done))).toBe(130);
    const report = JSON.parse(text.stdout) as { quality: { failures: unknown[] } };
    expect(report).toMatchObject({ complete: false });
    expect(report.quality.failures.length).toBeGreaterThan(0);
  });

  const sh = async (command: string) =>
    promisify(execFile)('bash', ['-c', command, process.execPath, program]);

  it.each([
    ['plan configs/tiny.yaml'],
    ['plan configs/tiny.yaml --json'],
    ['--help'],
    ['quantize --json'],
  ])('says that stdout is full: %s', async (argv) => {
    const error: unknown = await sh(`"$0" "$1" ${argv} > /dev/full`).catch((e: unknown) => e);
    expect(error).toMatchObject({ code: 1 });
    const { stderr } = error as { stderr: string };
    expect(stderr).not.toContain('bug in qs5');
    expect(stderr).toContain(argv.startsWith('quantize') ? 'E_USAGE' : 'stdout  E_OUTPUT');
  });

  it('writes a file whole, or says that it is not', async () => {
    // A file may become 512 bytes long at most: the system takes the first of them.
    const file = join(folder, 'plan.txt');
    const run = sh(`trap '' XFSZ; ulimit -f 1; "$0" "$1" plan configs/tiny.yaml > '${file}'`);
    await expect(run).rejects.toMatchObject({
      code: 1,
      stderr: expect.stringMatching(
        /^stdout {2}E_OUTPUT\n {2}The stream cannot be written: EFBIG/,
      ) as string,
    });
  });

  it('keeps its exit code where stderr is full', async () => {
    await expect(sh('"$0" "$1" plan configs/tiny.yaml 2> /dev/full')).resolves.toMatchObject({
      stdout: expect.stringContaining('qs5_tiny') as string,
    });
    await expect(sh('"$0" "$1" plan none.yaml 2> /dev/full')).rejects.toMatchObject({ code: 1 });
  });

  it('says that the folder for temporary files is not there, or is full', async () => {
    const fuzz = '"$0" "$1" fuzz --count 1 --verilator-every 0';
    await expect(sh(`TMPDIR=/nonexistent ${fuzz}`)).rejects.toMatchObject({
      code: 1,
      stderr: `/nonexistent  E_OUTPUT
  The folder for temporary files cannot be used: there is no such folder.
  hint: set TMPDIR to a folder that exists, is yours to write and has some hundred MiB free.
`,
    });
    // Files of a design, and of a tool, that may not become longer than 512 bytes.
    await expect(sh(`trap '' XFSZ; ulimit -f 1; ${fuzz}`)).rejects.toMatchObject({
      code: 1,
      stderr: expect.stringContaining('a file would become larger than allowed') as string,
    });
  });

  it('survives a reader that goes away', async () => {
    const command = '"$0" "$1" schema | true; exit "${PIPESTATUS[0]}"';
    const run = promisify(execFile)('bash', ['-c', command, process.execPath, program]);
    await expect(run).resolves.toEqual({ stdout: '', stderr: '' });
  });
});
