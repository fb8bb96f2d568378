import { cpSync, mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { codeDigest } from '../../src/jobs/cache/code_digest.js';
import { openStore } from '../../src/jobs/cache/store.js';
import { writeSafetensors } from '../../src/float/checkpoint/write_safetensors.js';
import { parseConfig } from '../../src/config/load.js';
import { quantizeModel } from '../../src/design/build.js';
import { initModel } from '../../src/float/s5/init.js';
import { tensorsFromModel } from '../../src/float/s5/to_checkpoint.js';
import { SMALL } from '../config/small.js';
import { temporaryFolder } from '../tools/fake_tools.js';

const root = temporaryFolder();
let caches = 0;

/** A new cache, and what it was heard to say. */
function newCache(code?: string) {
  const folder = join(root, `cache${caches++}`);
  const notes: string[] = [];
  const note = (text: string) => void notes.push(text);
  const options = { store: openStore(folder), note, ...(code === undefined ? {} : { code }) };
  const entries = () => readdirSync(folder).map((name) => join(folder, name));
  return { folder, notes, options, entries };
}

const NETWORK = SMALL.replace('{ ssm_core: 0 }', 'network').replace(
  'outputs: 2',
  'outputs: 2, activation: half_glu1, norm: layer, pooling: mean',
);

describe('the cache of quantised networks', () => {
  it.each([
    ['a core', SMALL],
    ['a network', NETWORK],
    [
      'weights that make up for others',
      NETWORK.replace('abs_max }', 'abs_max, weights: reconstruct, bias_correction: true }'),
    ],
    ['an index as input', `${NETWORK.replace('inputs: 1', 'inputs: 5')}input: one_hot\n`],
    [
      'a bidirectional network',
      NETWORK.replace('pooling: mean', 'pooling: last, bidirectional: true'),
    ],
    ['exponents', NETWORK.replace('lambda_form: direct', 'lambda_form: delta')],
  ])('gives back %s as it was', async (_name, text) => {
    const { notes, options, entries } = newCache();
    const loaded = parseConfig(text, join(root, 'c.yaml'));
    const plain = await quantizeModel(loaded);
    const first = await quantizeModel(loaded, { cache: options });
    expect([notes, entries().length]).toEqual([[], 1]);
    const second = await quantizeModel(loaded, { cache: options });
    expect(notes).toEqual([
      `note: the quantised network comes from the cache, ${entries()[0] ?? ''}; --no-cache makes it again`,
    ]);
    for (const one of [first, second]) {
      expect(one.network).toEqual(plain.network);
      expect(one.floatGraph()).toEqual(plain.floatGraph());
      expect(one.words(2)).toEqual(plain.words(2));
      expect(one.clipping(2)).toEqual(plain.clipping(2));
    }
  });

  it('knows each key of a config that decides the integers', async () => {
    const { notes, options, entries } = newCache('code');
    const run = async (text: string) =>
      quantizeModel(parseConfig(text, join(root, 'c.yaml')), { cache: options });
    await run(NETWORK);
    const other = [
      NETWORK.replace('name: small', 'name: other'),
      NETWORK.replace('layers: 2', 'layers: 2, seed: 5'),
      NETWORK.replace('length: 16', 'length: 17'),
      NETWORK.replace('sequences: 4', 'sequences: 5'),
      NETWORK.replace('abs_max }', 'abs_max, margin: 2 }'),
      NETWORK.replace('  b: 8', '  b: 7'),
      NETWORK.replace('direct', 'delta'),
      `${NETWORK}poles: nearest\n`,
      `${NETWORK}rounding: { loop: half_up }\n`,
      `${NETWORK}scales: { kind: power_of_two }\n`,
      `${NETWORK}functions: { sigmoid: hard }\n`,
      `${NETWORK}layers: [{ layer: 0, precision: { a: 7 } }]\n`,
      `${NETWORK}max_length: 99\n`,
      SMALL,
    ];
    for (const text of other) await run(text);
    expect([notes, entries().length]).toEqual([[], 1 + other.length]);
    // Keys that shape only the hardware, and the place of the file.
    await run(
      `${NETWORK.replace('xc7a35t', 'ice40up5k')}target: { interval: 99 }\nsharing: never\n`,
    );
    await quantizeModel(parseConfig(NETWORK, '/elsewhere/d.yaml'), { cache: options });
    expect([notes.length, entries().length]).toEqual([2, 1 + other.length]);
  });

  it('knows the bytes of checkpoint and data, and not their names', async () => {
    const { notes, options } = newCache('code');
    const folder = join(root, 'files');
    mkdirSync(folder);
    const write = (name: string, seed: number) => {
      const { tensors, metadata } = tensorsFromModel(
        initModel({
          ...{ layers: 2, features: 8, stateSize: 4, inputs: 1, outputs: 2, activation: 'gelu' },
          ...{ prenorm: true, bidirectional: false, normBias: true, conjSym: true, normEps: 1e-5 },
          ...{ norm: 'batch', pooling: 'none', discretization: 'zoh', gelu: 'exact' },
          ...{ sigmoid: 'exact', seed, blocks: 1, cInit: 'trunc_standard_normal' },
          ...{ dtMin: 0.01, dtMax: 0.1 },
        }),
      );
      writeFileSync(join(folder, name), writeSafetensors(tensors.values(), metadata));
    };
    const data = (name: string, first: number) => {
      const values = Float64Array.from({ length: 4 * 16 }, (_, i) => Math.sin(first + i));
      const inputs = { name: 'inputs', shape: [4, 16, 1], data: values };
      writeFileSync(join(folder, name), writeSafetensors([inputs], {}));
    };
    const run = async (names: readonly [string, string, string]) => {
      const [checkpoint, calibration, test] = names;
      const text = SMALL.replace(/ {2}init: .*/, `  checkpoint: ${checkpoint}`).replace(
        /synthetic: .*/,
        `tensors: { calibration: ${calibration}, test: ${test} }`,
      );
      const before = notes.length;
      await quantizeModel(parseConfig(text, join(folder, 'c.yaml')), { cache: options });
      return notes.length > before ? 'cached' : 'made';
    };
    write('model', 1);
    data('a', 1);
    data('b', 2);
    expect(await run(['model', 'a', 'b'])).toBe('made');
    expect(await run(['model', 'a', 'b'])).toBe('cached');
    for (const [from, to] of [
      ['model', 'm2'],
      ['a', 'a2'],
      ['b', 'b2'],
    ] as const) {
      renameSync(join(folder, from), join(folder, to));
    }
    expect(await run(['m2', 'a2', 'b2'])).toBe('cached');
    expect(await run(['m2', 'b2', 'a2'])).toBe('made');
    data('a2', 3);
    expect(await run(['m2', 'a2', 'b2'])).toBe('made');
    write('m2', 2);
    expect(await run(['m2', 'a2', 'b2'])).toBe('made');
    data('b2', 4);
    expect(await run(['m2', 'a2', 'b2'])).toBe('made');
    expect(await run(['m2', 'a2', 'b2'])).toBe('cached');
  });

  it('does not keep what was read from a file that changed meanwhile', async () => {
    const { options, entries } = newCache('code');
    const folder = join(root, 'changing');
    mkdirSync(folder);
    const write = (first: number) => {
      const values = Float64Array.from({ length: 4 * 16 }, (_, i) => Math.sin(first + i));
      const inputs = { name: 'inputs', shape: [4, 16, 1], data: values };
      writeFileSync(join(folder, 'data'), writeSafetensors([inputs], {}));
    };
    const text = SMALL.replace(/synthetic: .*/, 'tensors: { calibration: data, test: data }');
    const loaded = parseConfig(text, join(folder, 'c.yaml'));
    write(1);
    await quantizeModel(loaded, {
      cache: options,
      watch: () => {
        write(2);
      },
    });
    mkdirSync(join(root, 'none'), { recursive: true });
    expect(entries).toThrow();
  });

  it('never gives the integers of other code', async () => {
    const { folder, notes, entries } = newCache();
    const loaded = parseConfig(SMALL, join(root, 'c.yaml'));
    for (const code of ['one', 'two']) {
      const note = (text: string) => void notes.push(text);
      await quantizeModel(loaded, { cache: { store: openStore(folder), note, code } });
    }
    expect([notes, entries().length]).toEqual([[], 2]);
  });

  it('makes an entry again that is damaged, and says so', async () => {
    const { notes, options, entries } = newCache();
    const loaded = parseConfig(SMALL, join(root, 'c.yaml'));
    const first = await quantizeModel(loaded, { cache: options });
    const [path = ''] = entries();
    const whole = readFileSync(path);
    writeFileSync(path, whole.subarray(0, whole.length / 2));
    const second = await quantizeModel(loaded, { cache: options });
    expect(second.network).toEqual(first.network);
    expect(notes).toEqual([`note: the cache entry ${path} is damaged; it is written again`]);
    expect(readFileSync(path)).toEqual(whole);
  });
});

describe('the digest of the code', () => {
  it('changes with any module and with nothing else', () => {
    const base = join(root, 'package');
    cpSync('src', join(base, 'src'), { recursive: true });
    cpSync('package.json', join(base, 'package.json'));
    const modules = `${join(base, 'src')}/`;
    const digest = codeDigest(modules);
    expect(codeDigest(modules)).toBe(digest);
    writeFileSync(join(base, 'src', 'types.d.ts'), 'export {};');
    writeFileSync(join(base, 'src', '.tsbuildinfo'), '{}');
    expect(codeDigest(modules)).toBe(digest);
    const rounding = join(base, 'src', 'base', 'fixed', 'rounding.ts');
    const text = readFileSync(rounding, 'utf8');
    writeFileSync(rounding, `${text} `);
    expect(codeDigest(modules)).not.toBe(digest);
    writeFileSync(rounding, text);
    expect(codeDigest(modules)).toBe(digest);
    renameSync(rounding, join(base, 'src', 'base', 'fixed', 'round.ts'));
    expect(codeDigest(modules)).not.toBe(digest);
  });
});
