import { execFile, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync } from 'node:fs';
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
import { compileCli } from './compiled.js';

const folder = temporaryFolder();
let program = '';

beforeAll(() => {
  program = compileCli(folder);
});

/** Waits for a file with a line in it. */
async function appears(file: string): Promise<void> {
  for (let i = 0; i < 1200; i++) {
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
    const { child, ended, tool } = await hanging(`hang-${signal}`, 'sleep 60 & wait');
    child.kill(signal);
    expect(await ended).toBe(code);
    expect(await hasEnded(tool())).toBe(true);
  });

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
    for (let i = 0; i < 400 && readdirSync(temporary).length > 0; i++) {
      await new Promise((done) => setTimeout(done, 50));
    }
    expect(readdirSync(temporary)).toEqual([]);
  });

  it('survives a reader that goes away', async () => {
    const command = '"$0" "$1" schema | true; exit "${PIPESTATUS[0]}"';
    const run = promisify(execFile)('bash', ['-c', command, process.execPath, program]);
    await expect(run).resolves.toEqual({ stdout: '', stderr: '' });
  });
});
