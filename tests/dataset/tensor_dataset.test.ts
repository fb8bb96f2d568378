import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Tensor } from '../../src/float/checkpoint/tensor.js';
import {
  writeSafetensors,
  type WrittenType,
} from '../../src/float/checkpoint/write_safetensors.js';
import { loadConfig, parseConfig } from '../../src/config/load.js';
import { quantizeModel } from '../../src/design/build.js';
import { loadTensorDataset, tensorDataset } from '../../src/float/dataset/tensor_dataset.js';
import { caught } from '../checkpoint/caught.js';
import { cli } from '../cli/in_process.js';

function tensor(name: string, shape: readonly number[], at: (i: number) => number): Tensor {
  const size = shape.reduce((a, b) => a * b, 1);
  return { name, shape, data: Float64Array.from({ length: size }, (_, i) => at(i)) };
}

const file = (...tensors: Tensor[]) => ({ tensors: new Map(tensors.map((t) => [t.name, t])) });
const values = { file: 'data', kind: 'values', inputs: 2, outputs: 3, everyStep: false } as const;

describe('sequences of a tensor file', () => {
  it('are values with classes or targets', () => {
    const inputs = tensor('inputs', [3, 4, 2], (i) => i / 8);
    const classes = tensorDataset(
      file(
        inputs,
        tensor('labels', [3], (i) => i),
      ),
      values,
    );
    expect([classes.count, classes.length, classes.inputs]).toEqual([3, 4, 2]);
    expect([...classes.sequence(1)]).toEqual([8, 9, 10, 11, 12, 13, 14, 15].map((n) => n / 8));
    expect([classes.label(2), classes.target]).toEqual([2, undefined]);
    const regression = tensorDataset(
      file(
        inputs,
        tensor('targets', [3, 4, 1], (i) => -i),
      ),
      { ...values, outputs: 1, everyStep: true },
    );
    expect(regression.label(0)).toBeUndefined();
    expect([...(regression.target?.(2) ?? [])]).toEqual([-8, -9, -10, -11]);
    expect(() => regression.sequence(3)).toThrow(RangeError);
  });

  it('are indices of a one-hot input', () => {
    const spec = { ...values, kind: 'one_hot', inputs: 3 } as const;
    const data = tensorDataset(file(tensor('inputs', [2, 2], (i) => i % 3)), spec);
    expect([...data.sequence(1)]).toEqual([0, 0, 1, 1, 0, 0]);
    expect(caught(() => tensorDataset(file(tensor('inputs', [2, 2], (i) => i)), spec))).toMatch(
      /^data: inputs {2}E_DATASET\n {2}The index at sequence 1, step 1 is 3; expected/,
    );
  });

  it('has targets of every step, of the last step, or of the sequence', () => {
    const wanted = (shape: readonly number[], ports: object) => {
      const targets = tensor('targets', shape, (i) => i);
      const { target } = tensorDataset(file(zeros, targets), { ...values, ...ports });
      return target === undefined ? [] : [...target(1)];
    };
    const everyStep = { everyStep: true };
    expect(wanted([3, 3], {})).toEqual([3, 4, 5]);
    expect(wanted([3, 3], everyStep)).toEqual([3, 4, 5]);
    expect(wanted([3, 4, 3], everyStep)).toEqual(Array.from({ length: 12 }, (_, i) => 12 + i));
    expect(wanted([3, 4], { outputs: 1, everyStep: true })).toEqual([4, 5, 6, 7]);
    expect(wanted([3, 1], { outputs: 1, everyStep: true })).toEqual([1]);
  });

  const zeros = tensor('inputs', [3, 4, 2], () => 0);
  const problem = (...tensors: Tensor[]) => caught(() => tensorDataset(file(...tensors), values));
  const beside = (name: string, shape: readonly number[], at: (i: number) => number = () => 0) =>
    problem(zeros, tensor(name, shape, at));

  it('has no tensor of another name', () => {
    expect(beside('label', [3])).toMatchInlineSnapshot(`
      "data: label  E_DATASET
        A dataset has no tensor of this name; expected are inputs, and labels or targets.
        hint: rename it to labels."
    `);
    expect(beside('target', [3, 3])).toContain('hint: rename it to targets.');
    expect(beside('lengths', [3])).toMatchInlineSnapshot(`
      "data: lengths  E_DATASET
        A dataset has no tensor of this name; expected are inputs, and labels or targets.
        hint: remove it, or rename it to one of these."
    `);
    expect(problem(tensor('input', [3, 4, 2], () => 0))).toContain('hint: rename it to inputs.');
    expect(problem()).toMatch(/^data: inputs {2}E_DATASET\n {2}The tensor is missing\./);
  });

  it('has inputs of the model', () => {
    expect(problem(tensor('inputs', [3, 4], () => 0))).toMatchInlineSnapshot(`
      "data: inputs  E_DATASET
        The shape is [3, 4]; expected [count, length, 2], each at least 1.
        hint: give a value for every input of the model."
    `);
    expect(problem(tensor('inputs', [3, 4, 3], () => 0))).toContain('expected [count, length, 2]');
    expect(problem(tensor('inputs', [0, 4, 2], () => 0))).toContain('each at least 1');
  });

  it('has one class per sequence, of those of the model', () => {
    expect(beside('labels', [2])).toMatchInlineSnapshot(`
      "data: labels  E_DATASET
        The shape is [2]; expected [3], one class per sequence.
        hint: the sizes are those of inputs in this file, and of the model."
    `);
    expect(beside('labels', [3, 4])).toContain('The shape is [3, 4]; expected [3], one class');
    expect(beside('labels', [3], (i) => i + 1)).toMatchInlineSnapshot(`
      "data: labels  E_DATASET
        The label of sequence 2 is 3; expected an integer from 0 to 2, because the model has 3 outputs.
        hint: classes count from 0, one for each output; use the labels that the model was trained with."
    `);
    expect(beside('labels', [3], (i) => i / 2)).toContain(
      'The label of sequence 1 is 0.5; expected',
    );
    expect(beside('labels', [3], (i) => -i)).toContain('The label of sequence 1 is -1; expected');
    const single = { ...values, outputs: 1 };
    const labels = tensor('labels', [3], (i) => i % 2);
    expect(caught(() => tensorDataset(file(zeros, labels), single))).toContain(
      'is 1; expected 0, because the model has 1 output.',
    );
  });

  it('has targets of the sizes of the model', () => {
    expect(beside('targets', [3])).toMatchInlineSnapshot(`
      "data: targets  E_DATASET
        The shape is [3]; expected [3, 3], one value per output of the model.
        hint: the sizes are those of inputs in this file, and of the model."
    `);
    for (const shape of [
      [3, 2],
      [3, 4],
      [2, 3],
      [3, 4, 3],
      [3, 1, 3],
    ]) {
      expect(beside('targets', shape)).toContain('expected [3, 3], one value per output');
    }
    const everyStep = { ...values, everyStep: true };
    const steps = (shape: readonly number[]) =>
      caught(() =>
        tensorDataset(
          file(
            zeros,
            tensor('targets', shape, () => 0),
          ),
          everyStep,
        ),
      );
    expect(steps([3, 5, 3])).toMatchInlineSnapshot(`
      "data: targets  E_DATASET
        The shape is [3, 5, 3]; expected [3, 4, 3] of every step, or [3, 3] of the last step.
        hint: the sizes are those of inputs in this file, and of the model."
    `);
    for (const shape of [
      [3, 4, 2],
      [3, 4],
      [3, 1, 3],
      [3, 12],
    ]) {
      expect(steps(shape)).toContain('E_DATASET');
    }
  });
});

describe('a config with tensor files', () => {
  let folder = '';
  const write = async (
    name: string,
    tensors: readonly Tensor[],
    type?: (n: string) => WrittenType,
  ) => writeFile(join(folder, name), writeSafetensors(tensors, {}, type ?? 'F32'));
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'qs5-tensors-'));
  });
  afterAll(async () => rm(folder, { recursive: true, force: true }));

  const text = (init: string, more = '') => `
name: tensors
model: { init: { seed: 2, layers: 1, features: 6, state_size: 4, activation: gelu, norm: batch, ${init} } }
scope: network
data: { tensors: { calibration: train.safetensors, test: test.safetensors } }
calibration: { sequences: 4, method: abs_max }
precision:
  { a: 8, b: 8, c: 8, d: 8, non_ssm: 8, ssm_act: 8, non_ssm_act: 8, state: 16, residual: 16 }
lambda_form: delta
device: xc7a35t
${more}`;

  it('reports the error against its targets', async () => {
    const config = join(folder, 'regression.yaml');
    await writeFile(config, text('inputs: 2, outputs: 3, pooling: none'));
    const inputs = tensor('inputs', [5, 20, 2], (i) => Math.sin(i));
    await write('train.safetensors', [inputs]);
    // Targets that are the float outputs but for 0.5: the float error is that.
    const plain = { ...inputs };
    await write('test.safetensors', [plain]);
    const quantized = await quantizeModel(await loadConfig(config));
    const { forward } = await import('../../src/float/s5/forward.js');
    const outputs = Array.from({ length: 5 }, (_, i) => [
      ...forward(quantized.model, quantized.test.sequence(i), 20),
    ]).flat();
    const targets = tensor('targets', [5, 20, 3], (i) => (outputs[i] ?? 0) + 0.5);
    await write('test.safetensors', [plain, targets], () => 'F64');
    // The inputs were rounded to F32 above.
    await write('train.safetensors', [inputs], () => 'F64');
    const { exitCode, stdout } = await cli(['evaluate', config, '--threads', '1', '--json']);
    expect(exitCode).toBe(0);
    const result = JSON.parse(stdout) as { floatError: number; integerError: number };
    expect(result).toMatchObject({ dataset: 'test.safetensors', samples: 5, floatAccuracy: null });
    expect(result.floatError).toBeCloseTo(0.5, 5);
    expect(result.integerError).toBeGreaterThan(0.4);
    expect(result.integerError).toBeLessThan(0.7);
    expect((await cli(['evaluate', config, '--threads', '1'])).stdout).toMatch(
      /integer, RMS error/,
    );
    // Targets without an axis of steps are those of the last step.
    const last = tensor('targets', [5, 3], (i) => {
      const from = 20 * 3 * Math.floor(i / 3) + 19 * 3;
      return (outputs[from + (i % 3)] ?? 0) - 0.25;
    });
    await write('test.safetensors', [plain, last], () => 'F64');
    const lastOnly = await cli(['evaluate', config, '--threads', '1', '--json']);
    expect((JSON.parse(lastOnly.stdout) as typeof result).floatError).toBeCloseTo(0.25, 5);
  });

  it('refuses targets, labels and numbers of sequences that the data do not have', async () => {
    const config = join(folder, 'refused.yaml');
    await writeFile(config, text('inputs: 2, outputs: 3, pooling: mean'));
    const inputs = tensor('inputs', [5, 6, 2], (i) => Math.cos(i));
    const run = async (test: readonly Tensor[], ...more: readonly string[]) => {
      await write('train.safetensors', [inputs]);
      await write('test.safetensors', [inputs, ...test]);
      const { exitCode, stderr } = await cli(['evaluate', config, '--threads', '1', ...more]);
      return [exitCode, stderr.replaceAll(`${folder}/`, '')];
    };
    expect(await run([tensor('targets', [5, 2], () => 0)])).toEqual([
      1,
      expect.stringMatching(/E_DATASET\n {2}The shape is \[5, 2\]; expected \[5, 3\]/),
    ]);
    expect(await run([tensor('labels', [5], (i) => i)])).toEqual([
      1,
      expect.stringMatching(/E_DATASET\n {2}The label of sequence 3 is 3; expected an integer/),
    ]);
    expect(await run([], '--samples', '6')).toMatchInlineSnapshot(`
      [
        1,
        "test.safetensors  E_DATASET
        6 test sequences are wanted; there are 5.
        hint: use at most 5 samples, or give more test data.
      ",
      ]
    `);
    await writeFile(
      config,
      text('inputs: 2, outputs: 3, pooling: mean').replace('sequences: 4', 'sequences: 16'),
    );
    expect(await run([])).toMatchInlineSnapshot(`
      [
        1,
        "refused.yaml:6:27  E_DATASET  calibration.sequences
        The calibration wants 16 sequences; train.safetensors has 5.
        hint: use sequences: 5, or give more calibration data.
      ",
      ]
    `);
    const gap = tensor('inputs', [5, 6, 2], () => 0);
    const bytes = writeSafetensors([gap], {}, 'F32');
    bytes.set([0, 0, 0x80, 0x7f], bytes.length - 4);
    await writeFile(join(folder, 'train.safetensors'), bytes);
    const { exitCode, stderr } = await cli(['evaluate', config]);
    expect([exitCode, stderr]).toMatchInlineSnapshot(`
      [
        1,
        "train.safetensors: inputs  E_DATASET
        The value at [4, 5, 1] is Infinity; all must be finite.
        hint: the data have a gap: remove the sequence, or fill in the value.
      ",
      ]
    `);
  });

  it('takes tokens and labels of integer types', async () => {
    const config = join(folder, 'tokens.yaml');
    await writeFile(config, text('inputs: 7, outputs: 3, pooling: mean', 'input: one_hot\n'));
    const tokens = tensor('inputs', [6, 9], (i) => (i * 5) % 7);
    const labels = tensor('labels', [6], (i) => i % 3);
    for (const name of ['train.safetensors', 'test.safetensors']) {
      await write(name, [tokens, labels], () => 'I64');
    }
    const { exitCode, stdout } = await cli(['evaluate', config, '--threads', '1', '--json']);
    expect(exitCode).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      samples: 6,
      floatAccuracy: expect.any(Number) as number,
      integerError: null,
    });
  });

  it('says which file is missing or of the wrong kind', async () => {
    const config = parseConfig(
      text('inputs: 2, outputs: 3, pooling: none'),
      join(folder, 'c.yaml'),
    );
    await rm(join(folder, 'test.safetensors'), { force: true });
    await expect(quantizeModel(config)).rejects.toMatchObject({
      code: expect.stringMatching(/E_FILE|E_DATASET/) as string,
    });
    await writeFile(join(folder, 'broken'), 'no tensors');
    await expect(loadTensorDataset(join(folder, 'broken'), values)).rejects.toMatchObject({
      code: 'E_DATASET',
    });
  });
});
