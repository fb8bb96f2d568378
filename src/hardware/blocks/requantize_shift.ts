import { counted } from '../../base/counted.js';
import type { Rounding } from '../../base/fixed/rounding.js';
import {
  delayed,
  flagPort,
  must,
  streamPort,
  type Beat,
  type Block,
  type Structure,
  signed,
} from './block.js';
import {
  controlStructure,
  roundSaturatePaths,
  roundSaturateStructure,
  times,
  together,
  type RoundSaturateParameters,
} from './round_saturate.js';
import { roundBy, saturateTo } from './words.js';

export interface RequantizeShiftParameters {
  readonly id: string;
  /** Elements per vector, and per beat. */
  readonly channels: number;
  readonly lanes: number;
  readonly inWidth: number;
  readonly outWidth: number;
  /** Bits dropped. */
  readonly shift: number;
  readonly rounding: Rounding;
}

const LATENCY = 2;

/** True if a requantisation multiplies by 1 and adds 0. */
export function isShift(p: {
  readonly multiplier: readonly number[];
  readonly offset: readonly number[];
}): boolean {
  return p.multiplier.every((m) => m === 1) && p.offset.every((b) => b === 0);
}

/** Structure of the data and flags of a qs5_requantize_shift, without its control. */
export function requantizeShiftStructure(
  roundSaturate: RoundSaturateParameters,
  lanes: number,
): Structure {
  const clips = Math.max(roundSaturate.inWidth - roundSaturate.shift, 1) >= roundSaturate.outWidth;
  return together(times(lanes, roundSaturateStructure(roundSaturate)), {
    register: 1 + (clips ? lanes : 0),
  });
}

/** Contract of qs5_requantize_shift. */
export function requantizeShiftBlock(p: RequantizeShiftParameters): Block {
  const { id, channels, lanes, inWidth, outWidth, shift, rounding } = p;
  const roundSaturate = { inWidth, outWidth, shift, rounding, rounded: false };
  return {
    id,
    module: 'qs5_requantize_shift',
    summary: `saturate(round(in / 2^${shift})), ${signed(inWidth)} -> ${signed(outWidth)}, ${rounding}`,
    parameters: [
      { name: 'LANES', value: lanes },
      { name: 'IN_W', value: inWidth },
      { name: 'OUT_W', value: outWidth },
      { name: 'SHIFT', value: shift },
      { name: 'ROUNDING', value: rounding },
    ],
    ports: [
      streamPort('in', 'in', lanes, inWidth),
      streamPort('out', 'out', lanes, outWidth),
      flagPort('saturated'),
    ],
    roms: [],
    multipliers: [],
    memories: [],
    structure: together(controlStructure(LATENCY), requantizeShiftStructure(roundSaturate, lanes)),
    paths: roundSaturatePaths(roundSaturate, 'register'),
    products: 0,
    minInterval: channels / lanes,
    limit: `${counted(channels, 'word')} on ${counted(lanes, 'lane')}`,
    timing: (inputs) => ({ outputs: { out: delayed(must(inputs, 'in'), LATENCY) }, reads: {} }),
    createMachine() {
      const round = roundBy(shift, rounding);
      const saturate = saturateTo(outWidth);
      let saturated = false;
      return {
        step(inputs) {
          const out = must(inputs, 'in').map((beat): Beat =>
            beat.map((word) => {
              const rounded = round(word);
              const result = saturate(rounded);
              saturated ||= result !== rounded;
              return result;
            }),
          );
          return { out };
        },
        flags: () => ({ saturated }),
      };
    },
  };
}
