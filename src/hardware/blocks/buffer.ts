import { counted } from '../../base/counted.js';
import {
  must,
  streamPort,
  vectorPort,
  type Beat,
  type Block,
  ram,
  type Placement,
  signed,
} from './block.js';
import {
  bankAddressCarry,
  bankAddressStructure,
  countBits,
  counterPath,
  counterStructure,
} from './counter.js';
import { sumStructure } from './structure.js';
import { lcm } from './words.js';

export interface BufferParameters {
  readonly id: string;
  readonly width: number;
  /** Elements per vector. */
  readonly elements: number;
  readonly writeLanes: number;
  readonly readLanes: number;
  /** Vectors held; from the plan's lifetimes. */
  readonly banks: number;
  /** Placement of the memory; default `auto`. */
  readonly place?: Placement;
}

/** Contract of qs5_buffer. */
export function bufferBlock(p: BufferParameters): Block {
  const { id, width, elements, writeLanes, readLanes, banks } = p;
  const wordLanes = lcm(writeLanes, readLanes);
  /** Multiplexer levels that select the part of a word. */
  const muxLevels = Math.ceil(Math.log2(wordLanes / readLanes));
  const depth = (banks * elements) / wordLanes;
  const memory = ram('words', depth, wordLanes * width, p.place);
  return {
    id,
    module: 'qs5_buffer',
    summary: `vector buffer of ${banks} x ${elements} words, ${signed(width)}, ${writeLanes} written and ${readLanes} read per cycle`,
    parameters: [
      { name: 'W', value: width },
      { name: 'ELEMENTS', value: elements },
      { name: 'WRITE_LANES', value: writeLanes },
      { name: 'READ_LANES', value: readLanes },
      { name: 'WORD_LANES', value: wordLanes },
      { name: 'BANKS', value: banks },
      { name: 'RAM_STYLE', value: memory.style },
    ],
    ports: [streamPort('in', 'in', writeLanes, width), vectorPort('vec', 'out', readLanes, width)],
    roms: [],
    multipliers: [],
    // A single word is where its beats gather.
    memories: depth === 1 ? [] : [memory],
    structure: structureOf(p),
    paths: [
      { from: 'register', levels: 2, carry: 0 },
      { from: depth === 1 ? 'register' : 'memory', levels: muxLevels, carry: 0 },
      counterPath(elements / wordLanes),
      { from: 'register', levels: 1, carry: bankAddressCarry(elements / wordLanes, banks) },
    ],
    products: 0,
    minInterval: elements / writeLanes,
    limit: `${counted(elements, 'word')}, ${writeLanes} a beat`,
    timing(inputs) {
      const last = must(inputs, 'in').at(-1) ?? 0;
      return { outputs: { vec: [last + 1] }, reads: {} };
    },
    createMachine: () => ({
      step(inputs) {
        const written = must(inputs, 'in');
        if (readLanes === writeLanes) return { vec: [...written] };
        const words = written.flat();
        const vec: Beat[] = [];
        for (let i = 0; i < words.length; i += readLanes) vec.push(words.slice(i, i + readLanes));
        return { vec };
      },
      flags: () => ({}),
    }),
  };
}

function structureOf({ width, elements, writeLanes, readLanes, banks }: BufferParameters) {
  const wordLanes = lcm(writeLanes, readLanes);
  const [slices, parts] = [wordLanes / writeLanes, wordLanes / readLanes];
  const words = elements / wordLanes;
  const gathering = words * banks === 1 ? slices : slices - 1;
  return sumStructure(
    // Start and tag, beats that gather, the part of the read before.
    {
      register: 3 + gathering * writeLanes * width + (parts > 1 ? countBits(parts) : 0),
      mux: (parts - 1) * readLanes * width,
    },
    counterStructure(slices),
    counterStructure(words),
    bankAddressStructure(words, banks, true),
    counterStructure(parts),
    counterStructure(words, banks > 1),
    bankAddressStructure(words, banks, false),
  );
}
