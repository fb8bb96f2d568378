import { counted } from '../../base/counted.js';
import { flagPort, must, streamPort, type Block, ram, type Placement, signed } from './block.js';
import { slotWidth } from './bundles.js';
import {
  countBits,
  counterPath,
  counterStructure,
  stepPacerBits,
  stepPacerStructure,
} from './counter.js';
import { SHORTEST_PACE } from './step_pacer.js';
import { sumStructure } from './structure.js';

export interface AxisInParameters {
  readonly id: string;
  readonly elements: number;
  readonly lanes: number;
  readonly width: number;
  /** Cycles from step to step, of the first segment. */
  readonly interval: number;
  /** Steps of the longest sequence, at which a longer one is cut; 0: no limit. */
  readonly maxLength: number;
  /** Steps start whole intervals apart, for engines that take turns. */
  readonly aligned: boolean;
  /** The bus carries unsigned words of width - 1 bits. */
  readonly unsigned: boolean;
  /** Placement of the memory; default `auto`. */
  readonly place?: Placement;
}

/** Complete vectors that can wait for their step. A vector whose step has started frees its place. */
export const INPUT_BANKS = 2;

/** Cycles from the last beat of a vector to the start of its step if no other vector waits. */
export const INPUT_LATENCY = 2;

/** Cycles from a step's start to the first beat of its vector. */
const LATENCY = 1;

/** Contract of qs5_axis_in. When a step starts: `hardware/cycle/input_edge.ts`. */
export function axisInBlock(p: AxisInParameters): Block {
  const { id, elements, lanes, width, interval, maxLength, aligned, unsigned } = p;
  const wordWidth = unsigned ? width - 1 : width;
  const slot = slotWidth(wordWidth);
  const beats = elements / lanes;
  const memory = ram('gather', INPUT_BANKS * beats, lanes * wordWidth, p.place);
  return {
    id,
    module: 'qs5_axis_in',
    summary: `s_axis to a stream of ${elements} x ${signed(width)}, ${lanes} per beat`,
    parameters: [
      { name: 'ELEMENTS', value: elements },
      { name: 'LANES', value: lanes },
      { name: 'W', value: width },
      { name: 'SLOT_W', value: slot },
      { name: 'INTERVAL', value: interval },
      { name: 'MAX_LENGTH', value: maxLength },
      { name: 'ALIGNED', value: aligned ? 1 : 0 },
      { name: 'UNSIGNED', value: unsigned ? 1 : 0 },
      { name: 'RAM_STYLE', value: memory.style },
    ],
    ports: [
      { name: 's_axis', type: 's_axis', direction: 'in', lanes, width: slot },
      { name: 'step', type: 'step', direction: 'out', lanes: 0, width: 0 },
      streamPort('out', 'out', lanes, width),
      flagPort('protocol'),
    ],
    roms: [],
    multipliers: [],
    memories: [memory],
    structure: structureOf(p),
    paths: [
      { from: 'register', levels: 2, carry: 0 },
      counterPath(beats),
      counterPath(maxLength),
      { from: 'register', levels: 1, carry: stepPacerBits(interval) },
    ],
    products: 0,
    minInterval: Math.max(beats, SHORTEST_PACE),
    limit: `input: ${counted(elements, 'word')}, ${lanes} a beat`,
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

function structureOf({ elements, lanes, interval, maxLength, aligned }: AxisInParameters) {
  const beats = elements / lanes;
  const length = countBits(maxLength);
  // Two flags of what waits, two of where it ends, banks, first, tag, valid, protocol; busy where a
  // vector has several beats.
  const flags = 11 + (beats > 1 ? 1 : 0);
  return sumStructure(
    { register: flags },
    counterStructure(beats),
    counterStructure(beats),
    stepPacerStructure(interval, aligned),
    maxLength > 1 ? { register: length + 1, adder: length, compare: length } : {},
  );
}
