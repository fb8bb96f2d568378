import { counted } from '../../base/counted.js';
import { must, streamPort, type Block, ram, type Placement, signed } from './block.js';
import { countBits, counterPath, counterStructure } from './counter.js';
import { sumStructure } from './structure.js';

export interface ReverseParameters {
  readonly id: string;
  /** Elements per vector, and per beat. */
  readonly elements: number;
  readonly lanes: number;
  readonly width: number;
  /** Vectors held. */
  readonly depth: number;
  /** Placement of the memory; `auto` if absent. */
  readonly place?: Placement;
}

/** Cycles from a step's start to the first beat of its vector. */
const LATENCY = 1;

/** Contract of qs5_reverse. Which vector comes when: `hardware/cycle/replay.ts`. */
export function reverseBlock(p: ReverseParameters): Block {
  const { id, elements, lanes, width, depth } = p;
  const beats = elements / lanes;
  // One vector more than it holds: the one that is being read.
  const address = countBits((depth + 1) * beats);
  const memory = ram('store', (depth + 1) * beats, lanes * width, p.place);
  return {
    id,
    module: 'qs5_reverse',
    summary: `vectors of a sequence in reverse order, ${signed(width)}`,
    parameters: [
      { name: 'ELEMENTS', value: elements },
      { name: 'LANES', value: lanes },
      { name: 'W', value: width },
      { name: 'DEPTH', value: depth },
      { name: 'RAM_STYLE', value: memory.style },
    ],
    ports: [
      streamPort('in', 'in', lanes, width),
      { name: 'go', type: 'go', direction: 'in', lanes: 0, width: 0 },
      streamPort('out', 'out', lanes, width),
    ],
    roms: [],
    multipliers: [],
    memories: [memory],
    structure: sumStructure(
      // Addresses of both ends and tops; the step of the writer, flags and tag.
      { register: 4 * address + 7 + (beats > 1 ? 4 : 0), address },
      counterStructure(beats),
      counterStructure(beats),
    ),
    paths: [
      { from: 'register', levels: 2, carry: address },
      { from: 'register', levels: 2, carry: 0 },
      counterPath(beats),
    ],
    products: 0,
    minInterval: beats,
    limit: `store: ${counted(elements, 'word')}, ${lanes} a beat`,
    // The vector comes from the store at the start of a step, whenever it went in.
    timing: () => ({
      outputs: { out: Array.from({ length: beats }, (_, i) => LATENCY + i) },
      reads: {},
    }),
    createMachine: () => ({
      // The vector of the step that is replayed.
      step: (inputs) => ({ out: [...must(inputs, 'in')] }),
      flags: () => ({}),
    }),
  };
}
