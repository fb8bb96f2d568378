import { delayed, must, streamPort, type Block } from './block.js';

export interface DelayParameters {
  readonly id: string;
  /** Elements per vector, and per beat. */
  readonly elements: number;
  readonly lanes: number;
  readonly width: number;
  readonly cycles: number;
}

/** Contract of qs5_delay. */
export function delayBlock({ id, elements, lanes, width, cycles }: DelayParameters): Block {
  return {
    id,
    module: 'qs5_delay',
    parameters: [
      { name: 'LANES', value: lanes },
      { name: 'W', value: width },
      { name: 'DELAY', value: cycles },
    ],
    ports: [streamPort('in', 'in', lanes, width), streamPort('out', 'out', lanes, width)],
    roms: [],
    multipliers: [],
    memories: [],
    products: 0,
    minInterval: elements / lanes,
    limit: `${elements} words, ${lanes} a beat`,
    timing: (inputs) => ({ outputs: { out: delayed(must(inputs, 'in'), cycles) }, reads: {} }),
    createMachine: () => ({
      step: (inputs) => ({ out: [...must(inputs, 'in')] }),
      flags: () => ({}),
    }),
  };
}
