import { describe, expect, test } from 'vitest';
import { idxDataset, loadIdxDataset } from '../../src/float/dataset/idx_dataset.js';
import { indicesOf, oneHot } from '../../src/float/dataset/one_hot.js';
import { syntheticDataset } from '../../src/float/dataset/synthetic.js';
import { caught, rejected } from '../checkpoint/caught.js';

const folder = 'data/smnist';
const names = { images: 'images', labels: 'labels' };
const ports = { inputs: 1, outputs: 10, everyStep: false };

describe('IDX datasets', () => {
  test('the digits that come with qs5', async () => {
    const files = {
      images: `${folder}/test-images.idx.gz`,
      labels: `${folder}/test-labels.idx.gz`,
    };
    const digits = await loadIdxDataset(files, files, ports);
    expect([digits.count, digits.length, digits.inputs]).toEqual([1500, 784, 1]);
    expect([0, 1, 2, 3].map(digits.label)).toEqual([9, 8, 1, 6]);
    const first = digits.sequence(0);
    expect(first.length).toBe(784);
    expect(Math.max(...first)).toBeLessThanOrEqual(1);
    expect(Math.max(...first)).toBeGreaterThan(0.9);
    expect(first.every((pixel) => Number.isInteger(Math.round(pixel * 255 * 1e9) / 1e9))).toBe(
      true,
    );
    const images = await loadIdxDataset({ images: files.images }, { images: 'i' }, ports);
    expect(images.label(0)).toBeUndefined();
    expect(images.sequence(1499)).toEqual(digits.sequence(1499));
  });

  test('pixels row by row, over 255', () => {
    const images = { dims: [2, 2, 2], data: Uint8Array.of(0, 255, 51, 1, 2, 3, 4, 5) };
    const data = idxDataset(images, { dims: [2], data: Uint8Array.of(7, 8) }, names, ports);
    expect(data.sequence(0)).toEqual(Float64Array.of(0, 1, 0.2, 1 / 255));
    expect(data.label(1)).toBe(8);
    expect(() => data.sequence(2)).toThrow(RangeError);
    expect(() => data.label(-1)).toThrow(RangeError);
  });

  test('arrays that do not fit', () => {
    const images = { dims: [2, 1], data: Uint8Array.of(0, 1) };
    const labels = { dims: [3], data: Uint8Array.of(0, 1, 2) };
    expect(caught(() => idxDataset(images, labels, names, ports))).toMatchInlineSnapshot(`
      "labels  E_DATASET
        There are 3 labels for 2 images.
        hint: give the two files of one split (both train or both test)."
    `);
    expect(caught(() => idxDataset(labels, undefined, names, ports))).toMatchInlineSnapshot(`
      "images  E_DATASET
        The images have one axis, like labels.
        hint: check that image and label files are not swapped."
    `);
    expect(caught(() => idxDataset(images, images, names, ports))).toMatchInlineSnapshot(`
      "labels  E_DATASET
        The labels have 2 axes; expected one.
        hint: check that image and label files are not swapped."
    `);
    const empty = { dims: [0, 28, 28], data: new Uint8Array() };
    expect(caught(() => idxDataset(empty, undefined, names, ports))).toMatchInlineSnapshot(`
      "images  E_DATASET
        Sizes 0 x 28 x 28 hold no pixel.
        hint: give a file with at least one image."
    `);
  });

  test('images and labels of another model', () => {
    const images = { dims: [3, 2, 2], data: new Uint8Array(12) };
    const labels = { dims: [3], data: Uint8Array.of(0, 9, 10) };
    expect(caught(() => idxDataset(images, labels, names, ports))).toMatchInlineSnapshot(`
      "labels  E_DATASET
        The label of sequence 2 is 10; expected an integer from 0 to 9, because the model has 10 outputs.
        hint: classes count from 0, one for each output; use the labels that the model was trained with."
    `);
    expect(caught(() => idxDataset(images, undefined, names, { ...ports, inputs: 4 })))
      .toMatchInlineSnapshot(`
      "images  E_DATASET
        The images give 1 value per step, a pixel; expected 4, the inputs of the model.
        hint: use a model with one input, or give the sequences as data: { tensors: ... }."
    `);
  });

  test('files that are not there', async () => {
    const missing = { images: '/nowhere/x.idx', labels: 'y' };
    expect(await rejected(loadIdxDataset(missing, names, ports))).toMatchInlineSnapshot(`
      "images  E_FILE
        The dataset cannot be read: ENOENT: no such file or directory, open '/nowhere/x.idx'.
        hint: check the path; it is relative to the file that names it."
    `);
  });
});

describe('synthetic sequences', () => {
  const spec = { seed: 1, count: 20, length: 501, inputs: 3 };

  test('depend on seed and index only', () => {
    const data = syntheticDataset(spec);
    const seventh = data.sequence(7);
    expect(syntheticDataset({ ...spec, count: 8 }).sequence(7)).toEqual(seventh);
    expect(data.sequence(7)).toEqual(seventh);
    expect(data.sequence(8)).not.toEqual(seventh);
    expect(syntheticDataset({ ...spec, seed: 2 }).sequence(6)).not.toEqual(seventh);
    expect(seventh.length).toBe(501 * 3);
    expect(data.label(0)).toBeUndefined();
    expect(() => data.sequence(20)).toThrow(RangeError);
  });

  test('of indices are one-hot and uniform', () => {
    const data = syntheticDataset({ ...spec, kind: 'one_hot' });
    expect(data.sequence(4)).toEqual(data.sequence(4));
    expect([data.length, data.inputs, data.sequence(4).length]).toEqual([501, 3, 501 * 3]);
    const indices = Array.from({ length: 20 }, (_, i) => indicesOf(data.sequence(i), 3)).flat();
    for (const wanted of [0, 1, 2]) {
      const share = indices.filter((index) => index === wanted).length / indices.length;
      expect(share).toBeCloseTo(1 / 3, 1);
    }
  });

  test('are standard normal', () => {
    const data = syntheticDataset(spec);
    const values = Array.from({ length: 20 }, (_, i) => [...data.sequence(i)]).flat();
    const moment = (n: number): number =>
      values.reduce((sum, value) => sum + value ** n, 0) / values.length;
    expect(moment(1)).toBeCloseTo(0, 1);
    expect(moment(2)).toBeCloseTo(1, 1);
    expect(Math.abs(moment(4) - 3)).toBeLessThan(0.2);
  });
});

describe('one-hot vectors', () => {
  test('and their indices', () => {
    expect(oneHot([2, 0], 3)).toEqual(Float64Array.of(0, 0, 1, 1, 0, 0));
    expect(indicesOf(oneHot([2, 0, 1], 3), 3)).toEqual([2, 0, 1]);
  });

  test('refuse what is none', () => {
    expect(() => oneHot([3], 3)).toThrow('index 3 of 3');
    expect(() => oneHot([0.5], 3)).toThrow(RangeError);
    for (const row of [
      [0, 0],
      [1, 1],
      [1, 0.5],
    ]) {
      expect(() => indicesOf(Float64Array.from(row), 2)).toThrow('step 0 is not one-hot');
    }
  });
});
