import { beforeAll, describe, expect, it } from 'vitest';
import { execa } from 'execa';
import { createEmulator } from '../../src/network/emulate/emulator.js';
import { evaluate } from '../../src/study/evaluate/evaluate.js';
import { argmax } from '../../src/float/s5/forward.js';
import { cli } from '../cli/in_process.js';
import { shippedQuantized, TEST_CACHE } from '../shipped.js';

const SAMPLES = 12;
const env = { QS5_CACHE: TEST_CACHE };

// Worker threads run the compiled code.
beforeAll(async () => {
  await execa('sh', ['scripts/setup.sh', '--dist']);
});

const options = (threads: number, signal = new AbortController().signal) => ({
  samples: SAMPLES,
  threads,
  signal,
  float: true,
  onProgress: () => undefined,
});

describe('qs5 evaluate', () => {
  it('counts what the plain emulator gives, on any number of threads', async () => {
    const quantized = await shippedQuantized('smnist');
    const { network, test, words } = quantized;
    const emulator = createEmulator(network);
    let right = 0;
    for (let i = 0; i < SAMPLES; i++) {
      const [scores = new Float64Array()] = emulator.run(words(i)).slice(-1);
      right += argmax(scores) === test.label(i) ? 1 : 0;
    }
    const one = await evaluate(quantized, options(1));
    expect(one.integerAccuracy).toBeCloseTo((100 * right) / SAMPLES, 10);
    expect(one.samples).toBe(SAMPLES);
    expect(one.outputSqnr).toBeGreaterThan(15);
    expect(await evaluate(quantized, options(3))).toEqual(one);
  });

  it('stops when it is interrupted', async () => {
    const quantized = await shippedQuantized('tiny');
    const controller = new AbortController();
    const run = evaluate(quantized, {
      ...options(2, controller.signal),
      samples: 1000,
      onProgress: () => {
        controller.abort('SIGINT');
      },
    });
    await expect(run).rejects.toBe('SIGINT');
  });

  it('has a text and a JSON form', async () => {
    const argv = ['evaluate', 'configs/smnist.yaml', '--samples', '5', '--threads', '1'];
    const { exitCode, stdout } = await cli([...argv, '--json'], env);
    expect(exitCode).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      config: 'smnist',
      dataset: '../data/smnist/test-images.idx.gz',
      samples: 5,
      threads: 1,
      floatAccuracy: 100,
      agreement: 100,
    });
    expect((await cli(argv, env)).stdout).toMatch(/^smnist: 5 sequences of .*\n\nmeasure +value\n/);
  });

  it('runs the integer network alone with --no-float', async () => {
    const argv = [
      'evaluate',
      'configs/smnist.yaml',
      '--samples',
      '5',
      '--threads',
      '1',
      '--no-float',
    ];
    const { exitCode, stdout } = await cli([...argv, '--json'], env);
    expect(exitCode).toBe(0);
    const { integerAccuracy, floatAccuracy, outputs } = JSON.parse(stdout) as Record<
      string,
      unknown
    >;
    expect({ integerAccuracy, floatAccuracy, outputs }).toEqual({
      integerAccuracy: 100,
      floatAccuracy: null,
      outputs: [],
    });
    const { stdout: text } = await cli(argv, env);
    expect(text).toContain('integer accuracy');
    expect(text).not.toMatch(/float|SQNR/);
  });

  it('refuses the core of a layer, which gives no classes', async () => {
    const { exitCode, stderr } = await cli(['evaluate', 'configs/smnist-ssm.yaml']);
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(/smnist-ssm\.yaml:\d+:\d+ {2}E_CONFIG_COMBINATION {2}scope/);
  });
});
