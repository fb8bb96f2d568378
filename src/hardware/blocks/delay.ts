import { counted } from '../../base/counted.js';
import { delayed, must, ram, streamPort, type Block, type Placement } from './block.js';
import { countBits, counterPath, counterStructure } from './counter.js';
import { sumStructure } from './structure.js';

export interface DelayParameters {
  readonly id: string;
  /** Elements per vector, and per beat. */
  readonly elements: number;
  readonly lanes: number;
  readonly width: number;
  readonly cycles: number;
  /** Placement of the memory; registers if absent. */
  readonly place?: Placement;
}

/** Fewest cycles for which a memory is worth its address. */
const SHORTEST_MEMORY = 8;

/** Contract of qs5_delay. */
export function delayBlock(p: DelayParameters): Block {
  const { id, elements, lanes, width, cycles, place = () => 'logic' } = p;
  // A memory holds each beat's words, tag and valid.
  const memory = ram('line', cycles, lanes * width + 3, place);
  const inMemory = cycles >= SHORTEST_MEMORY && memory.style !== 'logic' && memory.style !== 'auto';
  return {
    id,
    module: 'qs5_delay',
    summary: `the stream ${counted(cycles, 'cycle')} later`,
    parameters: [
      { name: 'LANES', value: lanes },
      { name: 'W', value: width },
      { name: 'DELAY', value: cycles },
      { name: 'RAM', value: inMemory ? 1 : 0 },
      { name: 'RAM_STYLE', value: inMemory ? memory.style : 'auto' },
    ],
    ports: [streamPort('in', 'in', lanes, width), streamPort('out', 'out', lanes, width)],
    roms: [],
    multipliers: [],
    memories: inMemory ? [memory] : [],
    // In a line valid has a reset, which shift-register tables have not.
    structure: inMemory
      ? sumStructure({ register: countBits(cycles) + 1 }, counterStructure(cycles))
      : { register: cycles, delay: cycles * (lanes * width + 2), delayLines: lanes * width + 2 },
    paths: inMemory
      ? [{ from: 'memory', levels: 1, carry: 0 }, counterPath(cycles)]
      : [{ from: 'register', levels: 1, carry: 0 }],
    products: 0,
    minInterval: elements / lanes,
    limit: `${counted(elements, 'word')}, ${lanes} a beat`,
    timing: (inputs) => ({ outputs: { out: delayed(must(inputs, 'in'), cycles) }, reads: {} }),
    createMachine: () => ({
      step: (inputs) => ({ out: [...must(inputs, 'in')] }),
      flags: () => ({}),
    }),
  };
}
