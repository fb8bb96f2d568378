import type { Device } from '../device/device.js';
import type { Block } from '../blocks/block.js';
import { pooledNodes } from '../network/segments.js';
import type { Plan } from '../plan/types.js';
import { blockRamsOfMemory } from '../device/block_ram.js';
import { dspsOfProduct } from '../device/dsp.js';

/** What one block costs on a device. */
export interface BlockEstimate {
  readonly block: string;
  readonly module: string;
  readonly multipliers: number;
  /** null is what no calibration covers yet. */
  readonly lut: number | null;
  readonly ff: number | null;
  readonly dsp: number;
  readonly bram: number;
  readonly romBits: number;
  readonly ramBits: number;
}

export interface Estimate {
  /** First input beat of a step to its last output beat, exact. */
  readonly latencyCycles: number;
  /** From step to step, exact. */
  readonly intervalCycles: number;
  readonly device: string;
  /** Whole design; null is what no calibration covers yet. */
  readonly resources: {
    readonly lut: number | null;
    readonly ff: number | null;
    readonly dsp: number;
    readonly bram: number;
  };
  readonly available: {
    readonly lut: number;
    readonly ff: number;
    readonly dsp: number;
    readonly bram: number;
  };
  readonly multipliers: number;
  readonly memoryBits: { readonly rom: number; readonly ram: number };
  /** Useful multiplications / (multipliers x interval). */
  readonly utilisation: number;
  readonly blocks: readonly BlockEstimate[];
  /** How far each figure can be trusted. */
  readonly confidence: Readonly<Record<string, string>>;
}

/** What a plan will cost on a device. */
export function estimatePlan(plan: Plan, device: Device): Estimate {
  const blocks = plan.blocks.map((block): BlockEstimate => {
    const bits = (kind: 'rom' | 'ram') =>
      sum(block.memories.filter((m) => m.kind === kind).map((m) => m.depth * m.width));
    return {
      block: block.id,
      module: block.module,
      multipliers: sum(block.multipliers.map(({ count }) => count)),
      lut: null,
      ff: null,
      dsp: sum(block.multipliers.map((m) => m.count * dspsOfProduct(device.dsp, m.aBits, m.bBits))),
      bram: sum(block.memories.map((memory) => blockRamsOfMemory(device.block_ram, memory))),
      romBits: bits('rom'),
      ramBits: bits('ram'),
    };
  });
  const multipliers = sum(blocks.map((block) => block.multipliers));
  // What follows a pool works once per sequence.
  const pooled = pooledNodes(plan.network);
  const share = ({ id, products }: Block) =>
    pooled.has(id) ? products / (plan.network.maxLength ?? 1) : products;
  const products = sum(plan.blocks.map(share));
  return {
    latencyCycles: plan.latency,
    intervalCycles: plan.interval,
    device: device.name,
    resources: {
      lut: null,
      ff: null,
      dsp: sum(blocks.map(({ dsp }) => dsp)),
      bram: sum(blocks.map(({ bram }) => bram)),
    },
    available: {
      lut: device.luts,
      ff: device.flip_flops,
      dsp: device.dsp.count,
      bram: device.block_ram.count,
    },
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
      dsp: 'exact by the mapping rules of Yosys',
      bram: 'not calibrated: by the rule that a memory of a quarter block RAM or more gets one',
      lut: 'not calibrated: no figure',
      ff: 'not calibrated: no figure',
    },
  };
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
