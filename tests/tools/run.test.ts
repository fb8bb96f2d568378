import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { Qs5Error } from '../../src/base/errors.js';
import { runTool } from '../../src/tools/run.js';
import type { ToolOptions } from '../../src/tools/run.js';
import { hasEnded, script, temporaryFolder } from './fake_tools.js';

const folder = temporaryFolder();

function verilator(body: string, options: Partial<ToolOptions> = {}) {
  const name = `fake-${Math.random().toString(36).slice(2)}`;
  const env = { QS5_VERILATOR: script(folder, name, body) };
  return runTool({ tool: 'verilator', args: [], timeoutMs: 5000, env, ...options });
}

async function errorOf(run: Promise<unknown>): Promise<Qs5Error> {
  const error: unknown = await run.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (error instanceof Qs5Error) return error;
  throw new Error(`not a Qs5Error: ${String(error)}`);
}

describe('runTool', () => {
  it('returns what the tool printed', async () => {
    const result = await verilator('echo out; echo err >&2');
    expect(result).toMatchObject({ stdout: 'out', stderr: 'err', exitCode: 0 });
    expect(result.seconds).toBeGreaterThan(0);
  });

  it('passes arguments as they are and runs in the given folder', async () => {
    const args = ['a b', '$HOME', "it's", '*'];
    const result = await verilator('printf "%s|" "$@"; pwd', { args, cwd: folder });
    expect(result.stdout).toBe(`a b|$HOME|it's|*|${folder}`);
  });

  it('gives no input', async () => {
    expect((await verilator('cat; echo end')).stdout).toBe('end');
  });

  it('says how to install a missing tool', async () => {
    const run = runTool({ tool: 'iverilog', args: [], timeoutMs: 1000, env: { PATH: folder } });
    const error = await errorOf(run);
    expect(error.exitCode).toBe(3);
    expect(error.format()).toBe(
      `iverilog  E_TOOL_MISSING
  iverilog is not on PATH. It is needed for: the second simulator: compiler.
  hint: install it, or name its file in QS5_IVERILOG.
    Debian/Ubuntu: sudo apt-get install -y iverilog
    Fedora: sudo dnf install -y iverilog
    macOS: brew install icarus-verilog`,
    );
  });

  it('says which override names a file that is not there', async () => {
    const env = { QS5_VERILATOR: join(folder, 'none') };
    const error = await errorOf(runTool({ tool: 'verilator', args: [], timeoutMs: 1000, env }));
    expect(error.code).toBe('E_TOOL_MISSING');
    expect(error.message).toContain(`verilator is not where QS5_VERILATOR says, ${folder}/none.`);
  });

  it('quotes the last 20 lines of a tool that fails', async () => {
    const error = await errorOf(verilator('seq 1 30; echo bad >&2; exit 7', { args: ['a b'] }));
    expect(error.code).toBe('E_TOOL_FAILED');
    const lines = error.message.split('\n');
    expect(lines[0]).toBe('verilator ended with exit code 7.');
    expect(lines.slice(1)).toHaveLength(20);
    expect(lines[1]).toBe('| 12');
    expect(lines.at(-1)).toBe('| bad');
    expect(error.details.hint).toBe("the command was: verilator 'a b'");
  });

  it('returns the exit code if failure is allowed', async () => {
    expect((await verilator('exit 7', { allowFailure: true })).exitCode).toBe(7);
  });

  it('reports a crash, also if failure is allowed', async () => {
    const error = await errorOf(verilator('kill -SEGV $$', { allowFailure: true }));
    expect(error.message).toBe('verilator was ended by signal SIGSEGV.');
  });

  it('reports a program that the system cannot start', async () => {
    const env = { QS5_VERILATOR: script(folder, 'no-interpreter', '') };
    const run = runTool({ tool: 'verilator', args: [], timeoutMs: 1000, env, cwd: '/no/such' });
    const error = await errorOf(run);
    expect(error.code).toBe('E_TOOL_FAILED');
    expect(error.message).toMatch(/^verilator could not be started: /);
  });

  it('stops a tool that hangs, with its children', async () => {
    const pidFile = join(folder, 'child-timeout');
    const body = `sleep 3600 & echo $! > '${pidFile}'; echo started; wait`;
    const error = await errorOf(verilator(body, { timeoutMs: 300 }));
    expect([error.code, error.exitCode]).toEqual(['E_TOOL_LIMIT', 3]);
    expect(error.message).toBe(
      'verilator did not end within 0.3 s of its own time and was stopped.\n| started',
    );
    expect(await hasEnded(Number(readFileSync(pidFile, 'utf8')))).toBe(true);
  });

  it('kills a tool that ignores being asked', async () => {
    const body = "trap '' TERM; while true; do sleep 0.05; done";
    const error = await errorOf(verilator(body, { timeoutMs: 200 }));
    expect(error.message).toContain('did not end within 0.2 s');
  });

  it('stops a tool that computes without end', async () => {
    const error = await errorOf(verilator('while :; do :; done', { timeoutMs: 300 }));
    expect(error.message).toContain('did not end within 0.3 s');
  });

  it('stops a tool that a shell below it has made a group of its own for', async () => {
    const pidFile = join(folder, 'own-group');
    const body = `set -m; sleep 3600 & echo $! > '${pidFile}'; wait`;
    await errorOf(verilator(body, { timeoutMs: 300 }));
    expect(await hasEnded(Number(readFileSync(pidFile, 'utf8')))).toBe(true);
  });

  it('gives no verdict on what the system killed or had no memory for', async () => {
    const killed = await errorOf(verilator('kill -KILL $$'));
    expect(killed.format()).toMatch(
      /^verilator {2}E_TOOL_LIMIT\n {2}verilator was killed\.\n {2}hint: the machine has too little memory/,
    );
    const compiler = 'g++: fatal error: Killed signal terminated program cc1plus';
    const out = await errorOf(verilator(`echo '${compiler}' >&2; exit 1`));
    expect(out.code).toBe('E_TOOL_LIMIT');
    expect(out.message).toBe(`verilator had no memory left.\n| ${compiler}`);
  });

  it('stops a tool whose children together take too much memory', async () => {
    const pidFile = join(folder, 'child-memory');
    const grow = 'let a=[];setInterval(()=>a.push(Buffer.alloc(4e6,1)),5)';
    const body = `'${process.execPath}' -e '${grow}' & echo $! > '${pidFile}'; wait`;
    const env = { QS5_VERILATOR: script(folder, 'grows', body), QS5_TOOL_MEMORY: '0.25' };
    const error = await errorOf(runTool({ tool: 'verilator', args: [], timeoutMs: 60_000, env }));
    expect([error.code, error.exitCode]).toEqual(['E_TOOL_LIMIT', 3]);
    expect(error.message).toBe('verilator took more than 0.25 GiB of memory and was stopped.');
    expect(error.details.hint).toContain('set QS5_TOOL_MEMORY to the GiB');
    expect(await hasEnded(Number(readFileSync(pidFile, 'utf8')))).toBe(true);
  });

  it.each(['0', '-1', 'much', 'Infinity'])('refuses QS5_TOOL_MEMORY=%s', async (text) => {
    const error = await errorOf(verilator('', { env: { QS5_TOOL_MEMORY: text } }));
    expect([error.code, error.details.subject]).toEqual(['E_USAGE', 'QS5_TOOL_MEMORY']);
  });

  it('stops on abort, and does not start after it', async () => {
    const controller = new AbortController();
    const started = join(folder, 'started');
    const options = { signal: controller.signal, timeoutMs: 3_600_000 };
    const run = verilator(`touch '${started}'; sleep 3600`, options);
    const outcome = errorOf(run);
    while (!existsSync(started)) await new Promise((done) => setTimeout(done, 20));
    controller.abort('SIGINT');
    expect((await outcome).message).toBe('verilator was stopped: qs5 was interrupted.');
    const again = await errorOf(verilator('echo', { signal: controller.signal }));
    expect(again.message).toBe('verilator was not started: qs5 was interrupted.');
  });

  it('runs many tools with one signal, without a warning of Node', async () => {
    const warnings: string[] = [];
    const onWarning = ({ name }: Error) => void warnings.push(name);
    process.on('warning', onWarning);
    const { signal } = new AbortController();
    await Promise.all(Array.from({ length: 12 }, () => verilator('echo', { signal })));
    // Node warns in the next turn of the event loop.
    await new Promise((done) => setImmediate(done));
    process.off('warning', onWarning);
    expect(warnings).toEqual([]);
  });

  it('stops a tool that prints without end', async () => {
    const error = await errorOf(verilator('yes 0123456789012345678901234567890123456789'));
    expect(error.message).toMatch(/^verilator printed more than 64 MiB\.\n\| 0123/);
  });
});
