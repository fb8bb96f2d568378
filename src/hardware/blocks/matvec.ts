import { delayed, must, type Block, type Structure } from './block.js';
import {
  matvecCore,
  accumulatorsOf,
  sequencerOf,
  type FoldedMatrix,
  type MatvecParameters,
  matvecSummary,
} from './matvec_core.js';
import {
  addAccumulators,
  addTree,
  addSequencer,
  Amounts,
  matvecPaths,
} from './matvec_structure.js';
import { multiplyClient, type OperandWidths } from './multiply_port.js';

export interface SharedMatvecParameters extends MatvecParameters {
  /** Operand widths of the multipliers that serve it; those of its own operands if absent. */
  readonly served?: OperandWidths;
}

/** Cycles from a read to its operands. */
const OPERANDS = 1;

/** Contract of qs5_matvec. */
export function matvecBlock(p: SharedMatvecParameters): Block {
  const { id, rows, cols, pe, simd, xWidth, weightWidth } = p;
  const core = matvecCore(p);
  const mul = multiplyClient({ count: pe * simd, aBits: xWidth, bBits: weightWidth }, p.served);
  const levels = Math.ceil(Math.log2(simd));
  const latency = cols / simd + 3 + core.accumulatorsLatency + levels;
  const rom = {
    file: `rom/${id}_weights.hex`,
    columns: Array.from({ length: simd }, (_, column) => column),
    layout: `${pe} rows x ${simd} columns of ${weightWidth} bits, lowest column of the lowest row lowest`,
  };
  const width = pe * simd * weightWidth;
  const romStyle = p.place?.({ kind: 'rom', depth: core.depth, width: width }) ?? 'auto';
  return {
    id,
    module: 'qs5_matvec',
    summary: matvecSummary(p, 'outside'),
    parameters: [
      ...core.parameters,
      ...core.pacing,
      ...mul.parameters,
      { name: 'ROM_STYLE', value: romStyle },
      { name: 'WEIGHT_FILE', value: rom.file },
    ],
    ports: [...core.ports, mul.port],
    roms: [core.image(rom)],
    multipliers: [],
    operands: mul.operands,
    memories: [{ name: 'rom', kind: 'rom', style: romStyle, depth: core.depth, width }],
    structure: matvecStructure(p),
    paths: matvecPaths(sequencerOf(p), accumulatorsOf(p, p.accWidth), simd > 1 ? termBits(p) : 0),
    products: rows * cols,
    minInterval: core.minInterval,
    limit: core.limit,
    timing(inputs) {
      const [start = 0] = must(inputs, 'x');
      const { outputs, reads, read } = core.timing(start, latency);
      return { outputs: { ...outputs, mul: delayed(read, OPERANDS) }, reads };
    },
    createMachine: () => core.machine([rom]),
  };
}

/** Bits of what the adder tree of a row yields, as far as its sum needs them. */
function termBits({ simd, xWidth, weightWidth, accWidth }: FoldedMatrix): number {
  return Math.min(xWidth + weightWidth + Math.ceil(Math.log2(simd)), accWidth);
}

/** Structure of a qs5_matvec without its ROM. */
export function matvecStructure(m: FoldedMatrix): Structure {
  const { cols, pe, simd, xWidth, weightWidth, accWidth } = m;
  const stages = 3 + Math.ceil(Math.log2(simd));
  const a = new Amounts();
  addSequencer(a, sequencerOf(m));
  // If a row is one read, every read is a last one.
  a.add('register', cols > simd ? 2 * stages : stages).line(2, stages);
  for (let row = 0; row < pe; row++) addTree(a, simd, xWidth + weightWidth, accWidth);
  addAccumulators(a, accumulatorsOf(m, termBits(m)));
  return a.structure;
}
