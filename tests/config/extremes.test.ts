import { describe, expect, it } from 'vitest';
import { parseConfig } from '../../src/config/load.js';
import { buildDesign } from '../../src/design/build.js';
import { Qs5Error } from '../../src/base/errors.js';

/** Every number that a config may hold, but for foldings; small, as each design is built. */
const CONFIG = `name: x
model: { init: { layers: 1, features: 2, state_size: 2, blocks: 1, seed: 1, inputs: 1, outputs: 2, dt_min: 0.001, dt_max: 0.1 } }
scope: network
data: { synthetic: { seed: 1, length: 8 } }
max_length: 16
calibration: { sequences: 2, method: percentile, percentile: 99, margin: 1 }
precision: { a: 8, b: 8, c: 8, d: 8, non_ssm: 8, ssm_act: 8, non_ssm_act: 8, state: 16, residual: 16 }
lambda_form: delta
scales: { multiplier_bits: 16 }
layers: [{ layer: 0, precision: { a: 8 } }]
folding: auto
target: { steps_per_second: 1000, clock_mhz: 100 }
device: xc7a35t
`;
const SCOPED = CONFIG.replace('network', '{ ssm_core: 0 }');
const BUDGET = CONFIG.replace(/target: .*/, 'target: { multipliers: 64 }');
const INTERVAL = CONFIG.replace(/target: .*/, 'target: { interval: 64 }');

const NUMBER = /(?<=\b[a-z_]+: )\d+(?:\.\d+)?(?=[ ,\n}])/g;
const EXTREMES = ['5e-324', '1e-308', '1e-13', '1e308', '1.8e308', '-1', '0', '-0', '1e21', '0.5'];
const INTEGERS = ['9007199254740991', '9007199254740993', '18446744073709551616', '4294967296'];

/** Each number of a text replaced by a value, by its line and key. */
function replaced(text: string, values: readonly string[]): [place: string, text: string][] {
  return [...text.matchAll(NUMBER)].flatMap((match) => {
    const before = text.slice(0, match.index);
    const key = /(\w+): $/.exec(before)?.[1] ?? '';
    const after = text.slice(match.index + match[0].length);
    return values.map((value): [string, string] => [
      `${before.split('\n').length}:${key}: ${value}`,
      before + value + after,
    ]);
  });
}

async function outcome(text: string): Promise<string> {
  try {
    await buildDesign(parseConfig(text, 'x.yaml'));
    return 'built';
  } catch (error) {
    return error instanceof Qs5Error ? error.code : String(error);
  }
}

const FINE = /^(?:built|E_CONFIG_VALUE|E_CONFIG_COMBINATION|E_FOLDING|E_UNSTABLE|E_WIDTH)$/;

describe('a number at the ends of what a float holds', () => {
  it('gives a design or an error of the config', async () => {
    const odd: string[] = [];
    const seen = new Set<string>();
    for (const base of [CONFIG, SCOPED, BUDGET, INTERVAL]) {
      for (const [place, text] of replaced(base, [...EXTREMES, ...INTEGERS])) {
        // The same key in a base before.
        if (base !== CONFIG && !/ssm_core|multipliers|interval/.test(place)) continue;
        seen.add(place);
        const result = await outcome(text);
        if (!FINE.test(result)) odd.push(`${place} -> ${result}`);
      }
    }
    expect(odd).toEqual([]);
    expect(seen.size).toBeGreaterThan(400);
  });

  it.each([
    ['calibration: { sequences: 2, method: abs_max, margin: 5e-324 }', 'calibration.margin'],
    ['target: { steps_per_second: 5e-324, clock_mhz: 100 }', 'target.steps_per_second'],
    ['target: { steps_per_second: 1, clock_mhz: 1e-300 }', 'target.clock_mhz'],
  ])('%s is refused', (line, path) => {
    const key = line.slice(0, line.indexOf(':'));
    const text = CONFIG.replace(new RegExp(`^${key}: .*$`, 'm'), line);
    expect(() => parseConfig(text, 'x.yaml')).toThrow(
      expect.objectContaining({
        code: 'E_CONFIG_VALUE',
        details: expect.objectContaining({ path: path.split('.') }) as object,
      }) as Error,
    );
  });

  it.each([
    ['1/1024', 'margin: 1 ', `margin: ${1 / 1024} `],
    ['1024', 'margin: 1 ', 'margin: 1024 '],
    ['1e-12', 'dt_min: 0.001, dt_max: 0.1', 'dt_min: 1e-12, dt_max: 2e-12'],
    ['1e6', 'dt_max: 0.1', 'dt_max: 1e6'],
    [
      '0.001 MHz',
      'steps_per_second: 1000, clock_mhz: 100',
      'steps_per_second: 1, clock_mhz: 0.001',
    ],
  ])('a bound itself is valid: %s', async (_name, from, to) => {
    expect(CONFIG).toContain(from);
    expect(await outcome(CONFIG.replace(from, to))).toMatch(FINE);
  });
});

describe('nesting', () => {
  const deep = (levels: number) => `${CONFIG}x: ${'['.repeat(levels)}${']'.repeat(levels)}\n`;
  it.each([
    ['1000 lists', deep(1000)],
    ['70 lists', deep(70)],
    ['lists without end', `x: ${'['.repeat(100_000)}`],
    ['1000 mappings', `x: ${'{a: '.repeat(1000)}1${'}'.repeat(1000)}`],
    ['blocks', Array.from({ length: 1000 }, (_, i) => `${' '.repeat(i)}a:`).join('\n')],
    ['lists of one line', `${'- '.repeat(1000)}1`],
    ['keys', `${'? '.repeat(1000)}a`],
  ])('too deep is an error of the file: %s', (_name, text) => {
    expect(() => parseConfig(text, 'x.yaml')).toThrow(
      expect.objectContaining({
        code: 'E_CONFIG_SYNTAX',
        message: 'The nesting is too deep: more than 64 lists and mappings in each other.',
      }) as Error,
    );
  });

  it('has its place, and is an unknown key where it is not too deep', () => {
    expect(() => parseConfig(deep(70), 'x.yaml')).toThrow(
      expect.objectContaining({
        details: expect.objectContaining({
          location: { file: 'x.yaml', line: 14, column: 67 },
        }) as object,
      }) as Error,
    );
    expect(() => parseConfig(deep(60), 'x.yaml')).toThrow('Unknown key x in a config.');
  });

  it.each(['a: &a [*a]', 'a: &a { b: [*a] }', '&a [[*a]]'])('has an end: %s', (text) => {
    expect(() => parseConfig(text, 'x.yaml')).toThrow('The alias *a is inside of its own anchor.');
  });
});
