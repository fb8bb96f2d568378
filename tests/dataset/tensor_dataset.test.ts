import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Tensor } from '../../src/checkpoint/tensor.js';
import { writeSafetensors, type WrittenType } from '../../src/checkpoint/write_safetensors.js';
import { loadConfig, parseConfig } from '../../src/config/load.js';
import { quantizeModel } from '../../src/design/build.js';
import { loadTensorDataset, tensorDataset } from '../../src/dataset/tensor_dataset.js';
import { caught } from '../checkpoint/caught.js';
import { cli } from '../cli/in_process.js';

function tensor(name: string, shape: readonly number[], at: (i: number) => number): Tensor {
  const size = shape.reduce((a, b) => a * b, 1);
  return { name, shape, data: Float64Array.from({ length: size }, (_, i) => at(i)) };
}

const file = (...tensors: Tensor[]) => ({ tensors: new Map(tensors.map((t) => [t.name, t])) });
const values = { file: 'data', kind: 'values', inputs: 2 } as const;

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
      values,
    );
    expect(regression.label(0)).toBeUndefined();
    expect([...(regression.target?.(2) ?? [])]).toEqual([-8, -9, -10, -11]);
    expect(() => regression.sequence(3)).toThrow(RangeError);
  });

  it('are indices of a one-hot input', () => {
    const spec = { file: 'data', kind: 'one_hot', inputs: 3 } as const;
    const data = tensorDataset(file(tensor('inputs', [2, 2], (i) => i % 3)), spec);
    expect([...data.sequence(1)]).toEqual([0, 0, 1, 1, 0, 0]);
    expect(caught(() => tensorDataset(file(tensor('inputs', [2, 2], (i) => i)), spec))).toMatch(
      /^data: inputs {2}E_DATASET\n {2}3 is no index of 3 inputs\./,
    );
  });

  it('must fit', () => {
    const problem = (...tensors: Tensor[]) => caught(() => tensorDataset(file(...tensors), values));
    const inputs = tensor('inputs', [3, 4, 2], () => 0);
    expect(problem(tensor('x', [1], () => 0))).toMatch(
      /E_DATASET\n {2}There is no such tensor; the file has x\./,
    );
    expect(problem(tensor('inputs', [3, 4], () => 0))).toMatch(
      /The shape is \[3, 4\]; wanted is \[count, length, 2\]/,
    );
    expect(
      problem(
        inputs,
        tensor('labels', [2], () => 0),
      ),
    ).toMatch(/labels {2}E_DATASET\n {2}The shape is \[2\], for 3/);
    expect(
      problem(
        inputs,
        tensor('labels', [3], () => 0.5),
      ),
    ).toMatch(/0\.5 is no class/);
    expect(
      problem(
        inputs,
        tensor('targets', [3], () => 0),
      ),
    ).toMatch(/targets {2}E_DATASET/);
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

  it('reports the error against its targets', { timeout: 60_000 }, async () => {
    const config = join(folder, 'regression.yaml');
    await writeFile(config, text('inputs: 2, outputs: 3, pooling: none'));
    const inputs = tensor('inputs', [5, 20, 2], (i) => Math.sin(i));
    await write('train.safetensors', [inputs]);
    // Targets that are the float outputs but for 0.5: the float error is that.
    const plain = { ...inputs };
    await write('test.safetensors', [plain]);
    const quantized = await quantizeModel(await loadConfig(config));
    const { forward } = await import('../../src/s5/forward.js');
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
  });

  it('takes tokens and labels of integer types', { timeout: 60_000 }, async () => {
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
      code: 'E_CHECKPOINT_FORMAT',
    });
  });
});
