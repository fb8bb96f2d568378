import { readFile, rm } from 'node:fs/promises';
import { execa } from 'execa';
import { beforeAll, describe, expect, it } from 'vitest';

/** Commands in the tables and code blocks of the README. */
async function commands(): Promise<string[]> {
  const readme = await readFile('README.md', 'utf8');
  const inTables = [...readme.matchAll(/^\| `(npx qs5 [^`]*)`/gm)];
  const inBlocks = [...readme.matchAll(/```sh\n([^`]*)```/g)];
  return [...inTables, ...inBlocks].map(([, text = '']) => text.trim());
}

describe('README.md', () => {
  beforeAll(async () => {
    await execa('sh', ['scripts/setup.sh']);
  });

  it('has exactly the commands that are tested here', async () => {
    expect(await commands()).toMatchInlineSnapshot(`
      [
        "npx qs5 plan configs/smnist-ssm.yaml",
        "npx qs5 generate configs/smnist-ssm.yaml -o out/core",
        "npx qs5 simulate configs/smnist-ssm.yaml --sequences 1",
        "npx qs5 estimate configs/smnist-ssm.yaml",
        "npx qs5 synth configs/smnist-ssm.yaml --device ice40up5k",
        "npx qs5 explore configs/smnist.yaml --vary weights=8,4",
        "npx qs5 devices configs/smnist.yaml",
        "npx qs5 evaluate configs/smnist.yaml --samples 200",
        "npx qs5 quantize configs/smnist.yaml -o out/net.safetensors",
        "npx qs5 sensitivity configs/smnist.yaml --samples 8",
        "npx qs5 sweep configs/sweeps/quick.yaml -o out/quick.jsonl",
        "npx qs5 fuzz --count 4 --seed 1",
        "npx qs5 doctor",
        "npm run demo",
        "npm test",
        "npm ci && npm run build && npx qs5 --help",
        "npm pack && npm install -g ./qs5-0.1.0.tgz",
      ]
    `);
  });

  // npm test is what runs this; npm ci would take away the packages it runs on; install.test.ts
  // packs and installs.
  it('qs5 commands end well', async () => {
    for (const command of (await commands()).filter((text) => text.startsWith('npx qs5'))) {
      const [program = '', ...args] = command.split(' ');
      const { exitCode } = await execa(program, args, { reject: false });
      expect([command, exitCode]).toEqual([command, 0]);
    }
    const { stdout } = await execa('npx', ['qs5', '--help']);
    expect(stdout).toContain('Usage: qs5');
    for (const made of ['core', 'net.safetensors', 'quick.jsonl']) {
      await rm(`out/${made}`, { recursive: true });
    }
  });

  it('npm run demo ends with its summary', async () => {
    const { stdout } = await execa('npm', ['run', 'demo']);
    expect(stdout.match(/PASS: every word and every cycle is equal\./g)).toHaveLength(2);
    expect(stdout).toMatch(/^netlist simulated in Icarus: 0 of \d+ words differ/m);
    expect(stdout.trimEnd()).toMatch(/Next: edit a copy of configs\/smnist-ssm\.yaml.*$/);
  });
});
