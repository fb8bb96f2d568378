import { counted } from '../../base/counted.js';
import { at } from '../../base/at.js';
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
  type VerilogParameter,
  signed,
} from './block.js';
import { lazy } from './lazy.js';
import { bitsOf, type Accumulators, type Sequencer } from './matvec_structure.js';
import { packEqual, unpackFields, wrapTo } from './words.js';

export interface MatvecParameters {
  readonly id: string;
  /** Name of the matrix in reports. */
  readonly name: string;
  readonly rows: number;
  readonly cols: number;
  /** Row-major. */
  readonly weights: Int32Array;
  readonly xWidth: number;
  readonly weightWidth: number;
  readonly accWidth: number;
  /** Accumulators and columns per cycle. */
  readonly pe: number;
  readonly simd: number;
  /** Sums per beat out; divides pe. */
  readonly outLanes: number;
  /** Groups of pe rows that take turns at each read of the vector; default 1. */
  readonly slots?: number;
  /** Accumulation outside the multipliers; by default cleared, in one part. */
  readonly accumulate?: Accumulate;
  /** Placement of the memories; default `auto`. */
  readonly place?: Placement;
}

/** LOAD and PARTS of qs5_matvec_accumulators. */
export interface Accumulate {
  /** True if accumulators start from the first term, false if they start from zero. */
  readonly load: boolean;
  /** Most bits of a carry chain. */
  readonly carryBits: number;
}

/** ROM image with the weights of some columns of a read. `columns`: lowest first. */
export interface WeightRom {
  readonly file: string;
  readonly columns: readonly number[];
  readonly layout: string;
}

/** Common part of the contracts of all matrix engines. */
export interface MatvecCore {
  readonly depth: number;
  readonly parameters: readonly VerilogParameter[];
  /** Parameters of those whose pe sums leave a few at a time. */
  readonly pacing: readonly VerilogParameter[];
  readonly ports: readonly Port[];
  readonly minInterval: number;
  readonly limit: string;
  /** Words of a ROM per read, all PE rows: row by row, each the ROM's columns. */
  readonly image: (rom: WeightRom) => RomImage;
  /** Cycles from the last term of a row to its sum. */
  readonly accumulatorsLatency: number;
  /** Cycles of the reads, and of the beats if the first beat comes `latency` cycles after the start. */
  readonly timing: (start: number, latency: number) => BlockTiming & { readonly read: Timing };
  readonly machine: (roms: readonly WeightRom[]) => Machine;
}

/** A matrix and its folding, without its weights. */
export type FoldedMatrix = Pick<
  MatvecParameters,
  | 'rows'
  | 'cols'
  | 'pe'
  | 'simd'
  | 'outLanes'
  | 'xWidth'
  | 'weightWidth'
  | 'accWidth'
  | 'accumulate'
>;

/** Parameters of qs5_matvec_accumulators for terms with `termBits` significant bits. */
export function accumulatorsOf(m: FoldedMatrix, termBits: number): Accumulators {
  const { pe, outLanes, accWidth, accumulate } = m;
  const reads = m.cols / m.simd;
  const carryBits = accumulate?.carryBits ?? accWidth;
  const parts = reads > 1 ? Math.ceil(accWidth / Math.min(carryBits, accWidth)) : 1;
  return { pe, reads, outLanes, accWidth, termBits, load: accumulate?.load ?? false, parts };
}

/** Sequencer of an engine in which groups of rows do not take turns. */
export function sequencerOf({ rows, cols, pe, simd, outLanes }: FoldedMatrix): Sequencer {
  const turns = rows / pe;
  const reads = cols / simd;
  return {
    ...{ turns, reads, passReads: Math.max(reads, pe / outLanes), slots: 1, first: false },
    addrBits: bitsOf(turns * reads),
  };
}

/** Cycles from the start to the first read. */
export const SEQUENCER_LATENCY = 1;

/** Equation and formats of a matrix engine; `place` says where its multipliers are. */
export function matvecSummary(
  p: FoldedMatrix & Pick<MatvecParameters, 'name'>,
  place: string,
): string {
  const { name, rows, cols, pe, simd, xWidth, weightWidth, accWidth } = p;
  const multipliers = `${counted(pe * simd, 'multiplier')} ${place}`;
  return `${name}, W x: W ${rows} x ${cols} of ${signed(weightWidth)}, ${signed(xWidth)} -> ${signed(accWidth)}, ${multipliers}`;
}

export function matvecCore(p: MatvecParameters): MatvecCore {
  const { name, rows, cols, pe, simd, outLanes, xWidth, weightWidth, accWidth, slots = 1 } = p;
  const groups = rows / pe;
  const reads = cols / simd;
  const beats = pe / outLanes;
  const groupCycles = Math.max(reads, beats);
  const depth = groups * reads;
  const { load, parts } = accumulatorsOf(p, accWidth);
  const late = reads > 1 && load;
  const waiting = beats > 1 || (reads > 1 && !load);
  const binding =
    beats > reads
      ? `${counted(beats, 'beat')} of ${counted(outLanes, 'sum')} per group`
      : undefined;
  /** Group of rows and read that the weights of an address belong to. */
  const meaning = (address: number) => ({
    group: Math.floor(address / (reads * slots)) * slots + (address % slots),
    read: Math.floor(address / slots) % reads,
  });
  const image = ({ file, columns, layout }: WeightRom): RomImage => {
    const words = lazy(() => {
      const fields = new Int32Array(pe * columns.length);
      return Array.from({ length: depth }, (_, address) => {
        const { group, read } = meaning(address);
        for (let i = 0; i < fields.length; i++) {
          const row = group * pe + Math.floor(i / columns.length);
          const column = read * simd + at(columns, i % columns.length);
          fields[i] = at(p.weights, row * cols + column);
        }
        return packEqual(fields, weightWidth);
      });
    });
    return {
      file,
      width: pe * columns.length * weightWidth,
      get words() {
        return words();
      },
      layout:
        slots === 1
          ? `${layout}; ${counted(reads, 'word')} per group of rows`
          : `${layout}; ${reads} reads for ${slots} groups of rows, group by group`,
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
      { name: 'X_W', value: xWidth },
      { name: 'WEIGHT_W', value: weightWidth },
      { name: 'ACC_W', value: accWidth },
    ],
    accumulatorsLatency: (late ? 1 : 0) + (waiting ? 1 : 0) + parts - 1,
    pacing: [
      { name: 'ACC_LOAD', value: load ? 1 : 0 },
      { name: 'ACC_PARTS', value: parts },
      { name: 'OUT_LANES', value: outLanes },
      { name: 'GROUP_CYCLES', value: groupCycles },
    ],
    ports: [vectorPort('x', 'in', simd, xWidth), streamPort('out', 'out', outLanes, accWidth)],
    minInterval: groups * groupCycles,
    limit: binding ?? `${name}: ${rows} x ${cols} on ${counted(pe * simd, 'multiplier')}`,
    timing(start, latency) {
      const out: number[] = [];
      const read: number[] = [];
      for (let g = 0; g < groups; g++) {
        for (let k = 0; k < reads; k++) read.push(start + SEQUENCER_LATENCY + g * groupCycles + k);
        for (let b = 0; b < beats; b++) out.push(start + g * groupCycles + latency + b);
      }
      const last = start + SEQUENCER_LATENCY + (groups - 1) * groupCycles + reads - 1;
      const pass = Array.from({ length: reads }, (_, k) => start + SEQUENCER_LATENCY + k);
      return { outputs: { out }, reads: { x: { pass, last } }, read };
    },
    machine(roms) {
      const matrix = new Float64Array(rows * cols);
      for (const rom of roms) {
        const { columns } = rom;
        image(rom).words.forEach((word, address) => {
          const { group, read } = meaning(address);
          const row = group * pe;
          const col = read * simd;
          unpackFields(word, pe * columns.length, weightWidth).forEach((weight, i) => {
            const column = at(columns, i % columns.length);
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

/** Divisors of n up to `most`, ascending. */
export function divisorsOf(n: number, most: number): number[] {
  return Array.from({ length: Math.min(n, most) }, (_, i) => i + 1).filter((d) => n % d === 0);
}
