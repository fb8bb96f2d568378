import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { expect, it } from 'vitest';
import { readIdx } from '../../src/float/dataset/idx.js';

const folder = 'data/mnist-test';
const read = (file: string) => readIdx(readFileSync(file), file);
const labels = read(`${folder}/labels.idx`);
const images = read(`${folder}/images.idx`);

/** Each image of a file as text. */
function imagesOf({ dims: [count = 0], data }: ReturnType<typeof readIdx>): string[] {
  const text = Buffer.from(data);
  return Array.from({ length: count }, (_, i) => text.toString('latin1', 784 * i, 784 * (i + 1)));
}

it('the shipped test digits are those of their README', () => {
  const readme = readFileSync(`${folder}/README.md`, 'utf8');
  const rows = [...readme.matchAll(/^\| `(\w+\.idx)`.*`([0-9a-f]{64})` \|$/gm)];
  const found = rows.map(([, name = '']) => {
    const bytes = readFileSync(`${folder}/${name}`);
    return [name, createHash('sha256').update(bytes).digest('hex')];
  });
  expect(found).toEqual(rows.map(([, name, digest]) => [name, digest]));
  expect(found.map(([name]) => name)).toEqual(['images.idx', 'labels.idx']);
});

it('each class has its share of the 10 000 test digits', () => {
  expect([images.dims, labels.dims]).toEqual([[1500, 28, 28], [1500]]);
  // Digits 0 to 9 in the test set of MNIST.
  const all = [980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009];
  expect(all.reduce((sum, count) => sum + count)).toBe(10_000);
  for (const [digit, count] of all.entries()) {
    const shipped = labels.data.filter((label) => label === digit).length;
    expect(Math.abs(shipped - 0.15 * count)).toBeLessThan(1);
  }
});

it('no digit is shipped twice, or is one of the training digits in data/smnist', () => {
  const digits = imagesOf(images);
  expect(new Set(digits).size).toBe(1500);
  const training = ['train', 'test'].flatMap((name) =>
    imagesOf(readIdx(gunzipSync(readFileSync(`data/smnist/${name}-images.idx.gz`)), name)),
  );
  expect(new Set([...training, ...digits]).size).toBe(training.length + digits.length);
});
