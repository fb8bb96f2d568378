import { counted } from '../../base/counted.js';
import { delayed, must, streamPort, type Block, signed } from './block.js';

export interface PoolLastParameters {
  readonly id: string;
  /** Elements per vector, and per beat. */
  readonly channels: number;
  readonly lanes: number;
  readonly width: number;
  /** True if the stream runs backwards in time, so that the step tagged first passes. */
  readonly onFirst: boolean;
}

const LATENCY = 1;

/**
 * Contract of qs5_pool_last. Only one step of a sequence gives beats out; `timing` says when they
 * come if it is the one.
 */
export function poolLastBlock(p: PoolLastParameters): Block {
  const { id, channels, lanes, width, onFirst } = p;
  return {
    id,
    module: 'qs5_pool_last',
    summary: `vector of the ${onFirst ? 'first' : 'last'} step of a sequence, ${signed(width)}`,
    parameters: [
      { name: 'LANES', value: lanes },
      { name: 'W', value: width },
      { name: 'ON_FIRST', value: onFirst ? 1 : 0 },
    ],
    ports: [streamPort('in', 'in', lanes, width), streamPort('out', 'out', lanes, width)],
    roms: [],
    multipliers: [],
    memories: [],
    structure: { register: 3 + lanes * width },
    paths: [{ from: 'register', levels: 1, carry: 0 }],
    products: 0,
    minInterval: channels / lanes,
    limit: `${counted(channels, 'word')} on ${counted(lanes, 'lane')}`,
    timing: (inputs) => ({ outputs: { out: delayed(must(inputs, 'in'), LATENCY) }, reads: {} }),
    createMachine: () => ({
      step: (inputs, { first, last }) => ({
        out: (onFirst ? first : last) ? [...must(inputs, 'in')] : [],
      }),
      flags: () => ({}),
    }),
  };
}
