import type { Rounding } from '../fixed/rounding.js';
import {
  delayed,
  flagPort,
  must,
  streamPort,
  type Beat,
  type Block,
  type Structure,
} from './block.js';
import {
  controlStructure,
  narrowPaths,
  narrowStructure,
  times,
  together,
  type NarrowParameters,
} from './narrow.js';
import { roundBy, saturateTo, roundingCode } from './words.js';

export interface ShiftParameters {
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

/** Whether a requantisation multiplies by nothing and adds nothing. */
export function isShift(p: {
  readonly multiplier: readonly number[];
  readonly offset: readonly number[];
}): boolean {
  return p.multiplier.every((m) => m === 1) && p.offset.every((b) => b === 0);
}

/** What a qs5_shift has of data and flags, without its control. */
export function shiftStructure(narrow: NarrowParameters, lanes: number): Structure {
  const clips = Math.max(narrow.inWidth - narrow.shift, 1) >= narrow.outWidth;
  return together(times(lanes, narrowStructure(narrow)), { register: 1 + (clips ? lanes : 0) });
}

/** Contract of qs5_shift. */
export function shiftBlock(p: ShiftParameters): Block {
  const { id, channels, lanes, inWidth, outWidth, shift, rounding } = p;
  const narrow = { inWidth, outWidth, shift, rounding, rounded: false };
  return {
    id,
    module: 'qs5_shift',
    parameters: [
      { name: 'LANES', value: lanes },
      { name: 'IN_W', value: inWidth },
      { name: 'OUT_W', value: outWidth },
      { name: 'SHIFT', value: shift },
      { name: 'ROUNDING', value: roundingCode(rounding) },
    ],
    ports: [
      streamPort('in', 'in', lanes, inWidth),
      streamPort('out', 'out', lanes, outWidth),
      flagPort('saturated'),
    ],
    roms: [],
    multipliers: [],
    memories: [],
    structure: together(controlStructure(LATENCY), shiftStructure(narrow, lanes)),
    paths: narrowPaths(narrow, 'register'),
    products: 0,
    minInterval: channels / lanes,
    limit: `${channels} words on ${lanes} ${lanes === 1 ? 'lane' : 'lanes'}`,
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
