import { execFile, spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { beforeAll, describe, expect, it } from 'vitest';
import { fakeTools, hasEnded, script, temporaryFolder } from '../tools/fake_tools.js';
import { compileCli } from './compiled.js';

const folder = temporaryFolder();
let program = '';

beforeAll(() => {
  program = compileCli(folder);
});

/** Starts `qs5 doctor` with a verilator that hangs; resolves when that one is running. */
async function hanging(name: string, body: string) {
  const pidFile = join(folder, `${name}.pid`);
  const verilator = script(folder, name, `echo $$ > '${pidFile}'; ${body}`);
  const env = { ...process.env, ...fakeTools(folder, { verilator }) };
  const child = spawn(process.execPath, [program, 'doctor'], { env });
  const ended = new Promise<number | null>((done) => child.on('exit', done));
  for (let i = 0; i < 100 && !existsSync(pidFile); i++) {
    await new Promise((done) => setTimeout(done, 50));
  }
  await new Promise((done) => setTimeout(done, 100));
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

  it('survives a reader that goes away', async () => {
    const command = '"$0" "$1" schema | true; exit "${PIPESTATUS[0]}"';
    const run = promisify(execFile)('bash', ['-c', command, process.execPath, program]);
    await expect(run).resolves.toEqual({ stdout: '', stderr: '' });
  });
});
