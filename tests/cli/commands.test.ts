import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { integerOption } from '../../src/app/commands/options.js';
import { pause } from '../../src/app/commands/io.js';
import { schemaText } from '../../src/app/commands/schema.js';
import { bugText } from '../../src/app/commands/run_cli.js';
import { fakeTools, script, temporaryFolder } from '../tools/fake_tools.js';
import { cli } from './in_process.js';

const folder = temporaryFolder();

describe('qs5', () => {
  it('prints its version and its help', async () => {
    expect(await cli(['--version'])).toMatchObject({
      exitCode: 0,
      stdout: expect.stringMatching(/^\d+\.\d+\.\d+\n$/) as string,
      stderr: '',
    });
    const help = await cli(['--help']);
    expect(help.exitCode).toBe(0);
    for (const word of ['doctor', 'schema', 'Examples:', 'Exit codes:']) {
      expect(help.stdout).toContain(word);
    }
    expect((await cli(['doctor', '--help'])).stdout).toContain('--json');
  });

  it('hides the commands for maintainers in a group', async () => {
    const names = ['calibrate', 'calibrate-clock', 'holdout'];
    const { stdout } = await cli(['--help']);
    expect(stdout).not.toMatch(/^ +(dev|calibrate|calibrate-clock|holdout)\b/m);
    const group = await cli(['dev', '--help']);
    expect(group.exitCode).toBe(0);
    for (const name of names) {
      expect(group.stdout).toMatch(new RegExp(`^  ${name} \\[options\\]`, 'm'));
      const { exitCode, stderr } = await cli([name, '-o', 'data', '--json', '--help']);
      expect(exitCode).toBe(1);
      expect(stderr).toContain(`E_USAGE\n  qs5 ${name} is now qs5 dev ${name}.`);
    }
  });

  it.each([
    [['docter'], "Unknown command 'docter'\n  (Did you mean doctor?)"],
    [['doctor', '--fast'], "Unknown option '--fast'."],
    [['doctor', 'now'], "Too many arguments for 'doctor'. Expected 0 arguments but got 1."],
    [['schema', '-o'], "Option '-o, --output <file>' argument missing."],
  ])('refuses %j', async (argv, message) => {
    expect(await cli(argv)).toEqual({
      exitCode: 1,
      stdout: '',
      stderr: `E_USAGE\n  ${message}\n  hint: see "qs5 --help", or --help after a command.\n`,
    });
  });

  it('shows the help if there is no command', async () => {
    const { exitCode, stdout, stderr } = await cli([]);
    expect(exitCode).toBe(1);
    expect(stdout).toBe('');
    expect(stderr).toContain('Usage: qs5');
    expect(stderr).toContain('E_USAGE\n  No command was given.');
  });

  it('prints errors as JSON too, if asked', async () => {
    const { exitCode, stdout, stderr } = await cli(['doctor', '--json', '--fast']);
    expect(exitCode).toBe(1);
    expect(JSON.parse(stdout)).toEqual({
      error: {
        code: 'E_USAGE',
        message: "Unknown option '--fast'.",
        hint: 'see "qs5 --help", or --help after a command.',
      },
    });
    expect(stderr).toContain('E_USAGE');
  });

  it('checks integer options', () => {
    const parse = integerOption(1, 8);
    expect(parse('8')).toBe(8);
    for (const text of ['0', '9', '1.5', 'x', '', '1e1']) {
      expect(() => parse(text)).toThrow('It must be an integer from 1 to 8.');
    }
  });

  it('calls any other exception a bug', () => {
    expect(bugText(new Error('oops'))).toMatch(/^Error: oops\n {4}at [^]*This is a bug in qs5/);
    expect(bugText('oops')).toMatch(/^oops\nThis is a bug/);
  });

  it('can pause, and ends there when interrupted', async () => {
    const controller = new AbortController();
    await pause(controller.signal);
    controller.abort('SIGINT');
    await expect(pause(controller.signal)).rejects.toBe('SIGINT');
  });
});

describe('qs5 schema', () => {
  it('prints the schema', async () => {
    for (const argv of [['schema'], ['schema', '--json']]) {
      const { exitCode, stdout } = await cli(argv);
      expect(exitCode).toBe(0);
      expect(JSON.parse(stdout)).toMatchObject({ title: 'qs5 config', type: 'object' });
    }
  });

  it('writes it to a file', async () => {
    const file = join(folder, 'schema.json');
    expect((await cli(['schema', '-o', file])).stdout).toBe(`wrote ${file}\n`);
    expect(readFileSync(file, 'utf8')).toBe(schemaText());
    const { stdout } = await cli(['schema', '-o', file, '--json']);
    expect(JSON.parse(stdout)).toEqual({ written: file });
  });

  it('says if it cannot write', async () => {
    const file = join(folder, 'none', 'schema.json');
    writeFileSync(join(folder, 'none'), '');
    const { exitCode, stderr } = await cli(['schema', '-o', file]);
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(
      /none\/schema\.json {2}E_OUTPUT\n {2}The file cannot be written: E[A-Z]+/,
    );
  });

  it('docs/config.schema.json is current; if not: qs5 schema -o docs/config.schema.json', () => {
    expect(JSON.parse(readFileSync('docs/config.schema.json', 'utf8'))).toEqual(
      JSON.parse(schemaText()),
    );
  });
});

describe('qs5 doctor', () => {
  it('is content when all is there', async () => {
    const { exitCode, stdout, stderr } = await cli(['doctor'], fakeTools(folder));
    expect(stderr).toBe('');
    expect(stdout).toMatch(/^program +state +version +at least +needed +for +path\n/);
    expect(stdout).toMatch(/^verilator +ok +5\.006 +5\.006 +yes +lint and fast simulation +\//m);
    expect(stdout).toMatch(/\n\nAll required programs are available\.\n$/);
    expect(exitCode).toBe(0);
  });

  it('does not mind an optional program that is missing', async () => {
    const env = fakeTools(folder, { yosys: '/no/yosys' });
    const { exitCode, stdout } = await cli(['doctor'], env);
    expect(exitCode).toBe(0);
    // It is named: the one that comes with qs5 is not taken in its place.
    expect(stdout).toMatch(/^yosys +MISSING +- /m);
    expect(stdout).toContain('Debian/Ubuntu: sudo apt-get install -y yosys');
  });

  it('shows the Yosys of qs5 and one of the system', async () => {
    const beside = await cli(['doctor'], fakeTools(folder));
    expect(beside.stdout).toMatch(
      /^yosys +ok +0\.23 .*\nyosys +embedded +0\.55 .*@yowasp\/yosys$/m,
    );
    const env = { ...fakeTools(folder), QS5_YOSYS: '', PATH: join(folder, 'nothing') };
    const alone = await cli(['doctor'], env);
    const json = await cli(['doctor', '--json'], env);
    expect(alone.exitCode).toBe(0);
    expect(alone.stdout).toMatch(/^yosys +embedded +0\.55 +- +no +.*npm package @yowasp\/yosys$/m);
    expect(alone.stdout).not.toContain('MISSING');
    const { tools } = JSON.parse(json.stdout) as { tools: { tool: string }[] };
    expect(tools.find(({ tool }) => tool === 'yosys')).toMatchObject({
      state: 'embedded',
      embedded: { package: '@yowasp/yosys', state: 'ok', version: '0.55' },
    });
  });

  it('exits 3 for needed programs that are missing, too old or broken', async () => {
    const env = fakeTools(folder, {
      iverilog: '/no/iverilog',
      verilator: script(folder, 'old', "echo 'Verilator 4.038'"),
      make: script(folder, 'crash', 'kill -SEGV $$'),
    });
    const { exitCode, stdout } = await cli(['doctor'], env);
    expect(exitCode).toBe(3);
    expect(stdout).toMatch(/^verilator +TOO OLD +4\.038 /m);
    expect(stdout).toMatch(/^iverilog +MISSING /m);
    expect(stdout).toMatch(/^make +BROKEN /m);
    expect(stdout).toContain('make (broken): make was ended by signal SIGSEGV.');
    expect(stdout).toMatch(/A required program cannot be used\.\n$/);
  });

  it('has a JSON form with the same exit code', async () => {
    const { exitCode, stdout } = await cli(
      ['doctor', '--json'],
      fakeTools(folder, { vvp: '/no/vvp' }),
    );
    expect(exitCode).toBe(3);
    expect(JSON.parse(stdout)).toMatchObject({
      ok: false,
      node: { ok: true },
      tools: [
        { tool: 'verilator', state: 'ok', version: '5.006', minimum: '5.006', needed: true },
        { tool: 'iverilog', state: 'ok' },
        { tool: 'vvp', state: 'missing', install: { macos: 'brew install icarus-verilog' } },
        { tool: 'make', state: 'ok' },
        { tool: 'g++', state: 'ok' },
        { tool: 'yosys', state: 'ok', needed: false },
        { tool: 'nextpnr-ice40', state: 'ok' },
        { tool: 'nextpnr-ecp5', state: 'ok' },
        { tool: 'nextpnr-himbaechel', state: 'ok', needed: false },
        { tool: 'npm', state: 'ok', needed: false },
      ],
    });
  });

  it('is interrupted by an aborted signal', async () => {
    const controller = new AbortController();
    controller.abort('SIGTERM');
    const result = await cli(['doctor'], fakeTools(folder), controller.signal);
    expect(result).toEqual({ exitCode: 143, stdout: '', stderr: 'qs5: interrupted\n' });
  });
});
