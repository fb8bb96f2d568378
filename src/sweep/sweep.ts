import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { loadDevice } from '../device/device.js';
import type { LoadedConfig } from '../config/load.js';
import { designOf, type QuantizedModel } from '../design/build.js';
import { Qs5Error, type ErrorCode } from '../errors.js';
import { estimatePlan } from '../estimate/estimate.js';
import { evaluate } from '../evaluate/evaluate.js';
import { sampleCount } from '../evaluate/sample_count.js';
import { finiteOrNull } from '../finite.js';
import type { InputClipping } from '../quantize/input_words.js';
import type { Overrides } from './schema.js';
import type { Store } from './store.js';

/** What one point came to. */
export type Outcome = Measured | Refused;

export interface Measured {
  readonly samples: number;
  /** Percent of the test sequences with the right class; null without labels. */
  readonly accuracy: number | null;
  /** Outputs against the float network, dB; null where classes were counted instead, or exact. */
  readonly outputSqnrDb: number | null;
  /** The same about the means: of the variation alone. */
  readonly outputVariationSqnrDb: number | null;
  /** Root of the mean squared difference; 0: exact. Null where classes were counted instead. */
  readonly outputNoiseRms: number | null;
  /** R2 against the targets; null without targets, or where they do not vary. */
  readonly r2: number | null;
  /** Words clipped, by node, the input among them. */
  readonly clipped: Readonly<Record<string, number>>;
  readonly input: InputClipping;
  readonly multipliers: number;
  readonly memoryBits: number;
  readonly bram: number;
  readonly latencyCycles: number;
  readonly intervalCycles: number;
}

/** A point that cannot be built: a pole without a stable neighbour, a device too small. */
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
  /** Told before each point. */
  readonly onPoint: (done: number) => void | Promise<void>;
  /** qs5's own version: another one makes other results. */
  readonly version: string;
}

export interface SweepResult {
  /** Percent, of the float network on the first point's data; null without labels. */
  readonly floatAccuracy: number | null;
  readonly points: readonly { readonly overrides: Overrides; readonly outcome: Outcome }[];
  /** How many of them were in the store. */
  readonly known: number;
}

/** In the key of every outcome, so that one of other fields is made again: change it with them. */
const OUTCOME = 'outcome 2';

/** Runs the points that the store does not have, one after the other. */
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

/** The float network does not depend on any precision: it is run once. */
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

/** Errors that say that a design is not possible, rather than that something is wrong. */
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

/** Of the files that a config reads. */
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
    // A file that is missing has an error of its own later on.
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
