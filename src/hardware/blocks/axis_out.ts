import { counted } from '../../base/counted.js';
import { delayed, must, streamPort, type Block, ram, type Placement, signed } from './block.js';
import { slotWidth } from './bundles.js';
import { countBits, counterPath, counterStructure } from './counter.js';
import { sumStructure } from './structure.js';

/**
 * Steps that give a result: all, or only steps tagged last, or tagged first; the last
 * step of a sequence comes first where a segment runs backwards in time.
 */
export type Emit = 'step' | 'last' | 'first';

const EMIT_CODES: Readonly<Record<Emit, number>> = { step: 0, last: 1, first: 2 };

export interface AxisOutParameters {
  readonly id: string;
  readonly elements: number;
  readonly lanes: number;
  readonly width: number;
  /** Vectors held or promised; from the plan's latency and interval. */
  readonly slots: number;
  readonly emit: Emit;
  /** Placement of the memory; `auto` if absent. */
  readonly place?: Placement;
}

/** Cycles from the last beat of a vector on the bus until its slot is free. */
export const RETURN_LATENCY = 2;

/** Cycles from a beat to its tvalid while no earlier beat waits. */
export const OUTPUT_LATENCY = 2;

/** Contract of qs5_axis_out. Back-pressure: `hardware/cycle/output_edge.ts`. */
export function axisOutBlock(p: AxisOutParameters): Block {
  const { id, elements, lanes, width, slots, emit } = p;
  const slot = slotWidth(width);
  const beats = elements / lanes;
  const heldBits = Math.max(3, countBits(slots * beats + 1));
  // With a mark at the end of a sequence, and one at the end of a vector where that is not the same.
  const marks = emit === 'step' && beats > 1 ? 2 : 1;
  const memory = ram('fifo', slots * beats, lanes * width + marks, p.place);
  return {
    id,
    module: 'qs5_axis_out',
    summary: `stream of ${elements} x ${signed(width)}, ${lanes} per beat, to m_axis`,
    parameters: [
      { name: 'ELEMENTS', value: elements },
      { name: 'LANES', value: lanes },
      { name: 'W', value: width },
      { name: 'SLOT_W', value: slot },
      { name: 'SLOTS', value: slots },
      { name: 'EMIT', value: EMIT_CODES[emit] },
      { name: 'RAM_STYLE', value: memory.style },
    ],
    ports: [
      { name: 'step', type: 'step', direction: 'in', lanes: 0, width: 0 },
      streamPort('in', 'in', lanes, width),
      { name: 'm_axis', type: 'm_axis', direction: 'out', lanes, width: slot },
    ],
    roms: [],
    multipliers: [],
    memories: [memory],
    structure: sumStructure(
      // Beats in all and slots; flags of them, of the bus and of what leaves.
      { register: heldBits + countBits(slots + 1) + 5, adder: heldBits + countBits(slots + 1) },
      counterStructure(beats),
      counterStructure(slots * beats, false),
      counterStructure(slots * beats, false),
    ),
    paths: [
      { from: 'register', levels: 2, carry: 0 },
      { from: 'memory', levels: 1, carry: 0 },
      counterPath(slots * beats),
      { from: 'register', levels: 1, carry: heldBits },
    ],
    products: 0,
    minInterval: beats,
    limit: `output: ${counted(elements, 'word')}, ${lanes} a beat`,
    timing: (inputs) => ({
      outputs: { m_axis: delayed(must(inputs, 'in'), OUTPUT_LATENCY) },
      reads: {},
    }),
    createMachine: () => ({
      step: (inputs) => ({ m_axis: [...must(inputs, 'in')] }),
      flags: () => ({}),
    }),
  };
}
