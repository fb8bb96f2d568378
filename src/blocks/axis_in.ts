import { flagPort, must, streamPort, type Block } from './block.js';
import { slotWidth } from './bundles.js';

export interface AxisInParameters {
  readonly id: string;
  readonly elements: number;
  readonly lanes: number;
  readonly width: number;
  /** Cycles from step to step, of the whole design. */
  readonly interval: number;
}

/** Vectors that the input edge holds: one being gathered, one being sent. */
export const INPUT_BANKS = 2;

/** Cycles from a step's start to the first beat of its vector. */
const LATENCY = 1;

/** Contract of qs5_axis_in. When a step starts: `cycle/input_edge.ts`. */
export function axisInBlock({ id, elements, lanes, width, interval }: AxisInParameters): Block {
  const slot = slotWidth(width);
  const beats = elements / lanes;
  return {
    id,
    module: 'qs5_axis_in',
    parameters: [
      { name: 'ELEMENTS', value: elements },
      { name: 'LANES', value: lanes },
      { name: 'W', value: width },
      { name: 'SLOT_W', value: slot },
      { name: 'INTERVAL', value: interval },
    ],
    ports: [
      { name: 's_axis', type: 's_axis', direction: 'in', lanes, width: slot },
      { name: 'step', type: 'step', direction: 'out', lanes: 0, width: 0 },
      streamPort('out', 'out', lanes, width),
      flagPort('protocol'),
    ],
    roms: [],
    multipliers: [],
    memories: [{ name: 'gather', kind: 'ram', depth: INPUT_BANKS * beats, width: lanes * width }],
    products: 0,
    minInterval: beats,
    limit: `input: ${elements} words, ${lanes} a beat`,
    timing: () => ({
      outputs: { out: Array.from({ length: beats }, (_, i) => LATENCY + i), step: [0] },
      reads: {},
    }),
    createMachine: () => ({
      step: (inputs) => ({ out: [...must(inputs, 's_axis')] }),
      flags: () => ({ protocol: false }),
    }),
  };
}
