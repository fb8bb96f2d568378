import type { LoadedConfig } from '../../config/load.js';
import type { QuantizedModel } from '../../design/build.js';
import type { Device } from '../../hardware/device/device.js';
import { Qs5Error, type ErrorCode } from '../../base/errors.js';
import { estimatePlan, type Estimate } from '../../hardware/estimate/estimate.js';
import { evaluate } from '../evaluate/evaluate.js';
import { sampleCount } from '../evaluate/sample_count.js';
import { buildPlan } from '../../hardware/plan/build.js';
import { fabricOf } from '../../hardware/plan/fabric.js';
import type { Plan } from '../../hardware/plan/types.js';
import { paretoSet } from '../sweep/pareto.js';
import { nextFaster } from './fastest.js';
import { foldingsOf } from './foldings.js';

/** Default number of test sequences that judge a variant. */
export const DEFAULT_SAMPLES = 200;

/** One way to quantise the model. */
export interface Variant {
  /** `weights 4, precision.a 6` */
  readonly label: string;
  readonly loaded: LoadedConfig;
}

export interface ExploreOptions {
  readonly quantize: (loaded: LoadedConfig) => Promise<QuantizedModel>;
  readonly device: Device;
  /** Test sequences for the accuracy of a variant. 0: none. undefined: `DEFAULT_SAMPLES`. */
  readonly samples: number | undefined;
  readonly threads: number;
  readonly signal: AbortSignal;
  /** Called before each variant and after each folding, in percent of a variant. */
  readonly progress: (done: number) => void | Promise<void>;
}

/** A design that fits, and that no other one beats. */
export interface BestDesign {
  /** Label of its variant. */
  readonly precision: string;
  /** Percent; null without labelled data. */
  readonly accuracy: number | null;
  readonly estimate: Estimate;
  readonly shared: boolean;
  /** The limit that keeps it from being faster. */
  readonly binding: string;
}

export interface Exploration {
  readonly device: string;
  readonly best: readonly BestDesign[];
  /** Designs that were tried, and those of them that fit. */
  readonly tried: number;
  readonly fitting: number;
  /** Variants that cannot be quantised, and why. */
  readonly refused: readonly {
    readonly precision: string;
    readonly code: ErrorCode;
    readonly message: string;
  }[];
  /** Resources that the smallest design lacks, where nothing fits. */
  readonly nothing?: string;
}

interface Tried extends Omit<BestDesign, 'binding'> {
  readonly plan: Pick<Plan, 'binding'>;
}

const REFUSALS: ReadonlySet<ErrorCode> = new Set(['E_UNSTABLE', 'E_WIDTH', 'E_CONFIG_COMBINATION']);

/**
 * Tries every variant at every folding. The best designs in accuracy, rate, LUTs, DSPs and block
 * RAMs that fit the device are kept.
 */
export async function explore(
  variants: readonly Variant[],
  options: ExploreOptions,
): Promise<Exploration> {
  const { device, signal, progress, quantize } = options;
  const tried: Tried[] = [];
  const refused: Exploration['refused'][number][] = [];
  for (const [i, { label: precision, loaded }] of variants.entries()) {
    signal.throwIfAborted();
    await progress(100 * i);
    try {
      const quantized = await quantize(loaded);
      const accuracy = await accuracyOf(quantized, options);
      const { network } = quantized;
      const foldings = foldingsOf(network, loaded.config, fabricOf(device));
      for (const [k, { folding }] of foldings.entries()) {
        const plan = buildPlan(network, folding);
        const estimate = estimatePlan(plan, device);
        tried.push({ precision, accuracy, estimate, shared: folding.share, plan });
        await progress(Math.floor(100 * (i + (k + 1) / (foldings.length + 1))));
      }
    } catch (error) {
      if (!(error instanceof Qs5Error) || !REFUSALS.has(error.code)) throw error;
      refused.push({ precision, code: error.code, message: error.message });
    }
  }
  await progress(100 * variants.length);
  const fitting = tried.filter(({ estimate }) => estimate.over.length === 0);
  const best = paretoSet(
    fitting.map(({ accuracy, estimate: { intervalCycles, resources } }) => ({
      gain: accuracy ?? 0,
      costs: [intervalCycles, resources.lut ?? 0, resources.dsp, resources.bram],
    })),
  );
  const nothing = fitting.length > 0 ? undefined : tried.at(-1)?.estimate.over.join(', ');
  return {
    device: device.name,
    best: distinct(fitting.filter((_, i) => best[i])).map((one) => {
      const { plan, ...design } = one;
      return {
        ...design,
        binding: bindingOf(one, tried) ?? `${plan.binding.block}: ${plan.binding.limit}`,
      };
    }),
    tried: tried.length,
    fitting: fitting.length,
    refused,
    ...(nothing === undefined ? {} : { nothing }),
  };
}

async function accuracyOf(
  quantized: QuantizedModel,
  { samples, threads, signal }: ExploreOptions,
): Promise<number | null> {
  const { test, loaded } = quantized;
  if (samples === 0 || loaded.config.scope !== 'network' || test.label(0) === undefined)
    return null;
  const count = sampleCount(samples, loaded.config, test.count, DEFAULT_SAMPLES);
  const options = { samples: count, threads, signal, float: false, onProgress: () => undefined };
  return (await evaluate(quantized, options)).integerAccuracy ?? null;
}

/** The resources that the next faster design of the same precision lacks, if it does not fit. */
function bindingOf({ precision, estimate }: Tried, tried: readonly Tried[]): string | undefined {
  const designs = tried
    .filter((other) => other.precision === precision)
    .map((other) => ({ interval: other.estimate.intervalCycles, over: other.estimate.over }));
  return nextFaster(designs, estimate.intervalCycles);
}

/** The fastest first; of those with equal figures only one. */
function distinct(designs: readonly Tried[]): Tried[] {
  const seen = new Set<string>();
  return [...designs]
    .sort((a, b) => a.estimate.intervalCycles - b.estimate.intervalCycles)
    .filter(({ accuracy, estimate: { intervalCycles, resources } }) => {
      const key = JSON.stringify([accuracy, intervalCycles, resources]);
      return !seen.has(key) && seen.add(key);
    });
}
