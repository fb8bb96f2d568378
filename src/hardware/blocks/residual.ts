import { counted } from '../../base/counted.js';
import { at } from '../../base/at.js';
import {
  delayed,
  flagPort,
  must,
  readAlong,
  streamPort,
  vectorPort,
  type Block,
  signed,
} from './block.js';
import { saturateTo } from './words.js';

export interface ResidualParameters {
  readonly id: string;
  /** Elements per vector, and per beat. */
  readonly channels: number;
  readonly lanes: number;
  /** Bits of the branch, of the skip and of the sum. */
  readonly inWidth: number;
  readonly skipWidth: number;
  readonly outWidth: number;
}

const LATENCY = 3;

/** Contract of qs5_residual. */
export function residualBlock(p: ResidualParameters): Block {
  const { id, channels, lanes, inWidth, skipWidth, outWidth } = p;
  const sumWidth = Math.max(inWidth, skipWidth) + 1;
  const clips = sumWidth >= outWidth;
  // Per lane: the branch, the sum, the result, and what tells that it was clipped.
  const flags = clips ? Math.min(sumWidth - outWidth, 1) + 1 : 0;
  const words = inWidth + (sumWidth + 1) + Math.min(sumWidth, outWidth) + flags;
  return {
    id,
    module: 'qs5_residual',
    summary: `saturate(skip + in), ${signed(skipWidth)} + ${signed(inWidth)} -> ${signed(outWidth)}`,
    parameters: [
      { name: 'LANES', value: lanes },
      { name: 'IN_W', value: inWidth },
      { name: 'SKIP_W', value: skipWidth },
      { name: 'OUT_W', value: outWidth },
    ],
    ports: [
      streamPort('in', 'in', lanes, inWidth),
      vectorPort('skip', 'in', lanes, skipWidth),
      streamPort('out', 'out', lanes, outWidth),
      flagPort('saturated'),
    ],
    roms: [],
    multipliers: [],
    memories: [],
    structure: {
      register: lanes * words + 3 * LATENCY + (clips ? 1 : 0),
      adder: lanes * (sumWidth - 1),
      saturate: clips ? lanes * outWidth : 0,
    },
    paths: [
      { from: 'memory', levels: 1, carry: sumWidth - 1 },
      { from: 'register', levels: Math.ceil(Math.log2(outWidth) / 2), carry: 0 },
    ],
    products: 0,
    minInterval: channels / lanes,
    limit: `${counted(channels, 'word')} on ${counted(lanes, 'lane')}`,
    timing(inputs) {
      const beats = must(inputs, 'in');
      return {
        outputs: { out: delayed(beats, LATENCY) },
        reads: { skip: readAlong(beats) },
      };
    },
    createMachine() {
      const saturate = saturateTo(outWidth);
      let saturated = false;
      return {
        step(inputs) {
          const skip = must(inputs, 'skip');
          const out = must(inputs, 'in').map((beat, i) =>
            beat.map((word, l) => {
              const sum = word + at(at(skip, i), l);
              const result = saturate(sum);
              saturated ||= result !== sum;
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
