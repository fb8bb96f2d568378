import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { SMALL } from '../config/small.js';
import { parseConfig } from '../../src/config/load.js';
import { buildDesign } from '../../src/design/build.js';
import { benchFiles, hardwareFiles } from '../../src/hardware/folder/files.js';
import { pinsFiles } from '../../src/deliver/pins.js';
import { stimulusOf } from '../simulate/prepared.js';
import { runCycleModel } from '../../src/hardware/cycle/model.js';

/** Every module that a Verilog file of ours defines, without its prefix. */
const MODULES = ['rtl', 'sim', 'testbenches'].flatMap((folder) =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.v'))
    .flatMap((file) =>
      [...readFileSync(`${folder}/${file}`, 'utf8').matchAll(/^module qs5_(\w+)/gm)].map(
        ([, name = '']) => name,
      ),
    ),
);

const build = async (name: string) =>
  buildDesign(parseConfig(SMALL.replace('name: small', `name: ${name}`), 'named.yaml'));

describe('the name of a design', () => {
  it.each([...MODULES, 'on_pins', 'alone'])('%s is taken', async (name) => {
    for (const written of new Set([name, name.replaceAll('_', '-')])) {
      await expect(build(written)).rejects.toMatchObject({
        code: 'E_CONFIG_VALUE',
        details: { location: { file: 'named.yaml', line: 1, column: 7 } },
        message: expect.stringContaining(`module qs5_${name}`) as string,
      });
    }
  });

  it('may be a keyword, as the module has a prefix; every module is there once', async () => {
    for (const name of ['module', 'endmodule', 'begin', 'logic', 'bench-of-mine', 'sb-mac16']) {
      const design = await build(name);
      const stimulus = stimulusOf(design, { sequences: 1, steps: 2 });
      const run = await runCycleModel(design.plan, stimulus);
      const files = new Map([
        ...(await hardwareFiles(design.plan, [])),
        ...(await benchFiles(design.plan, stimulus, run)),
        ...(await pinsFiles(design.plan, 'synth')),
      ]);
      const modules = [...files.values()].flatMap((text) =>
        [...text.matchAll(/^module (\w+)/gm)].map(([, module = '']) => module.toLowerCase()),
      );
      expect(modules.length).toBe(new Set(modules).size);
      expect(modules).toContain(`qs5_${name.replaceAll('-', '_')}`);
    }
  });
});
