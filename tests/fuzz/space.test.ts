import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { configJsonSchema, type JsonSchema } from '../../src/config/json_schema.js';
import { deviceNames } from '../../src/hardware/device/device.js';
import { FUZZ_KINDS, kindOf, randomCase } from '../../src/prove/fuzz/case.js';
import { CONTENTS, LAST_FAULTS } from '../../src/prove/fuzz/fuzz_case.js';
import { NEVER_DRAWN_ELSE, NEVER_DRAWN_KEYS } from '../../src/prove/fuzz/never_drawn.js';
import { STALLS } from '../../src/prove/simulate/patterns.js';

const SEED = 9;
const cases = Array.from({ length: 1500 }, (_, i) => randomCase(SEED, i));

type Node = JsonSchema | boolean | undefined;

/** Paths of all leaves of a schema; of those with few values `path=value` for each. */
function leavesOf(node: Node, path: string): string[] {
  if (node === undefined || typeof node === 'boolean') return [];
  if (Array.isArray(node.items)) throw new Error('tuples are not expected');
  const join = (key: string) => (path === '' ? key : `${path}.${key}`);
  const values = [...(node.enum ?? []), ...(node.const === undefined ? [] : [node.const])];
  const below = [
    ...(node.anyOf ?? []).flatMap((part) => leavesOf(part, path)),
    ...Object.entries(node.properties ?? {}).flatMap(([key, part]) => leavesOf(part, join(key))),
    ...leavesOf(node.items, path),
    ...values.map((value) => `${path}=${JSON.stringify(value)}`),
    ...(node.type === 'boolean' ? [`${path}=true`, `${path}=false`] : []),
  ];
  return (below.length > 0 ? below : [path]).map((leaf) => leaf.replaceAll('"', ''));
}

/** The same of a value: of texts, numbers and booleans both the path and `path=value`. */
function drawnIn(value: unknown, path: string): string[] {
  if (Array.isArray(value)) return value.flatMap((item) => drawnIn(item, path));
  if (typeof value === 'object' && value !== null) {
    return Object.entries(value).flatMap(([key, item]) =>
      drawnIn(item, path === '' ? key : `${path}.${key}`),
    );
  }
  return [path, `${path}=${String(value)}`];
}

const leaves = [...new Set(leavesOf(configJsonSchema(), ''))];
const drawn = new Set(cases.flatMap(({ config }) => drawnIn(config, '')));

describe('the space of random designs', () => {
  it('has every key of the config and every value of a choice, but for those that are listed', () => {
    expect(leaves.length).toBeGreaterThan(100);
    const listed = new Set(NEVER_DRAWN_KEYS.map(({ what }) => what));
    // A listed key covers all its values, and a listed section all its keys.
    const listedAs = (leaf: string) =>
      [leaf, leaf.replace(/\..*/, '')].find((one) => listed.has(one)) ?? leaf.replace(/=.*/, '');
    const missing = leaves.filter((leaf) => !drawn.has(leaf));
    expect(missing.filter((leaf) => !listed.has(listedAs(leaf)))).toEqual([]);
    // No listed key occurs in a design, or is unknown.
    expect(leaves.filter((leaf) => drawn.has(leaf) && listed.has(listedAs(leaf)))).toEqual([]);
    expect(new Set(missing.map(listedAs))).toEqual(listed);
  });

  it('has every device, target, word length, content, stall, tlast fault and kind of reset', () => {
    const seen = <T>(of: (c: (typeof cases)[number]) => readonly T[]) => new Set(cases.flatMap(of));
    expect(seen(({ config }) => [config.device])).toEqual(new Set(deviceNames()));
    expect(seen(({ config }) => [Object.keys(config.target ?? {}).join()])).toEqual(
      new Set(['', 'interval', 'steps_per_second,clock_mhz', 'multipliers', 'device']),
    );
    for (const key of ['a', 'state', 'residual', 'd']) {
      expect(seen(({ config }) => [config.precision[key]]).size).toBe(23);
    }
    expect(seen(({ stimulus }) => [stimulus.content])).toEqual(new Set(CONTENTS));
    expect(seen(({ stimulus }) => [stimulus.stalls])).toEqual(new Set(STALLS));
    expect(seen(({ stimulus }) => stimulus.last_faults.map(({ kind }) => kind))).toEqual(
      new Set(LAST_FAULTS),
    );
    expect(
      seen(({ stimulus }) => stimulus.resets.map((reset) => Object.keys(reset).join())),
    ).toEqual(new Set(['place,cycles', 'cycle,cycles', 'gap,cycles']));
    expect(Math.min(...cases.map(({ stimulus }) => stimulus.first_reset))).toBe(3);
    expect(seen((c) => [kindOf(c)])).toEqual(new Set(FUZZ_KINDS));
  });

  it('has sequences beyond the longest, networks of one feature and one state, and large ones', () => {
    const beyond = cases.filter(({ config: { max_length, data }, stimulus }) => {
      const data_length = 'synthetic' in data ? data.synthetic.length : Infinity;
      return stimulus.lengths.some((length) => length > (max_length ?? data_length));
    });
    expect(beyond.length).toBeGreaterThan(100);
    const sizes = cases.map(({ config: { model } }) => [
      model.init['features'],
      model.init['state_size'],
    ]);
    expect(sizes.filter(([h, p]) => h === 1 && p === 1).length).toBeGreaterThan(0);
    expect(sizes.filter(([h, p]) => Math.max(Number(h), Number(p)) > 30).length).toBeGreaterThan(
      20,
    );
  });
});

describe('docs/fuzz.md', () => {
  it('lists what no random design has, with reasons', async () => {
    const text = await readFile('docs/fuzz.md', 'utf8');
    const rows = [...text.matchAll(/^\| (.*?) +\| (.*?) +\|$/gm)].map(([, what, reason]) => [
      what?.replaceAll('`', ''),
      reason?.replaceAll('`', ''),
    ]);
    for (const { what, reason } of [...NEVER_DRAWN_KEYS, ...NEVER_DRAWN_ELSE]) {
      expect(rows).toContainEqual([what, reason]);
    }
    // Two headings and two lines below them.
    expect(rows).toHaveLength(NEVER_DRAWN_KEYS.length + NEVER_DRAWN_ELSE.length + 4);
  });
});
