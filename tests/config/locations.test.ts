import { describe, expect, it } from 'vitest';
import { loadConfig, parseConfig } from '../../src/config/load.js';
import { withLocations } from '../../src/config/with_locations.js';
import { Qs5Error } from '../../src/base/errors.js';
import { SMALL } from './small.js';

const loaded = parseConfig(`${SMALL}layers:\n  - layer: 0\n`, 'small.yaml');

const place = (...path: (string | number)[]) => {
  const { line, column } = loaded.locate(path);
  return [line, column];
};

describe('locate', () => {
  it('finds values', () => {
    expect(place('name')).toEqual([1, 7]);
    expect(place('model', 'init', 'state_size')).toEqual([3, 47]);
    expect(place('precision', 'b')).toEqual([10, 6]);
    expect(place('layers', 0, 'layer')).toEqual([21, 12]);
  });

  it('gives the nearest parent of what is not there', () => {
    expect(place('folding', 'b', 'pe')).toEqual([1, 1]);
    expect(place('precision', 'none')).toEqual([9, 3]);
    expect(place('layers', 5)).toEqual([21, 3]);
    expect(place()).toEqual([1, 1]);
  });

  it('follows aliases', () => {
    const { locate } = parseConfig(
      SMALL.replace(/ {2}synthetic.*/, '  idx:\n    calibration: &a { images: i }\n    test: *a'),
      'x',
    );
    expect(locate(['data', 'idx', 'test'])).toMatchObject({ line: 8, column: 11 });
    expect(locate(['data', 'idx', 'test', 'images'])).toMatchObject({ line: 7, column: 31 });
  });
});

describe('withLocations', () => {
  const path = ['precision', 'b'];
  const error = new Qs5Error('E_WIDTH', { message: 'Too wide.', path });
  const fail = (reason: unknown) => (): unknown => {
    throw reason;
  };
  const text = 'small.yaml:10:6  E_WIDTH  precision.b\n  Too wide.';

  it('places an error that names a config path', () => {
    let caught: unknown;
    try {
      withLocations(loaded, fail(error));
    } catch (reason) {
      caught = reason;
    }
    expect(caught instanceof Qs5Error && caught.format()).toBe(text);
  });

  it('does so for promises', async () => {
    const caught: unknown = await withLocations(loaded, () => Promise.reject(error)).catch(
      (reason: unknown) => reason,
    );
    expect(caught instanceof Qs5Error && caught.format()).toBe(text);
    expect(await withLocations(loaded, () => Promise.resolve(1))).toBe(1);
  });

  it('leaves results and other errors alone', () => {
    expect(withLocations(loaded, () => 2)).toBe(2);
    const placed = error.at({ file: 'other', line: 1, column: 1 });
    for (const other of [placed, new Error('bug'), new Qs5Error('E_FILE', { message: '' })]) {
      expect(() => withLocations(loaded, fail(other))).toThrow(other);
    }
  });
});

describe('loadConfig', () => {
  it('says why a file cannot be read', async () => {
    const message = async (file: string) => {
      const error: unknown = await loadConfig(file).catch((reason: unknown) => reason);
      return error instanceof Qs5Error ? error.format() : String(error);
    };
    expect(await message('configs/none.yaml')).toBe(
      `configs/none.yaml  E_FILE
  The file cannot be read: no such file.
  hint: check the name and the working folder.`,
    );
    expect(await message('configs')).toContain('The file cannot be read: it is a folder.');
  });
});
