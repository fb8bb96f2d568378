import {
  must,
  streamPort,
  vectorPort,
  type Beat,
  type Machine,
  type Port,
  type RomImage,
  type Placement,
  type Timing,
  type BlockTiming,
} from './block.js';
import { lazy } from './lazy.js';
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
  /** Where its memories go; as synthesis likes unless told. */
  readonly place?: Placement;
}

/** Columns of a read whose weights lie in one ROM, lowest first. */
export interface WeightRom {
  readonly file: string;
  readonly columns: readonly number[];
  readonly layout: string;
}

/** What the contracts of both products of a matrix and a vector have in common. */
export interface MatvecCore {
  readonly depth: number;
  readonly parameters: readonly { readonly name: string; readonly value: number }[];
  readonly ports: readonly Port[];
  readonly minInterval: number;
  readonly limit: string;
  /** Words of a ROM per read, all PE rows: row by row, each the ROM's columns. */
  readonly image: (rom: WeightRom) => RomImage;
  /** Cycles of the reads, and of the beats when the first comes so many cycles after the start. */
  readonly timing: (start: number, latency: number) => BlockTiming & { readonly read: Timing };
  readonly machine: (roms: readonly WeightRom[]) => Machine;
}

export function matvecCore(p: MatvecParameters): MatvecCore {
  const { name, rows, cols, pe, simd, outLanes, xWidth, weightWidth, accWidth } = p;
  const groups = rows / pe;
  const reads = cols / simd;
  const beats = pe / outLanes;
  const groupCycles = Math.max(reads, beats);
  const depth = groups * reads;
  const binding = beats > reads ? `${beats} beats of ${outLanes} sums per group` : undefined;
  const image = ({ file, columns, layout }: WeightRom): RomImage => {
    const words = lazy(() =>
      Array.from({ length: depth }, (_, address) => {
        const group = Math.floor(address / reads);
        const read = address % reads;
        return packFields(
          Array.from({ length: pe }, (_r, i) =>
            columns.map((column) => ({
              value: p.weights[(group * pe + i) * cols + read * simd + column] ?? 0,
              width: weightWidth,
            })),
          ).flat(),
        );
      }),
    );
    return {
      file,
      width: pe * columns.length * weightWidth,
      get words() {
        return words();
      },
      layout: `${layout}; ${reads} words per group of rows`,
    };
  };
  return {
    depth,
    image,
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
    ],
    ports: [vectorPort('x', 'in', simd, xWidth), streamPort('out', 'out', outLanes, accWidth)],
    minInterval: groups * groupCycles,
    limit:
      binding ??
      `${name}: ${rows} x ${cols} on ${pe * simd} multiplier${pe * simd === 1 ? '' : 's'}`,
    timing(start, latency) {
      const out: number[] = [];
      const read: number[] = [];
      for (let g = 0; g < groups; g++) {
        for (let k = 0; k < reads; k++) read.push(start + g * groupCycles + k);
        for (let b = 0; b < beats; b++) out.push(start + g * groupCycles + latency + b);
      }
      const last = start + (groups - 1) * groupCycles + reads - 1;
      const pass = Array.from({ length: reads }, (_, k) => start + k);
      return { outputs: { out }, reads: { x: { pass, last } }, read };
    },
    machine(roms) {
      const matrix = new Float64Array(rows * cols);
      for (const rom of roms) {
        const { columns } = rom;
        image(rom).words.forEach((word, address) => {
          const row = Math.floor(address / reads) * pe;
          const col = (address % reads) * simd;
          unpackFields(word, pe * columns.length, weightWidth).forEach((weight, i) => {
            const column = columns[i % columns.length] ?? 0;
            matrix[(row + Math.floor(i / columns.length)) * cols + col + column] = weight;
          });
        });
      }
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
              for (let col = 0; col < cols; col++) sum += (matrix[from + col] ?? 0) * (x[col] ?? 0);
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
