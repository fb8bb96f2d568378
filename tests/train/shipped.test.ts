import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { at } from '../../src/base/at.js';
import { loadIdxDataset } from '../../src/float/dataset/idx_dataset.js';
import { argmax, forward, prepare } from '../../src/float/s5/forward.js';
import { loadModel } from '../../src/float/s5/from_checkpoint.js';
import { createFastEmulator } from '../../src/network/emulate/fast/emulator.js';
import { decodeNetwork } from '../../src/network/file.js';
import { inputWords } from '../../src/network/quantize/input_words.js';
import { inputNode } from '../../src/network/types.js';
import { createFloatNetwork, floatNetwork } from '../../src/train/inference/float_network.js';

const FILE = 'models/mnist/2x32x16.safetensors';
const DIGITS = 500;

async function digits() {
  const files = { images: 'data/mnist-test/images.idx', labels: 'data/mnist-test/labels.idx' };
  return loadIdxDataset(files, files, { inputs: 1, outputs: 10, everyStep: false });
}

it('the shipped model of MNIST has its accuracy on test digits, in both arithmetics', async () => {
  const model = await loadModel(FILE, FILE);
  const data = await digits();
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

it('the shipped network of 4 bits has its accuracy on test digits', async () => {
  const file = 'models/mnist/2x32x16-w4/network.safetensors';
  const { network } = decodeNetwork(await readFile(file), file);
  const weights = network.nodes.flatMap((node) => (node.op === 'matvec' ? [node.weightWidth] : []));
  expect(new Set(weights)).toEqual(new Set([4]));
  const data = await digits();
  const emulator = createFastEmulator(network);
  const input = inputNode(network);
  let right = 0;
  for (let i = 0; i < DIGITS; i++) {
    const [scores = new Float64Array()] = emulator
      .run(inputWords(data.sequence(i), input))
      .slice(-1);
    if (argmax(scores) === data.label(i)) right += 1;
  }
  // 98.33 % of 10 000 digits.
  expect(right / DIGITS).toBeGreaterThan(0.96);
});

it('the log has the epochs of the training', () => {
  const lines = readFileSync('models/mnist/2x32x16.jsonl', 'utf8').trimEnd().split('\n');
  const epochs = lines.map((line) => JSON.parse(line) as { validation: { accuracy: number } });
  expect(epochs).toHaveLength(20);
  expect(Math.max(...epochs.map(({ validation }) => validation.accuracy))).toBeGreaterThan(0.98);
});
