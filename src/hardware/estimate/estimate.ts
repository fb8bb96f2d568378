import type { Block } from '../blocks/block.js';
import { RESET_ID, RESET_MODULE, resetCells } from '../blocks/reset.js';
import {
  availableOn,
  fitOf,
  overBudget,
  scarcest,
  type Fit,
  type Usage,
} from '../device/budget.js';
import type { Device } from '../device/device.js';
import { dspsOfProduct } from '../device/dsp.js';
import { pooledNodes } from '../../network/segments.js';
import type { Plan } from '../plan/types.js';
import { amountsOf, blockRamsOf } from './amounts.js';
import { applyForm, loadCalibration, type Calibration, type Form } from './calibration.js';
import { clockOf, loadClock, pathsOf } from './clock.js';

/** The 90 % range: it contains 90 % of the measurements. */
export type Interval = readonly [low: number, high: number];

/** The cost of one block on a device. */
export interface BlockEstimate {
  readonly block: string;
  readonly module: string;
  /** null: the block belongs to no layer. */
  readonly layer: number | null;
  readonly multipliers: number;
  /** null: not calibrated. */
  readonly lut: number | null;
  readonly ff: number | null;
  readonly dsp: number;
  readonly bram: number;
  readonly romBits: number;
  readonly ramBits: number;
}

export interface Resources {
  /** null: not calibrated for this family. */
  readonly lut: number | null;
  readonly ff: number | null;
  readonly dsp: number;
  readonly bram: number;
}

export interface Estimate extends Fit {
  /** First input beat of a step to its last output beat, exact. */
  readonly latencyCycles: number;
  /** Initiation interval (II): from step to step, exact. */
  readonly intervalCycles: number;
  readonly device: string;
  /** Whole design. */
  readonly resources: Resources;
  /** MHz; null: no place and route of this device was measured. */
  readonly fmaxMhz: number | null;
  /** The 90 % ranges; DSPs and block RAMs are exact. */
  readonly intervals: {
    readonly lut: Interval | null;
    readonly ff: Interval | null;
    readonly fmaxMhz: Interval | null;
  };
  readonly available: Usage;
  /** Resources that the device lacks: `block RAM: 56 of 50`. */
  readonly over: readonly string[];
  /** The resource with the largest share in use. */
  readonly scarcest: string;
  readonly multipliers: number;
  readonly memoryBits: { readonly rom: number; readonly ram: number };
  /** Useful multiplications / (multipliers x interval). */
  readonly utilisation: number;
  readonly blocks: readonly BlockEstimate[];
  /** The uncertainty of each figure, and its source. */
  readonly confidence: Readonly<Record<string, string>>;
}

/** Estimates the cost of a plan on a device. */
export function estimatePlan(plan: Plan, device: Device): Estimate {
  const calibration = loadCalibration(device.family);
  const blocks = [
    ...plan.blocks.map((block) => estimateBlock(block, plan, device, calibration)),
    estimateResets(plan.blocks.length),
  ];
  const multipliers = sum(blocks.map((block) => block.multipliers));
  // Blocks behind a pool work once per sequence.
  const pooled = pooledNodes(plan.network);
  const share = ({ id, products }: Block) =>
    pooled.has(id) ? products / (plan.network.maxLength ?? 1) : products;
  const products = sum(plan.blocks.map(share));
  const whole = (key: 'lut' | 'ff'): number | null => {
    const all = blocks.map((block) => block[key]);
    const known = all.filter((value) => value !== null);
    return known.length < all.length ? null : sum(known);
  };
  const resources = {
    lut: whole('lut'),
    ff: whole('ff'),
    dsp: sum(blocks.map(({ dsp }) => dsp)),
    bram: sum(blocks.map(({ bram }) => bram)),
  };
  const counted = { ...resources, lut: resources.lut ?? 0, ff: resources.ff ?? 0 };
  const interval = (key: 'lut' | 'ff'): Interval | null =>
    calibration === undefined ? null : around(resources[key], calibration.error[key]);
  const clock = loadClock(device.name);
  const paths = pathsOf(plan.blocks, device);
  const fmaxMhz =
    clock === undefined || paths.length === 0 || resources.lut === null
      ? null
      : tenth(clockOf(clock.delays, paths, resources.lut));
  return {
    latencyCycles: plan.latency,
    intervalCycles: plan.interval,
    device: device.name,
    resources,
    fmaxMhz,
    intervals: {
      lut: interval('lut'),
      ff: interval('ff'),
      fmaxMhz:
        fmaxMhz === null || clock === undefined
          ? null
          : [tenth(fmaxMhz * (1 - clock.error)), tenth(fmaxMhz * (1 + clock.error))],
    },
    available: availableOn(device),
    ...fitOf(resources, device),
    over: overBudget(counted, device),
    scarcest: scarcest(counted, device),
    multipliers,
    memoryBits: {
      rom: sum(blocks.map(({ romBits }) => romBits)),
      ram: sum(blocks.map(({ ramBits }) => ramBits)),
    },
    utilisation: multipliers === 0 ? 0 : products / (multipliers * plan.interval),
    blocks,
    confidence: {
      latencyCycles: 'exact',
      intervalCycles: 'exact',
      dsp: 'exact, by the mapping rules of Yosys',
      bram: 'exact, as placed by the plan',
      lut: confidenceOf(calibration, 'lut', blocks),
      ff: confidenceOf(calibration, 'ff', blocks),
      fmaxMhz:
        clock === undefined || fmaxMhz === null
          ? 'not calibrated: no figure'
          : `+-${(100 * clock.error).toFixed(1)} % for 9 of 10 runs (${clock.tool.name} ${clock.tool.version})`,
    },
  };
}

function estimateResets(blocks: number): BlockEstimate {
  return {
    ...{ block: RESET_ID, module: RESET_MODULE, layer: null, ...resetCells(blocks) },
    ...{ multipliers: 0, dsp: 0, bram: 0, romBits: 0, ramBits: 0 },
  };
}

function estimateBlock(
  block: Block,
  { layers }: Plan,
  device: Device,
  calibration: Calibration | undefined,
): BlockEstimate {
  const bits = (kind: 'rom' | 'ram') =>
    sum(block.memories.filter((m) => m.kind === kind).map((m) => m.depth * m.width));
  const amounts = amountsOf(block, device);
  return {
    block: block.id,
    module: block.module,
    layer: layers.get(block.id) ?? null,
    multipliers: sum(block.multipliers.map(({ count }) => count)),
    lut: figureOf(calibration, block.module, 'lut', amounts),
    ff: figureOf(calibration, block.module, 'ff', amounts),
    dsp: sum(block.multipliers.map((m) => m.count * dspsOfProduct(device.dsp, m.aBits, m.bBits))),
    bram: blockRamsOf(block, device),
    romBits: bits('rom'),
    ramBits: bits('ram'),
  };
}

/** Estimate over measurement, less one; null where either has no figure or the measurement is 0. */
export function relativeError(estimate: number | null, measured: number | null): number | null {
  return estimate === null || measured === null || measured === 0 ? null : estimate / measured - 1;
}

/** null where the module was not measured. */
function figureOf(
  calibration: Calibration | undefined,
  module: string,
  key: 'lut' | 'ff',
  amounts: Readonly<Record<string, number>>,
): number | null {
  const form: Form | undefined = calibration?.modules[module]?.[key];
  return form === undefined ? null : Math.round(applyForm(form, amounts));
}

function around(value: number | null, error: number): Interval | null {
  if (value === null) return null;
  return [Math.floor(value * (1 - error)), Math.ceil(value * (1 + error))];
}

function tenth(value: number): number {
  return Math.round(10 * value) / 10;
}

function confidenceOf(
  calibration: Calibration | undefined,
  key: 'lut' | 'ff',
  blocks: readonly BlockEstimate[],
): string {
  if (calibration === undefined) return 'not calibrated: no figure';
  const missing = new Set(blocks.filter((block) => block[key] === null).map((b) => b.module));
  if (missing.size > 0) return `no figure: ${[...missing].join(', ')} not calibrated`;
  const { designs, error, tool } = calibration;
  return `+-${(100 * error[key]).toFixed(1)} % for 9 of 10 designs (${designs} in Yosys ${tool.version})`;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
