import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { parseConfig } from '../../src/config/load.js';
import { configText, randomCase } from '../../src/prove/fuzz/case.js';
import { cli } from '../cli/in_process.js';
import { fakeTools, script, temporaryFolder, VERSION_TEXTS } from '../tools/fake_tools.js';

const folder = temporaryFolder();
afterEach(() => {
  vi.unstubAllEnvs();
});

describe('qs5 fuzz', () => {
  it('exits with 2 and prints the smallest config when a simulator differs', async () => {
    // A simulator that always finds one word wrong: every simpler case fails too.
    const iverilog = script(folder, 'iverilog-fake', `echo '${VERSION_TEXTS.iverilog}'`);
    const result = 'RESULT mismatches=1 cycle_mismatches=0 outputs=1 latency=1 cycles=9';
    const vvp = script(
      folder,
      'vvp-fake',
      `if [ "$1" = -V ]; then echo '${VERSION_TEXTS.vvp}'; else echo '${result}'; fi`,
    );
    vi.stubEnv('QS5_IVERILOG', iverilog);
    vi.stubEnv('QS5_VVP', vvp);
    const argv = 'fuzz --only designs --count 1 --seed 5 --first 3 --verilator-every 0'.split(' ');
    const text = await cli(argv);
    const json = await cli([...argv, '--json']);

    expect(text.exitCode).toBe(2);
    expect(text.stdout).toMatch(
      /^seed 5: 1 design, \d+ words compared; runs: emulator 1, model 1, icarus 1, verilator 0\n/,
    );
    expect(text.stdout).toContain('design 3 of seed 5 failed: icarus: ');
    expect(text.stdout).toContain('0 passed, 0 refused, 1 failed');
    // The printed text is a valid config.
    const [, config = ''] = /smallest config found:\n([^]*?)\nstimulus: /.exec(text.stdout) ?? [];
    const parsed = parseConfig(config.replaceAll(/^ {4}/gm, ''), 'smallest.yaml');
    expect(parsed.config.model.init).toMatchObject({ features: 1, state_size: 1 });

    expect(json.exitCode).toBe(2);
    expect(JSON.parse(json.stdout)).toMatchObject({
      ...{ count: 1, seed: 5, runs: { emulator: 1, model: 1, icarus: 1, verilator: 0 } },
      failures: [
        { index: 3, smallest: { stimulus: { lengths: [1], stalls: 'none', resets: [] } } },
      ],
    });
  });

  it('has no verdict on what a program had no memory for, and does not simplify it', async () => {
    // A second run of the simulator would be a try at simplifying.
    const runs = join(folder, 'runs-without-memory');
    const body = `if [ "$1" = -V ]; then echo '${VERSION_TEXTS.vvp}'; exit; fi
      echo run >> '${runs}'; kill -KILL $$`;
    vi.stubEnv('QS5_IVERILOG', fakeTools(folder)['QS5_IVERILOG']);
    vi.stubEnv('QS5_VVP', script(folder, 'vvp-killed', body));
    const argv = 'fuzz --only designs --count 1 --seed 5 --first 3 --verilator-every 0'.split(' ');
    const { exitCode, stdout } = await cli(argv);
    expect(exitCode).toBe(3);
    expect(stdout).toContain('design 3 of seed 5 has no verdict: vvp  E_TOOL_LIMIT\n');
    expect(stdout).toContain('repeat: qs5 fuzz --count 1 --first 3 --seed 5\n');
    expect(stdout).toMatch(/\n0 passed, 0 refused, 0 failed, 1 without a verdict\n$/);
    expect(readFileSync(runs, 'utf8')).toBe('run\n');
    const json = await cli([...argv, '--json']);
    expect([json.exitCode, JSON.parse(json.stdout)]).toMatchObject([
      3,
      { complete: true, done: 1, failures: [], undecided: [{ index: 3 }] },
    ]);
  });

  it('simplifies a failure past cases without a verdict', async () => {
    // Every second run is killed, the others differ.
    const odd = join(folder, 'odd');
    const result = 'RESULT mismatches=1 cycle_mismatches=0 outputs=1 latency=1 cycles=9';
    const body = `if [ "$1" = -V ]; then echo '${VERSION_TEXTS.vvp}'; exit; fi
      if [ -e '${odd}' ]; then rm '${odd}'; kill -KILL $$; fi
      : > '${odd}'; echo '${result}'`;
    vi.stubEnv('QS5_IVERILOG', fakeTools(folder)['QS5_IVERILOG']);
    vi.stubEnv('QS5_VVP', script(folder, 'vvp-odd', body));
    const output = join(folder, 'found');
    const argv = 'fuzz --only designs --count 1 --seed 5 --first 3 --verilator-every 0'.split(' ');
    const { exitCode, stdout, stderr } = await cli([...argv, '-o', output]);
    expect(exitCode).toBe(2);
    expect(stdout).toMatch(/\n0 passed, 0 refused, 1 failed\n$/);
    expect(stderr).toMatch(
      /^design 3 of seed 5 failed: icarus: .*\nconfig as found:\n {4}name: fuzz\n/,
    );
    // The file is a config with the simplest case.
    const text = readFileSync(join(output, 'seed-5-design-3.yaml'), 'utf8');
    expect(text).toMatch(
      /^# design 3 of seed 5 failed: icarus: .*\n# stimulus: \{.*\n# repeat the original: qs5 fuzz/,
    );
    const [, smallest = ''] = /smallest config found:\n([^]*?)\nstimulus: /.exec(stdout) ?? [];
    expect(parseConfig(text, 'file.yaml').config).toEqual(
      parseConfig(smallest.replaceAll(/^ {4}/gm, ''), 'smallest.yaml').config,
    );
  });

  it('stops at once where a failure cannot be written', async () => {
    vi.stubEnv('QS5_IVERILOG', fakeTools(folder)['QS5_IVERILOG']);
    vi.stubEnv('QS5_VVP', fakeTools(folder)['QS5_VVP']);
    const argv = 'fuzz --only designs --count 9 --seed 5 --verilator-every 0'.split(' ');
    const { exitCode, stderr } = await cli([...argv, '-o', '/dev/null/folder']);
    expect(exitCode).toBe(1);
    // Failures found so far are kept.
    expect(stderr).toContain('config as found:');
    expect(stderr).toContain('E_OUTPUT');
  });

  it('stops at once where a simulator is missing', async () => {
    vi.stubEnv('QS5_IVERILOG', fakeTools(folder, { iverilog: '/no/iverilog' })['QS5_IVERILOG']);
    const { exitCode, stderr } = await cli(['fuzz', '--count', '2']);
    expect(exitCode).toBe(3);
    expect(stderr).toContain('iverilog  E_TOOL_MISSING');
  });

  it('repeats one design of many', async () => {
    const one = await cli([
      'fuzz',
      '--count',
      '1',
      '--first',
      '2',
      '--verilator-every',
      '0',
      '--json',
    ]);
    expect(one.exitCode).toBe(0);
    expect(JSON.parse(one.stdout)).toMatchObject({ count: 1, seed: 1, failures: [] });
  });
});

describe('a case', () => {
  it('is a config that qs5 takes', () => {
    for (let index = 0; index < 100; index++) {
      const text = configText(randomCase(8, index));
      expect(parseConfig(text, 'case.yaml').text).toBe(text);
    }
  });
});
