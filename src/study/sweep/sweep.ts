import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { loadDevice } from '../../hardware/device/device.js';
import type { LoadedConfig } from '../../config/load.js';
import { designOf, type QuantizedModel } from '../../design/build.js';
import { Qs5Error, type ErrorCode } from '../../base/errors.js';
import { estimatePlan } from '../../hardware/estimate/estimate.js';
import { evaluate } from '../evaluate/evaluate.js';
import { sampleCount } from '../evaluate/sample_count.js';
import { finiteOrNull } from '../../base/finite.js';
import type { InputClipping } from '../../network/quantize/input_words.js';
import type { Overrides } from './schema.js';
import type { Store } from '../../jobs/store.js';

/** Result of one point. */
export type Outcome = Measured | Refused;

export interface Measured {
  readonly samples: number;
  /** Accuracy on the test sequences, percent; null without labels. */
  readonly accuracy: number | null;
  /** SQNR of the outputs, dB; null for a classification, or if exact. */
  readonly outputSqnrDb: number | null;
  /** SQNR of the variation of the outputs, dB; null like `outputSqnrDb`. */
  readonly outputVariationSqnrDb: number | null;
  /** RMS difference of the outputs; 0: exact. Null for a classification. */
  readonly outputNoiseRms: number | null;
  /** R2 of the targets; null without targets, or if the targets are constant. */
  readonly r2: number | null;
  /** Clipped words by node, including the input. */
  readonly clipped: Readonly<Record<string, number>>;
  readonly input: InputClipping;
  readonly multipliers: number;
  readonly memoryBits: number;
  readonly bram: number;
  readonly latencyCycles: number;
  readonly intervalCycles: number;
}

/**
 * A point that cannot be built, for example for a pole without a stable neighbour or a small
 * device.
 */
export interface Refused {
  readonly code: ErrorCode;
  readonly message: string;
}

export interface SweepPoint {
  readonly overrides: Overrides;
  readonly loaded: LoadedConfig;
}

export interface SweepOptions {
  readonly quantize: (loaded: LoadedConfig) => Promise<QuantizedModel>;
  /** Test sequences per point; undefined: all. */
  readonly samples: number | undefined;
  readonly threads: number;
  readonly signal: AbortSignal;
  /** Called before each point. */
  readonly onPoint: (done: number) => void | Promise<void>;
  /** Version of qs5; another version may give other results. */
  readonly version: string;
}

export interface SweepResult {
  /** Accuracy of the float network on the data of the first point, percent; null without labels. */
  readonly floatAccuracy: number | null;
  readonly points: readonly { readonly overrides: Overrides; readonly outcome: Outcome }[];
  /** Number of points from the store. */
  readonly known: number;
}

/**
 * Part of the key of every outcome. Change it with the fields of an outcome, so that old ones are
 * computed again.
 */
const OUTCOME = 'outcome 2';

/** Runs the points that the store lacks, in order. */
export async function runSweep(
  points: readonly SweepPoint[],
  store: Store,
  options: SweepOptions,
): Promise<SweepResult> {
  const digests = new Map<string, string>();
  const outcomes: SweepResult['points'][number][] = [];
  let known = 0;
  let floatAccuracy: number | null = null;
  for (const [i, { loaded, overrides }] of points.entries()) {
    await options.onPoint(i);
    options.signal.throwIfAborted();
    const inputs = await digestInputs(loaded, digests);
    if (i === 0) floatAccuracy = await floatResult(loaded, inputs, store, options);
    const key = keyOf([OUTCOME, options.version, loaded.config, options.samples, inputs]);
    const found = store.get(key);
    const outcome = found === undefined ? await runPoint(loaded, options) : (found as Outcome);
    if (found === undefined) await store.add(key, outcome);
    else known += 1;
    outcomes.push({ overrides, outcome });
  }
  await options.onPoint(points.length);
  return { floatAccuracy, points: outcomes, known };
}

/** The float network is independent of precision, so it runs once. */
async function floatResult(
  loaded: LoadedConfig,
  inputs: string,
  store: Store,
  options: SweepOptions,
): Promise<number | null> {
  const { model, scope, data, functions } = loaded.config;
  const key = keyOf([
    'float',
    options.version,
    model,
    scope,
    data,
    functions,
    options.samples,
    inputs,
  ]);
  const found = store.get(key);
  if (found !== undefined) return found as number | null;
  const result = await measure(loaded, options, true);
  const accuracy = result.floatAccuracy ?? null;
  await store.add(key, accuracy);
  return accuracy;
}

async function measure(loaded: LoadedConfig, options: SweepOptions, float: boolean) {
  const quantized = await options.quantize(loaded);
  const { samples, threads, signal } = options;
  const count = sampleCount(samples, loaded.config, quantized.test.count);
  const labelled = quantized.test.label(0) !== undefined;
  const result = await evaluate(quantized, {
    samples: count,
    threads,
    signal,
    float: float || !labelled,
    onProgress: () => undefined,
  });
  return { ...result, quantized };
}

/** Errors of an impossible design, in contrast to faults. */
const REFUSALS: ReadonlySet<ErrorCode> = new Set([
  'E_CONFIG_COMBINATION',
  'E_FOLDING',
  'E_UNSTABLE',
  'E_WIDTH',
]);

async function runPoint(loaded: LoadedConfig, options: SweepOptions): Promise<Outcome> {
  try {
    const { quantized, ...result } = await measure(loaded, options, false);
    const { plan } = await designOf(quantized);
    const estimate = estimatePlan(plan, loadDevice(loaded.config.device));
    return {
      samples: result.samples,
      accuracy: result.integerAccuracy ?? null,
      outputSqnrDb: finiteOrNull(result.outputSqnr),
      outputVariationSqnrDb: finiteOrNull(result.outputVariationSqnr),
      outputNoiseRms: finiteOrNull(result.outputNoise),
      r2: finiteOrNull(result.integerFit?.r2),
      clipped: Object.fromEntries(result.clipped),
      input: result.input,
      multipliers: estimate.multipliers,
      memoryBits: estimate.memoryBits.rom + estimate.memoryBits.ram,
      bram: estimate.resources.bram,
      latencyCycles: estimate.latencyCycles,
      intervalCycles: estimate.intervalCycles,
    };
  } catch (error) {
    if (!(error instanceof Qs5Error) || !REFUSALS.has(error.code)) throw error;
    return { code: error.code, message: error.message };
  }
}

/** Hash of the files of a config. */
async function digestInputs(
  { config, dir }: LoadedConfig,
  digests: Map<string, string>,
): Promise<string> {
  const { idx, tensors } = config.data;
  const names = [
    config.model.checkpoint,
    tensors?.calibration,
    tensors?.test,
    ...(idx === undefined ? [] : [idx.calibration, idx.test]).flatMap((files) => [
      files.images,
      files.labels,
    ]),
  ].filter((name) => name !== undefined);
  const found: string[] = [];
  for (const name of names) {
    const path = resolve(dir, name);
    // A missing file raises its own error later.
    const digest = digests.get(path) ?? sha256(await readFile(path).catch(() => Buffer.alloc(0)));
    digests.set(path, digest);
    found.push(digest);
  }
  return found.join(' ');
}

function keyOf(parts: readonly unknown[]): string {
  return sha256(Buffer.from(JSON.stringify(parts))).slice(0, 32);
}

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
