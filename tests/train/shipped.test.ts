import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { at } from '../../src/base/at.js';
import { loadIdxDataset } from '../../src/float/dataset/idx_dataset.js';
import { argmax, forward, prepare } from '../../src/float/s5/forward.js';
import { loadModel } from '../../src/float/s5/from_checkpoint.js';
import { createFloatNetwork, floatNetwork } from '../../src/train/inference/float_network.js';

const FILE = 'models/mnist/2x32x16.safetensors';
const DIGITS = 500;

it('the shipped model of MNIST has its accuracy on test digits, in both arithmetics', async () => {
  const model = await loadModel(FILE, FILE);
  const files = { images: 'data/mnist-test/images.idx', labels: 'data/mnist-test/labels.idx' };
  const data = await loadIdxDataset(files, files, { inputs: 1, outputs: 10, everyStep: false });
  const run = createFloatNetwork(floatNetwork(model), data.length);
  const prepared = prepare(model);
  let right = 0;
  for (let i = 0; i < DIGITS; i++) {
    const sequence = data.sequence(i);
    const scores = run(sequence);
    if (argmax(scores) === data.label(i)) right += 1;
    if (i >= 20) continue;
    for (const [h, wanted] of forward(prepared, sequence, data.length).entries()) {
      expect(Math.abs(at(scores, h) - wanted)).toBeLessThan(1e-3);
    }
  }
  // 98.86 % of 10 000 digits; the standard error of 500 is 0.5 points.
  expect(right / DIGITS).toBeGreaterThan(0.97);
});

it('its log has the epochs of its training', () => {
  const lines = readFileSync('models/mnist/2x32x16.jsonl', 'utf8').trimEnd().split('\n');
  const epochs = lines.map((line) => JSON.parse(line) as { validation: { accuracy: number } });
  expect(epochs).toHaveLength(20);
  expect(Math.max(...epochs.map(({ validation }) => validation.accuracy))).toBeGreaterThan(0.98);
});
