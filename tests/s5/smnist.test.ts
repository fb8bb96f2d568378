import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { loadIdxDataset } from '../../src/float/dataset/idx_dataset.js';
import { argmax, forward, prepare } from '../../src/float/s5/forward.js';
import { loadModel } from '../../src/float/s5/from_checkpoint.js';

/** A float32 array in numpy's format: magic, version, length and text of a header, data. */
function readNpy(path: string): { shape: number[]; data: number[] } {
  const bytes = readFileSync(path);
  const headerEnd = 10 + bytes.readUInt16LE(8);
  const header = bytes.toString('latin1', 10, headerEnd);
  expect(header).toContain("'descr': '<f4', 'fortran_order': False");
  const shape = (/\(([\d, ]+)\)/.exec(header)?.[1] ?? '').split(',').map(Number);
  const count = (bytes.length - headerEnd) / 4;
  const data = Array.from({ length: count }, (_, i) => bytes.readFloatLE(headerEnd + 4 * i));
  return { shape, data };
}

// The whole file takes half a minute here: QS5_ALL_DIGITS=1 runs it.
const all = process.env['QS5_ALL_DIGITS'] === '1';
const digits = all ? 1500 : 200;

test(`scores of ${digits} digits agree with PyTorch's`, async () => {
  const network = prepare(await loadModel('models/smnist-s5-2x32x16.safetensors', 'model'));
  const files = {
    images: 'data/smnist/test-images.idx.gz',
    labels: 'data/smnist/test-labels.idx.gz',
  };
  const data = await loadIdxDataset(files, files, { inputs: 1, outputs: 10, everyStep: false });
  const reference = readNpy('models/smnist-s5-2x32x16-logits.npy');
  expect(reference.shape).toEqual([data.count, 10]);

  let correct = 0;
  let referenceCorrect = 0;
  let difference = 0;
  for (let i = 0; i < digits; i++) {
    const scores = forward(network, data.sequence(i), data.length);
    const expected = Float64Array.from(reference.data.slice(10 * i, 10 * i + 10));
    if (argmax(scores) === data.label(i)) correct++;
    if (argmax(expected) === data.label(i)) referenceCorrect++;
    for (const [k, score] of scores.entries()) {
      difference = Math.max(difference, Math.abs(score - (expected[k] ?? NaN)));
    }
  }
  // The reference is float32; scores reach about 31.
  expect(difference).toBeLessThan(5e-4);
  expect(correct).toBe(referenceCorrect);
  if (all) expect(correct).toBe(1450);
});
