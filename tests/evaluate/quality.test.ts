import { execa } from 'execa';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { writeSafetensors } from '../../src/float/checkpoint/write_safetensors.js';
import { loadConfig } from '../../src/config/load.js';
import { decibels } from '../../src/base/decibels.js';
import { quantizeModel } from '../../src/design/build.js';
import type { Evaluation } from '../../src/study/evaluate/evaluate.js';
import {
  joinTallies,
  noiseOf,
  outputQuality,
  tallyOutputs,
  type OutputQuality,
} from '../../src/study/evaluate/quality.js';
import { joinSpreads, NO_SPREAD, spreadOf, sumOfSquares } from '../../src/study/evaluate/spread.js';
import { evaluationJson, evaluationText } from '../../src/app/report/evaluation.js';
import { sensitivityJson, sensitivityText } from '../../src/app/report/sensitivity.js';
import { forward } from '../../src/float/s5/forward.js';
import { cli } from '../cli/in_process.js';

/** JSON as it would be printed; throws for a number that JSON does not have. */
function strictJson(value: unknown): unknown {
  const text = JSON.stringify(value, (key, one: unknown) => {
    if (typeof one === 'number' && !Number.isFinite(one)) throw new Error(`${key} is ${one}`);
    return one;
  });
  return JSON.parse(text);
}

describe('a spread', () => {
  it('is that of the formula, in one piece and in several', () => {
    const values = Float64Array.from({ length: 50 }, (_, i) => 1e6 + Math.sin(i));
    const mean = values.reduce((sum, value) => sum + value, 0) / 50;
    const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
    const parts = [values.subarray(0, 7), values.subarray(7, 8), values.subarray(8)];
    for (const spread of [
      spreadOf(values),
      parts.map((part) => spreadOf(part)).reduce(joinSpreads, NO_SPREAD),
    ]) {
      expect(spread.count).toBe(50);
      expect(spread.mean).toBeCloseTo(mean, 8);
      expect(spread.squares).toBeCloseTo(squares, 6);
      expect(sumOfSquares(spread) / 50 / 1e12).toBeCloseTo(1, 5);
    }
    expect(spreadOf(Float64Array.of(1, 2, 3, 4), 1, 2)).toEqual({ count: 2, mean: 3, squares: 2 });
  });

  it('of equal values is exactly 0', () => {
    const equal = Float64Array.from({ length: 37 }, () => 0.1);
    expect(joinSpreads(spreadOf(equal), spreadOf(equal)).squares).toBe(0);
  });
});

/** One output over several sequences. */
function qualityOf(...sequences: { float: number[]; integer: number[] }[]): OutputQuality {
  const tallies = sequences.flatMap(({ float, integer }) =>
    tallyOutputs(
      { float: Float64Array.from(float), integer: Float64Array.from(integer), target: undefined },
      1,
    ),
  );
  return outputQuality(joinTallies(tallies));
}

describe('SQNR about the mean', () => {
  const wave = (k: number) => Math.sin(0.7 * k);
  const steps = Array.from({ length: 40 }, (_, k) => k);

  it('shows a variation that was lost behind a constant', () => {
    const float = steps.map((k) => 100 + wave(k));
    const { noise } = qualityOf(
      ...[0, 20].map((from) => ({
        float: float.slice(from, from + 20),
        integer: new Array<number>(20).fill(100),
      })),
    );
    expect(noise.sqnrDb).toBeGreaterThan(40);
    expect(noise.variationSqnrDb).toBeCloseTo(0, 6);
  });

  it('does not count a constant error, which is the bias', () => {
    const { noise, bias, largest } = qualityOf({
      float: steps.map(wave),
      integer: steps.map((k) => wave(k) + 0.25 + (k % 2 === 0 ? 0.01 : -0.01)),
    });
    const variance = spreadOf(steps.map(wave)).squares / 40;
    expect(bias).toBeCloseTo(0.25, 12);
    expect(largest).toBeCloseTo(0.26, 12);
    expect(noise.variationSqnrDb).toBeCloseTo(10 * Math.log10(variance / 0.0001), 6);
    expect(noise.sqnrDb).toBeLessThan(15);
  });

  it('has a value for zero outputs, for exact ones, and none for a single value', () => {
    const zeros = steps.map(() => 0);
    expect(qualityOf({ float: zeros, integer: zeros }).noise).toEqual({
      rms: 0,
      sqnrDb: Infinity,
      variationSqnrDb: Infinity,
    });
    expect(qualityOf({ float: zeros, integer: steps.map(wave) }).noise).toMatchObject({
      sqnrDb: -Infinity,
      variationSqnrDb: -Infinity,
    });
    expect(qualityOf({ float: [1], integer: [2] }).noise).toEqual({
      rms: 1,
      sqnrDb: 0,
      variationSqnrDb: undefined,
    });
    expect([decibels(0, 0), decibels(100, 1), decibels(0, 1)]).toEqual([Infinity, 20, -Infinity]);
  });
});

describe('reports of what has no ratio', () => {
  const subject = { name: 'zero', dataset: 'data', threads: 1, seconds: 0 };
  const evaluation = (...outputs: OutputQuality[]): Evaluation => {
    const noise = noiseOf([spreadOf([0, 0])], [spreadOf([0, 0])]);
    return {
      ...{ samples: 2, task: 'unknown', floatAccuracy: undefined, integerAccuracy: undefined },
      ...{ floatFit: undefined, integerFit: undefined, agreement: 50, outputs },
      outputSqnr: noise.sqnrDb,
      outputVariationSqnr: noise.variationSqnrDb,
      outputNoise: noise.rms,
      clipped: new Map(),
      input: { clipped: 0, words: 4, reach: 0.5 },
    };
  };
  const exact = qualityOf({ float: [0, 0], integer: [0, 0] });
  const noisy = qualityOf({ float: [0, 0], integer: [1, -1] });

  it('are exact, or noise only; in JSON null, with the noise as a further key', () => {
    const result = evaluation(exact, noisy);
    const text = evaluationText(subject, result, false);
    expect(text).not.toMatch(/NaN|Infinity|undefined/);
    expect(text).toMatch(/^outputs, SQNR +exact$/m);
    expect(text).toMatch(/^ +0 .* exact +exact$/m);
    expect(text).toMatch(/^ +1 .* noise only +noise only$/m);
    expect(text).toMatch(/^worst output, 1, SQNR about the mean +noise only$/m);
    expect(strictJson(evaluationJson(subject, result))).toMatchObject({
      outputSqnrDb: null,
      outputNoiseRms: 0,
      outputs: [
        { sqnrDb: null, noiseRms: 0 },
        { sqnrDb: null, noiseRms: 1 },
      ],
    });
  });

  it('have no share of no noise', () => {
    const none = { noise: 0, accuracy: undefined };
    const all = { noise: Infinity, accuracy: undefined };
    for (const integer of [none, all]) {
      const report = {
        ...{ samples: 1, float: none, integer },
        costs: [{ id: 'b', what: 'weights', width: 8, alone: integer, without: none } as const],
        remainder: integer.noise - integer.noise,
      };
      expect(sensitivityText(subject, report, false)).not.toMatch(/NaN|Infinity/);
      expect(() => strictJson(sensitivityJson(subject, report))).not.toThrow();
    }
  });
});

describe('qs5 evaluate with targets', () => {
  let folder = '';
  beforeAll(async () => {
    // Worker threads run the compiled code.
    await execa('sh', ['scripts/setup.sh', '--dist']);
    folder = await mkdtemp(join(tmpdir(), 'qs5-quality-'));
  });
  afterAll(async () => rm(folder, { recursive: true, force: true }));

  const [COUNT, STEPS, OUTPUTS] = [4, 12, 2];
  async function prepare(withTargets: boolean, outputs = OUTPUTS): Promise<string> {
    const path = join(folder, `net${outputs}.yaml`);
    await writeFile(
      path,
      `name: regression
model: { init: { seed: 3, layers: 1, features: 6, state_size: 4, inputs: 1, outputs: ${outputs}, pooling: none } }
scope: network
data: { tensors: { calibration: cal.safetensors, test: test.safetensors } }
calibration: { sequences: 4, method: abs_max }
precision: { a: 10, b: 10, c: 10, d: 10, non_ssm: 10, ssm_act: 10, non_ssm_act: 10, state: 16, residual: 16 }
lambda_form: delta
device: xc7a35t
`,
    );
    const inputs = {
      name: 'inputs',
      shape: [COUNT, STEPS],
      data: Float64Array.from({ length: COUNT * STEPS }, (_, i) => Math.sin(i * i)),
    };
    const targets = {
      name: 'targets',
      shape: [COUNT, STEPS, OUTPUTS],
      // The first output has a target that varies, the second one that does not.
      data: Float64Array.from({ length: COUNT * STEPS * OUTPUTS }, (_, i) =>
        i % 2 === 0 ? Math.cos(i) : 0.5,
      ),
    };
    await writeFile(join(folder, 'cal.safetensors'), writeSafetensors([inputs], {}, 'F64'));
    const tensors = withTargets ? [inputs, targets] : [inputs];
    await writeFile(join(folder, 'test.safetensors'), writeSafetensors(tensors, {}, 'F64'));
    return path;
  }

  it('gives NRMSE and R2 of all and of each, and no class', async () => {
    const config = await prepare(true);
    const { exitCode, stdout } = await cli(['evaluate', config, '--threads', '2', '--json']);
    expect(exitCode).toBe(0);
    const result = JSON.parse(stdout) as Record<string, unknown>;
    // By the formulas, from the float network itself.
    const { model, test } = await quantizeModel(await loadConfig(config));
    const outputs = Array.from({ length: COUNT }, (_, i) => [
      ...forward(model, test.sequence(i), STEPS),
    ]).flat();
    const first = outputs.filter((_, i) => i % 2 === 0);
    const targets = first.map((_, k) => Math.cos(2 * k));
    const mean = targets.reduce((sum, value) => sum + value, 0) / targets.length;
    const variance = targets.reduce((sum, value) => sum + (value - mean) ** 2, 0);
    const error = first.reduce((sum, value, k) => sum + (value - (targets[k] ?? 0)) ** 2, 0);
    const other = outputs
      .filter((_, i) => i % 2 === 1)
      .reduce((sum, value) => sum + (value - 0.5) ** 2, 0);
    expect(result).toMatchObject({ task: 'regression', agreement: null, floatAccuracy: null });
    expect(result['floatR2']).toBeCloseTo(1 - (error + other) / variance, 8);
    expect(result['floatNrmse']).toBeCloseTo(Math.sqrt((error + other) / variance), 8);
    expect(result['floatError']).toBeCloseTo(Math.sqrt((error + other) / outputs.length), 8);
    const [a, b] = result['outputs'] as { float: { r2: number; nrmse: number; rms: number } }[];
    expect(a?.float.r2).toBeCloseTo(1 - error / variance, 8);
    expect(a?.float.nrmse).toBeCloseTo(Math.sqrt(error / variance), 8);
    // Targets that do not vary have neither.
    expect(b?.float).toMatchObject({ r2: null, nrmse: null });
    expect(b?.float.rms).toBeCloseTo(Math.sqrt(other / first.length), 8);
    const { stdout: text } = await cli(['evaluate', config, '--threads', '1']);
    expect(text).toMatch(/^integer, NRMSE +[\d.]+$/m);
    expect(text).toMatch(/^integer, R2 +-?[\d.]+$/m);
    expect(text).toMatch(/ float NRMSE +integer NRMSE +float R2 +integer R2$/m);
    expect(text).not.toContain('same largest output');
  });

  it('says what it does not know without targets and labels', async () => {
    const config = await prepare(false);
    const result = await cli(['evaluate', config, '--threads', '1', '--json']);
    expect(JSON.parse(result.stdout)).toMatchObject({ task: 'unknown', floatR2: null });
    const { stdout } = await cli(['evaluate', config, '--threads', '1']);
    expect(stdout).toContain('same largest output, if they are classes');
    expect(stdout).toContain('The data have neither labels nor targets');
    // One output has only one class.
    const single = await prepare(false, 1);
    const one = await cli(['evaluate', single, '--threads', '1', '--json']);
    expect(JSON.parse(one.stdout)).toMatchObject({ agreement: null });
  });

  it('quantize measures every tensor about its mean', async () => {
    const config = await prepare(false);
    const argv = ['quantize', config, '-o', join(folder, 'net.safetensors')];
    const { tensors } = JSON.parse((await cli([...argv, '--json'])).stdout) as {
      tensors: { id: string; sqnrDb: number; variationSqnrDb: number; noiseRms: number }[];
    };
    const u = tensors.find(({ id }) => id === 'l0_norm');
    expect(u?.variationSqnrDb).toBeGreaterThan(20);
    expect(u?.variationSqnrDb).not.toBe(u?.sqnrDb);
    expect(tensors.every(({ noiseRms }) => Number.isFinite(noiseRms))).toBe(true);
    const { stdout } = await cli(argv);
    expect(stdout).not.toMatch(/NaN|Infinity/);
    expect(stdout).toMatch(/SQNR, dB +about mean$/m);
  });
});
