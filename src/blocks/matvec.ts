import { delayed, must, streamPort, vectorPort, type Beat, type Block } from './block.js';
import { lazy } from './lazy.js';
import { multiplyClient, type OperandWidths } from './multiply_port.js';
import { packFields, unpackFields, wrapTo } from './words.js';

export interface MatvecParameters {
  readonly id: string;
  /** What the matrix is called in reports. */
  readonly name: string;
  readonly rows: number;
  readonly cols: number;
  /** Row-major. */
  readonly weights: Int32Array;
  readonly xWidth: number;
  readonly weightWidth: number;
  readonly accWidth: number;
  /** Rows and columns per cycle. */
  readonly pe: number;
  readonly simd: number;
  /** Sums per beat out; divides pe. */
  readonly outLanes: number;
  /** Widths of the multipliers that serve it; of its own operands unless told. */
  readonly served?: OperandWidths;
}

/** Cycles from a read to its operands. */
const OPERANDS = 1;

/** Contract of qs5_matvec. */
export function matvecBlock(p: MatvecParameters): Block {
  const { id, name, rows, cols, pe, simd, outLanes, xWidth, weightWidth, accWidth } = p;
  const mul = multiplyClient({ count: pe * simd, aBits: xWidth, bBits: weightWidth }, p.served);
  const groups = rows / pe;
  const reads = cols / simd;
  const beats = pe / outLanes;
  const groupCycles = Math.max(reads, beats);
  const latency = reads + 3 + Math.ceil(Math.log2(simd));
  const file = `rom/${id}_weights.hex`;
  const depth = groups * reads;
  const words = lazy(() =>
    Array.from({ length: depth }, (_, address) => {
      const group = Math.floor(address / reads);
      const read = address % reads;
      return packFields(
        Array.from({ length: pe * simd }, (_f, i) => {
          const row = group * pe + Math.floor(i / simd);
          const col = read * simd + (i % simd);
          return { value: p.weights[row * cols + col] ?? 0, width: weightWidth };
        }),
      );
    }),
  );
  const binding = beats > reads ? `${beats} beats of ${outLanes} sums per group` : undefined;

  return {
    id,
    module: 'qs5_matvec',
    parameters: [
      { name: 'ROWS', value: rows },
      { name: 'COLS', value: cols },
      { name: 'PE', value: pe },
      { name: 'SIMD', value: simd },
      { name: 'OUT_LANES', value: outLanes },
      { name: 'GROUP_CYCLES', value: groupCycles },
      { name: 'X_W', value: xWidth },
      { name: 'WEIGHT_W', value: weightWidth },
      { name: 'ACC_W', value: accWidth },
      ...mul.parameters,
      { name: 'WEIGHT_FILE', value: file },
    ],
    ports: [
      vectorPort('x', 'in', simd, xWidth),
      streamPort('out', 'out', outLanes, accWidth),
      mul.port,
    ],
    roms: [
      {
        file,
        width: pe * simd * weightWidth,
        get words() {
          return words();
        },
        layout: `${pe} rows x ${simd} columns of ${weightWidth} bits, lowest column of the lowest row lowest; ${reads} words per group of rows`,
      },
    ],
    multipliers: [],
    operands: mul.operands,
    memories: [{ name: 'rom', kind: 'rom', depth, width: pe * simd * weightWidth }],
    products: rows * cols,
    minInterval: groups * groupCycles,
    limit:
      binding ??
      `${name}: ${rows} x ${cols} on ${pe * simd} multiplier${pe * simd === 1 ? '' : 's'}`,
    timing(inputs) {
      const [start = 0] = must(inputs, 'x');
      const out: number[] = [];
      const read: number[] = [];
      for (let g = 0; g < groups; g++) {
        for (let k = 0; k < reads; k++) read.push(start + g * groupCycles + k);
        for (let b = 0; b < beats; b++) out.push(start + g * groupCycles + latency + b);
      }
      const last = start + (groups - 1) * groupCycles + reads - 1;
      const pass = Array.from({ length: reads }, (_, k) => start + k);
      return { outputs: { out, mul: delayed(read, OPERANDS) }, reads: { x: { pass, last } } };
    },
    createMachine() {
      const rom = new Float64Array(rows * cols);
      words().forEach((word, address) => {
        const row = Math.floor(address / reads) * pe;
        const col = (address % reads) * simd;
        unpackFields(word, pe * simd, weightWidth).forEach((weight, i) => {
          rom[(row + Math.floor(i / simd)) * cols + col + (i % simd)] = weight;
        });
      });
      const wrap = wrapTo(accWidth);
      const x = new Float64Array(cols);
      return {
        step(inputs) {
          let at = 0;
          for (const read of must(inputs, 'x')) for (const word of read) x[at++] = word;
          const out: Beat[] = [];
          for (let row = 0; row < rows; row += outLanes) {
            const beat: number[] = [];
            for (let lane = 0; lane < outLanes; lane++) {
              // The accumulator wraps at every read; to wrap what it ends with is the same.
              let sum = 0;
              const from = (row + lane) * cols;
              for (let col = 0; col < cols; col++) sum += (rom[from + col] ?? 0) * (x[col] ?? 0);
              beat.push(wrap(sum));
            }
            out.push(beat);
          }
          return { out };
        },
        flags: () => ({}),
      };
    },
  };
}
