import { must, streamPort, type Beat, type Block, signed } from './block.js';
import { counterPath, counterStructure } from './counter.js';
import { sumStructure } from './structure.js';

export interface WidenParameters {
  readonly id: string;
  readonly width: number;
  readonly inLanes: number;
  /** Multiple of inLanes. */
  readonly outLanes: number;
  /** Elements per vector. */
  readonly elements: number;
}

/** Contract of qs5_widen. */
export function widenBlock({ id, width, inLanes, outLanes, elements }: WidenParameters): Block {
  const ratio = outLanes / inLanes;
  return {
    id,
    module: 'qs5_widen',
    summary: `${ratio} beats of ${inLanes} x ${signed(width)} as one`,
    parameters: [
      { name: 'W', value: width },
      { name: 'IN_LANES', value: inLanes },
      { name: 'RATIO', value: ratio },
    ],
    ports: [streamPort('in', 'in', inLanes, width), streamPort('out', 'out', outLanes, width)],
    roms: [],
    multipliers: [],
    memories: [],
    structure: sumStructure({ register: 3 + outLanes * width }, counterStructure(ratio)),
    paths: [{ from: 'register', levels: 2, carry: 0 }, counterPath(ratio)],
    products: 0,
    minInterval: elements / inLanes,
    limit: `${elements} words, ${inLanes} a beat`,
    timing(inputs) {
      const beats = must(inputs, 'in');
      return {
        outputs: { out: beats.filter((_, i) => i % ratio === ratio - 1).map((cycle) => cycle + 1) },
        reads: {},
      };
    },
    createMachine: () => ({
      step(inputs) {
        const words = must(inputs, 'in').flat();
        const out: Beat[] = [];
        for (let i = 0; i < words.length; i += outLanes) out.push(words.slice(i, i + outLanes));
        return { out };
      },
      flags: () => ({}),
    }),
  };
}
