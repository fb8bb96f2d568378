import type { Rounding } from '../fixed/rounding.js';
import { delayed, must, streamPort, type Beat, type Block, ram, type Placement } from './block.js';
import { roundingCode, wrapTo } from './words.js';

export interface PoolMeanParameters {
  readonly id: string;
  /** Elements per vector, and per beat. */
  readonly channels: number;
  readonly lanes: number;
  /** Bits in and out. */
  readonly width: number;
  /** Steps of the longest sequence. */
  readonly maxSteps: number;
  readonly rounding: Rounding;
  /** Where its memory goes; as synthesis likes unless told. */
  readonly place?: Placement;
}

/** Cycles after which a sum can be read again. */
const UPDATE_LOOP = 3;

/**
 * Contract of qs5_pool_mean. Only the last step of a sequence gives beats out; `timing` says when
 * they come if it is one.
 */
export function poolMeanBlock(p: PoolMeanParameters): Block {
  const { id, channels, lanes, width, maxSteps, rounding } = p;
  const beats = channels / lanes;
  const sumWidth = width + Math.ceil(Math.log2(maxSteps));
  const latency = width + 4;
  const memory = ram('sum', beats, lanes * sumWidth, p.place);
  return {
    id,
    module: 'qs5_pool_mean',
    parameters: [
      { name: 'CHANNELS', value: channels },
      { name: 'LANES', value: lanes },
      { name: 'W', value: width },
      { name: 'MAX_STEPS', value: maxSteps },
      { name: 'ROUNDING', value: roundingCode(rounding) },
      { name: 'RAM_STYLE', value: memory.style },
    ],
    ports: [streamPort('in', 'in', lanes, width), streamPort('out', 'out', lanes, width)],
    roms: [],
    multipliers: [],
    memories: [memory],
    products: 0,
    minInterval: Math.max(beats, UPDATE_LOOP),
    limit:
      beats >= UPDATE_LOOP
        ? `mean: ${channels} words on ${lanes} ${lanes === 1 ? 'lane' : 'lanes'}`
        : `mean: update loop of ${UPDATE_LOOP} cycles, ${UPDATE_LOOP - beats} of them bubbles`,
    timing: (inputs) => ({ outputs: { out: delayed(must(inputs, 'in'), latency) }, reads: {} }),
    createMachine() {
      const sums = new Array<number>(channels).fill(0);
      const wrap = wrapTo(sumWidth);
      let count = 0;
      return {
        step(inputs, { first, last }) {
          count = first ? 1 : count + 1;
          const out = must(inputs, 'in').map((beat, b): Beat =>
            beat.map((word, l) => {
              const at = b * lanes + l;
              const sum = wrap((first ? 0 : (sums[at] ?? 0)) + word);
              sums[at] = sum;
              return last ? divideWord(sum, count, width, rounding) : 0;
            }),
          );
          return { out: last ? out : [] };
        },
        flags: () => ({}),
      };
    },
  };
}

/** The quotient bit by bit, as the stages find it, then rounded on what is left. */
function divideWord(sum: number, count: number, width: number, rounding: Rounding): number {
  const negative = sum < 0;
  let rest = Math.abs(sum);
  let quotient = 0;
  for (let bit = width - 1; bit >= 0; bit--) {
    const part = count * 2 ** bit;
    if (rest < part) continue;
    rest -= part;
    quotient += 2 ** bit;
  }
  const tie = 2 * rest === count;
  const up =
    rounding === 'half_up'
      ? tie && !negative
      : rounding === 'half_even'
        ? tie && quotient % 2 === 1
        : false;
  const nearest = rounding !== 'toward_zero' && 2 * rest > count;
  const result = quotient + (up || nearest ? 1 : 0);
  return negative ? 0 - result : result;
}
