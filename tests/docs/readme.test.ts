import { existsSync, readFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { temporaryFolder } from '../tools/fake_tools.js';

/** Commands in the tables and code blocks of the README. */
const COMMANDS = (() => {
  const readme = readFileSync('README.md', 'utf8');
  const inTables = [...readme.matchAll(/^\| `(npx qs5 [^`]*)`/gm)];
  const inBlocks = [...readme.matchAll(/```sh\n([^`]*)```/g)];
  return [...inTables, ...inBlocks].map(([, text = '']) => text.trim());
})();

/** Files that these commands write. */
const MADE = ['core', 'tiny-digits', 'net.safetensors', 'quick.jsonl'];

// One cache for all, as a reader of the README has it.
const env = { QS5_CACHE: join(temporaryFolder(), 'cache') };

const clean = async () => {
  for (const made of MADE) await rm(join('out', made), { recursive: true, force: true });
};

describe('README.md', () => {
  beforeAll(async () => {
    await execa('sh', ['scripts/setup.sh']);
    await clean();
  });
  afterAll(clean);

  it('has exactly the commands that are tested here', () => {
    expect(COMMANDS).toMatchInlineSnapshot(`
      [
        "npx qs5 plan configs/smnist-ssm.yaml",
        "npx qs5 generate configs/smnist-ssm.yaml -o out/core",
        "npx qs5 simulate configs/tiny.yaml",
        "npx qs5 estimate configs/smnist-ssm.yaml",
        "npx qs5 synth configs/tiny.yaml",
        "npx qs5 explore configs/smnist.yaml --vary weights=8,4",
        "npx qs5 devices configs/smnist.yaml",
        "npx qs5 evaluate configs/smnist.yaml --samples 200",
        "npx qs5 train configs/train/tiny.yaml -o out/tiny-digits",
        "npx qs5 quantize configs/smnist.yaml -o out/net.safetensors",
        "npx qs5 sensitivity configs/smnist.yaml --samples 8",
        "npx qs5 sweep configs/sweeps/quick.yaml -o out/quick.jsonl",
        "npx qs5 fuzz --count 2 --seed 1",
        "npx qs5 doctor",
        "npm run demo",
        "npm test",
        "npm ci && npm run build && npx qs5 --help",
        "npm pack && npm install -g ./qs5-0.1.0.tgz",
      ]
    `);
  });

  // npm test runs this file, and npm ci would remove its packages. install.test.ts packs and
  // installs.
  it.each(COMMANDS.filter((text) => text.startsWith('npx qs5')))(
    '%s ends well',
    async (command) => {
      const [, , ...args] = command.split(' ');
      const { exitCode, stderr } = await execa('node', ['dist/cli.js', ...args], {
        env,
        reject: false,
      });
      expect([exitCode, stderr]).toEqual([0, expect.any(String)]);
      const made = args[args.indexOf('-o') + 1];
      if (args.includes('-o')) expect(existsSync(made ?? '')).toBe(true);
    },
  );

  it('npx qs5 starts the program', async () => {
    const { stdout } = await execa('npx', ['qs5', '--help']);
    expect(stdout).toContain('Usage: qs5');
  });

  it('npm run demo ends with its summary', async () => {
    const { stdout } = await execa('npm', ['run', 'demo'], { env });
    expect(stdout.match(/PASS: every word and every cycle is equal\./g)).toHaveLength(2);
    expect(stdout).toMatch(/^netlist simulated in Icarus: 0 of \d+ words differ/m);
    expect(stdout.trimEnd()).toMatch(/Next: edit a copy of configs\/smnist-ssm\.yaml.*$/);
  });
});
