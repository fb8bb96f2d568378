import { delayed, must, type Block } from './block.js';
import { matvecCore, type MatvecParameters } from './matvec_core.js';
import { addRows, addTree, addWalk, Amounts, matvecPaths } from './matvec_structure.js';
import { multiplyClient, type OperandWidths } from './multiply_port.js';

export interface SharedMatvecParameters extends MatvecParameters {
  /** Widths of the multipliers that serve it; of its own operands unless told. */
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
  const latency = cols / simd + 3 + core.rowsLatency + levels;
  const a = new Amounts();
  const stages = 3 + levels;
  addWalk(a, core.walk);
  a.add('register', cols > simd ? 2 * stages : stages).line(2, stages);
  for (let row = 0; row < pe; row++) addTree(a, simd, xWidth + weightWidth, p.accWidth);
  const rowsHave = core.rows(Math.min(xWidth + weightWidth + levels, p.accWidth));
  addRows(a, rowsHave);
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
    structure: a.structure,
    paths: matvecPaths(core.walk, rowsHave, simd > 1 ? rowsHave.termBits : 0),
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
