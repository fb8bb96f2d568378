import { execa } from 'execa';
import { beforeAll, describe, expect, it } from 'vitest';
import { evaluate } from '../../src/study/evaluate/evaluate.js';
import { measureSensitivity } from '../../src/study/sensitivity/sensitivity.js';
import { quantisersOf } from '../../src/study/sensitivity/switches.js';
import { cli } from '../cli/in_process.js';
import { shippedQuantized } from '../shipped.js';

// Worker threads run the compiled code.
beforeAll(async () => {
  await execa('sh', ['scripts/setup.sh', '--dist']);
});

const options = (threads: number) => ({
  samples: 4,
  threads,
  signal: new AbortController().signal,
  onProgress: () => undefined,
});

describe('qs5 sensitivity', () => {
  it('agrees with evaluate, on any number of threads', async () => {
    const quantized = await shippedQuantized('smnist');
    const result = await measureSensitivity(quantized, options(1));
    expect(await measureSensitivity(quantized, options(2))).toEqual(result);
    const evaluated = await evaluate(quantized, { ...options(1), float: true });
    expect(result.integer.accuracy).toBe(evaluated.integerAccuracy);
    expect(result.float.accuracy).toBe(evaluated.floatAccuracy);
    // The real network of the probe is the float one but for the rounding of offsets.
    expect(-10 * Math.log10(result.integer.noise)).toBeCloseTo(evaluated.outputSqnr ?? NaN, 1);
    expect(result.costs).toHaveLength(quantisersOf(quantized.network).length);
    const noises = result.costs.map(({ alone }) => alone.noise);
    expect(noises).toEqual([...noises].sort((a, b) => b - a));
    const sum = noises.reduce((a, b) => a + b, 0);
    expect(sum + result.remainder).toBeCloseTo(result.integer.noise, 12);
  });

  it('has a text and a JSON form', async () => {
    const argv = ['sensitivity', 'configs/dynamics.yaml', '--samples', '2', '--threads', '1'];
    const { exitCode, stdout } = await cli([...argv, '--json']);
    expect(exitCode).toBe(0);
    const json = JSON.parse(stdout) as { tensors: { id: string; what: string }[] };
    expect(json).toMatchObject({ config: 'dynamics', samples: 2, float: { accuracy: null } });
    expect(json.tensors).toContainEqual(expect.objectContaining({ id: 'l0_b', what: 'weights' }));
    expect((await cli(argv)).stdout).toMatch(/\nremainder .*%\n/);
  });
});
