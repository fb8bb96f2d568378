import { counted } from '../../base/counted.js';
import { at } from '../../base/at.js';
import type { Rounding } from '../../base/fixed/rounding.js';
import {
  delayed,
  must,
  ram,
  streamPort,
  type Beat,
  type Block,
  type Path,
  type Placement,
  type Structure,
  signed,
} from './block.js';
import { wrapTo } from './words.js';

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
  /** One beat is divided after the other, which takes `serialInterval` cycles a step. */
  readonly serial: boolean;
  /** Placement of the memory; `auto` if absent. */
  readonly place?: Placement;
}

/** Cycles after which a sum can be read again. */
const UPDATE_LOOP = 5;
/** Cycles from a beat to its sum, and from the last step of a division to its result. */
const SUMMED = 4;
const ROUNDED = 3;

/** Least cycles from one step to the next for a division of one beat after the other. */
export function serialInterval(beats: number, width: number): number {
  return beats * (width + 4) + 3;
}

/**
 * Contract of qs5_pool_mean. Only the last step of a sequence gives beats out; `timing` says when
 * they come if it is one.
 */
export function poolMeanBlock(p: PoolMeanParameters): Block {
  const { id, channels, lanes, width, maxSteps, rounding, serial } = p;
  const beats = channels / lanes;
  const beatBits = beats > 1 ? Math.ceil(Math.log2(beats)) : 1;
  const sumWidth = width + Math.ceil(Math.log2(maxSteps));
  const depth = serial ? 2 * 2 ** beatBits : beats;
  const memory = ram('sum', depth, lanes * sumWidth, p.place);
  const words = `${counted(channels, 'word')} on ${counted(lanes, 'lane')}`;
  return {
    id,
    module: 'qs5_pool_mean',
    summary: `round(sum over steps / count), ${signed(width)}, ${rounding}`,
    parameters: [
      { name: 'CHANNELS', value: channels },
      { name: 'LANES', value: lanes },
      { name: 'W', value: width },
      { name: 'MAX_STEPS', value: maxSteps },
      { name: 'ROUNDING', value: rounding },
      { name: 'SERIAL', value: serial ? 1 : 0 },
      { name: 'RAM_STYLE', value: memory.style },
    ],
    ports: [streamPort('in', 'in', lanes, width), streamPort('out', 'out', lanes, width)],
    roms: [],
    multipliers: [],
    memories: [memory],
    ...madeOf(p, beatBits, sumWidth),
    products: 0,
    ...limits(beats, width, serial, words),
    timing(inputs) {
      const beatsIn = must(inputs, 'in');
      const steps = width + 1;
      if (!serial) {
        return { outputs: { out: delayed(beatsIn, SUMMED + steps + ROUNDED) }, reads: {} };
      }
      // From when the last sum is written: read, load, steps. The next beat is read behind them.
      const first = at(beatsIn, beatsIn.length - 1) + SUMMED + 3 + steps + ROUNDED;
      return { outputs: { out: beatsIn.map((_, b) => first + b * (steps + 3)) }, reads: {} };
    },
    createMachine() {
      const sums = new Array<number>(channels).fill(0);
      const wrap = wrapTo(sumWidth);
      let count = 0;
      return {
        step(inputs, { first, last }) {
          count = first ? 1 : count + 1;
          const out = must(inputs, 'in').map((beat, b): Beat =>
            beat.map((word, l) => {
              const element = b * lanes + l;
              const sum = wrap((first ? 0 : at(sums, element)) + word);
              sums[element] = sum;
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

function limits(beats: number, width: number, serial: boolean, words: string) {
  if (serial) {
    return {
      minInterval: serialInterval(beats, width),
      limit: `mean: ${words}, one after another`,
    };
  }
  return {
    minInterval: Math.max(beats, UPDATE_LOOP),
    limit:
      beats >= UPDATE_LOOP
        ? `mean: ${words}`
        : `mean: update loop of ${UPDATE_LOOP} cycles, ${UPDATE_LOOP - beats} of them bubbles`,
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

/** LUTs and flip-flops, and the paths between them. */
function madeOf(
  p: PoolMeanParameters,
  addressBits: number,
  sumWidth: number,
): { readonly structure: Structure; readonly paths: readonly Path[] } {
  const { channels, lanes, width, maxSteps, rounding, serial } = p;
  const beatBits = channels > lanes ? addressBits : 0;
  const countBits = maxSteps > 1 ? Math.ceil(Math.log2(maxSteps)) : 1;
  const restBits = countBits + 1;
  const steps = width + 1;
  const highBits = Math.floor(sumWidth / 2);
  // The beat twice, the old sum, the lower half and its carry, the upper half, the sum.
  const sum = 2 * width + 3 * sumWidth + 1;
  const rounded = width + (rounding === 'half_up' ? 2 : 4);
  const control = beatBits + (channels > lanes ? 2 : 0) + countBits + SUMMED + 1;
  const adder = sumWidth + highBits + width;
  const exactness = rounding === 'half_up' ? 0 : countBits;
  const common = {
    counter: beatBits + countBits,
    compare: lanes * exactness,
  };
  const paths: readonly Path[] = [
    { from: serial ? 'memory' : 'register', levels: 1, carry: restBits + 1 },
    { from: 'register', levels: 1, carry: Math.max(width, sumWidth - highBits + 1) },
    {
      from: 'register',
      levels: exactness === 0 ? 1 : 1 + Math.ceil(Math.log2(countBits) / 2),
      carry: 0,
    },
  ];
  if (serial) {
    const divider = restBits + steps + rounded;
    const left = Math.ceil(Math.log2(steps + 2));
    // The half of the memory, the end of a sequence, the divisor; read, load, step and done.
    const division = 1 + SUMMED + countBits + 1 + 4 + left + beatBits + ROUNDED;
    return {
      structure: {
        ...common,
        register: control + division + lanes * (sum + divider),
        delay: SUMMED * (1 + beatBits),
        delayLines: 1 + beatBits,
        adder: lanes * (adder + restBits),
        mux: lanes * (countBits + restBits + steps),
      },
      paths,
    };
  }
  const division = SUMMED + steps + ROUNDED + ROUNDED + steps * countBits;
  // Bits of the dividend until they are used, and digits until all are there, with two stages more.
  const bits = width ** 2 + (rounding === 'toward_zero' ? steps : 0);
  return {
    structure: {
      ...common,
      register: control + division + lanes * (sum + steps * restBits + rounded),
      delay: SUMMED * beatBits + (SUMMED - 1) * countBits + lanes * (bits + 2 * width),
      delayLines: beatBits + countBits + lanes * (2 * width - 1),
      adder: lanes * (adder + steps * restBits),
      mux: lanes * steps * countBits,
    },
    paths,
  };
}
