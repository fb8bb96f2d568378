import { delayed, must, type Block } from './block.js';
import type { AddingMultipliers } from './multiply_port.js';
import { controlStructure, roundSaturatePaths, together } from './round_saturate.js';
import {
  requantizeCore,
  requantizeWidths,
  sumWidth,
  type RequantizeParameters,
  type RequantizeWidths,
  requantizeSummary,
} from './requantize_core.js';
import { requantizeShiftStructure } from './requantize_shift.js';

export interface ChainedRequantizeParameters extends RequantizeParameters {
  /** Low bits of a word that have a multiplier of their own; 0 if one multiplier takes the whole word. */
  readonly cut: number;
}

/** Dropped bits per flag. */
const FLAG_BITS = 8;

/** Contract of qs5_requantize_chain. */
export function requantizeChainBlock(p: ChainedRequantizeParameters): Block {
  const { id, lanes, cut } = p;
  const core = requantizeCore(p);
  const latency = cut > 0 ? 6 : 5;
  const { low, high } = linksOf(p, core, cut);
  const links = [...(low === undefined ? [] : [low]), high];
  const drop = Math.min(cut, p.shift);
  const flags = Math.ceil(drop / FLAG_BITS);
  const roundSaturate = {
    inWidth: core.sumWidth - drop + flags,
    outWidth: p.outWidth,
    shift: p.shift - drop + flags,
    rounding: p.rounding,
    rounded: true,
  };
  // half_up does not depend on the dropped bits.
  const asked = p.rounding !== 'half_up';
  // Delay of the high bits until the sum of the low bits, and that sum.
  const operands =
    cut === 0
      ? {}
      : {
          register: core.multiplierBits + lanes * (p.inWidth - drop + (asked ? flags : 0)),
          look: lanes * (asked ? drop : 0),
        };
  return {
    id,
    module: 'qs5_requantize_chain',
    summary: requantizeSummary(p),
    parameters: [
      ...core.parameters,
      { name: 'CUT', value: cut },
      ...(low === undefined ? [] : [{ name: 'LOW_W', value: low.sumBits }]),
      { name: 'HIGH_W', value: high.sumBits },
    ],
    ports: core.ports,
    roms: core.roms,
    multipliers: links.map(({ aBits, bBits }) => ({ count: lanes, aBits, bBits })),
    memories: core.memories,
    structure: together(
      core.structure,
      controlStructure(latency),
      operands,
      requantizeShiftStructure(roundSaturate, lanes),
    ),
    paths: roundSaturatePaths(roundSaturate, 'multiplier'),
    ...core.load,
    timing: (inputs) => ({ outputs: { out: delayed(must(inputs, 'in'), latency) }, reads: {} }),
    createMachine: () => core.createMachine(),
  };
}

interface Link {
  readonly aBits: number;
  readonly bBits: number;
  readonly sumBits: number;
}

/** Bits of the operands of a lane's multipliers: that of the high bits, that of the low ones. */
function operandsOf(p: RequantizeParameters, { multiplierWidth }: RequantizeWidths, cut: number) {
  return {
    high: { aBits: p.inWidth - cut, bBits: multiplierWidth },
    low: { aBits: cut + 1, bBits: multiplierWidth },
  };
}

/** A lane's multipliers with the bits of their sums; that of low bits where there is a cut. */
function linksOf(
  p: RequantizeParameters,
  widths: RequantizeWidths,
  cut: number,
): { readonly high: Link; readonly low?: Link } {
  const { high, low } = operandsOf(p, widths, cut);
  const highBits = Math.max(widths.sumWidth - cut, high.aBits + high.bBits);
  if (cut === 0) return { high: { ...high, sumBits: Math.max(highBits, widths.offsetWidth) } };
  const lowBits = Math.max(
    sumWidth(p, { lo: 0, hi: 2 ** cut - 1 }),
    low.aBits + low.bBits,
    widths.offsetWidth,
  );
  return {
    high: { ...high, sumBits: Math.max(highBits, lowBits - cut) },
    low: { ...low, sumBits: lowBits },
  };
}

/**
 * Bit at which the words of a requantisation are split, so that one multiplier with an adder computes
 * each part; 0: no split. Undefined if two multipliers are not enough, or have no adder.
 */
export function requantizeCut(
  p: RequantizeParameters,
  { adderBits, oneMultiplier }: AddingMultipliers,
): number | undefined {
  if (adderBits === 0) return undefined;
  const widths = requantizeWidths(p);
  const one = ({ aBits, bBits }: Pick<Link, 'aBits' | 'bBits'>) => oneMultiplier(aBits, bBits);
  // First without a split, then from the highest bit down: the high part is then smallest.
  const most = Math.min(p.inWidth, widths.sumWidth) - 1;
  for (const cut of [0, ...Array.from({ length: most }, (_, i) => most - i)]) {
    const { high, low } = operandsOf(p, widths, cut);
    if (!one(high) || (cut > 0 && !one(low))) continue;
    const links = Object.values(linksOf(p, widths, cut));
    if (links.every(({ sumBits }) => sumBits <= adderBits)) return cut;
  }
  return undefined;
}
