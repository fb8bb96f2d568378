import { counted } from '../../base/counted.js';
import { at } from '../../base/at.js';
import {
  delayed,
  must,
  readAlong,
  streamPort,
  vectorPort,
  type Beat,
  type Block,
  signed,
} from './block.js';

export interface InterleaveStatesParameters {
  readonly id: string;
  /** Words per vector of each input; re and im count as two words. */
  readonly elements: number;
  /** Words per beat of each input, even; a beat out holds twice as many. */
  readonly lanes: number;
  /** Bits of every word. */
  readonly width: number;
}

const LATENCY = 1;

/** Contract of qs5_interleave_states. */
export function interleaveStatesBlock({
  id,
  elements,
  lanes,
  width,
}: InterleaveStatesParameters): Block {
  return {
    id,
    module: 'qs5_interleave_states',
    summary: `states of a and of in side by side, ${signed(width)}`,
    parameters: [
      { name: 'LANES', value: lanes },
      { name: 'W', value: width },
    ],
    ports: [
      streamPort('in', 'in', lanes, width),
      vectorPort('a', 'in', lanes, width),
      streamPort('out', 'out', 2 * lanes, width),
    ],
    roms: [],
    multipliers: [],
    memories: [],
    structure: { register: 3 + lanes * width },
    paths: [{ from: 'register', levels: 1, carry: 0 }],
    products: 0,
    minInterval: elements / lanes,
    limit: `join: ${counted(elements, 'word')} on ${lanes} lanes`,
    timing(inputs) {
      const beats = must(inputs, 'in');
      return {
        outputs: { out: delayed(beats, LATENCY) },
        reads: { a: readAlong(beats) },
      };
    },
    createMachine: () => ({
      step(inputs) {
        const a = must(inputs, 'a');
        const out = must(inputs, 'in').map((b, i): Beat => {
          const words: number[] = [];
          for (let l = 0; l < lanes; l += 2) {
            const earlier = at(a, i);
            words.push(at(earlier, l), at(earlier, l + 1), at(b, l), at(b, l + 1));
          }
          return words;
        });
        return { out };
      },
      flags: () => ({}),
    }),
  };
}
