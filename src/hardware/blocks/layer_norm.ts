import { counted } from '../../base/counted.js';
import type { Rounding } from '../../base/fixed/rounding.js';
import {
  must,
  streamPort,
  vectorPort,
  type Beat,
  type Block,
  type Multiplier,
  type Path,
  type Placement,
  type Structure,
  signed,
} from './block.js';
import { lazy } from './lazy.js';
import type { OperandWidths } from './multiply_port.js';
import { roundWide } from './words.js';

export interface LayerNormParameters {
  readonly id: string;
  /** Elements per vector, and per beat. */
  readonly channels: number;
  readonly lanes: number;
  readonly inWidth: number;
  /** Bits out, from the exact bound. */
  readonly outWidth: number;
  /** Added to the variance, at its scale; at least 1, below 2^60. */
  readonly epsilon: bigint;
  /** Bits of the table's index below the point. */
  readonly indexWidth: number;
  readonly frac: number;
  readonly outFrac: number;
  readonly rounding: Rounding;
  /** 3 * 2^indexWidth entries: 2^frac / sqrt(m) for m from 1 up to 4. */
  readonly table: Int32Array;
  readonly place?: Placement;
  /** Widest operands of one DSP; its products are split into such unless it is left out. */
  readonly operands?: OperandWidths;
}

/** Most bits between registers in the sums of a vector. */
const PART = 13;

/** Bits of the lower part of an operand too long for a DSP; 0 where it is not, or two are too few. */
function lowerPart(width: number, other: number, operands: OperandWidths | undefined): number {
  if (operands === undefined || width <= Math.max(operands.aBits, operands.bBits)) return 0;
  const port = Math.min(operands.aBits, operands.bBits);
  const low = port - 1;
  return width - low + 1 <= port && other <= port ? low : 0;
}

/** Multipliers of qs5_split_square. */
function splitSquare(width: number, low: number): Multiplier[] {
  const high = width - low;
  if (low === 0) return [{ count: 1, aBits: width, bBits: width }];
  return [
    { count: 1, aBits: low + 1, bBits: low + 1 },
    { count: 1, aBits: low + 1, bBits: high + 1 },
    { count: 1, aBits: high, bBits: high },
  ];
}

/** Multipliers of qs5_split_multiply. */
function splitProduct(width: number, frac: number, low: number): Multiplier[] {
  if (low === 0) return [{ count: 1, aBits: width, bBits: frac + 1 }];
  return [
    { count: 1, aBits: low + 1, bBits: frac },
    { count: 1, aBits: width - low, bBits: frac },
  ];
}

/** Widths as in the RTL. */
function sizesOf({ channels, lanes, inWidth, epsilon, frac, operands }: LayerNormParameters) {
  let odd = channels;
  while (odd % 2 === 0) odd /= 2;
  const sumWidth = inWidth + Math.ceil(Math.log2(channels));
  const epsilonWidth = epsilon.toString(2).length;
  const dWidth = Math.max(2 * sumWidth, epsilonWidth) + 1;
  return {
    levels: Math.ceil(Math.log2(lanes)),
    twos: Math.log2(channels / odd),
    /** Bits of the odd factor of the channels; 0 if it is one. */
    oddWidth: odd === 1 ? 0 : Math.ceil(Math.log2(odd + 1)) + 1,
    sumWidth,
    sumLow: lowerPart(sumWidth, 0, operands),
    centredLow: lowerPart(sumWidth + 1, frac, operands),
    qWidth: Math.max(2 * inWidth + Math.ceil(Math.log2(channels)), epsilonWidth + 2),
    dWidth,
    kWidth: Math.max(1, Math.ceil(Math.log2(Math.ceil(dWidth / 2)))),
  };
}

type Sizes = ReturnType<typeof sizesOf>;

/** Cycles from the last beat in to the first read and to the first beat out. */
function scheduleOf(sizes: Sizes) {
  const { levels, oddWidth, sumWidth, sumLow, centredLow, qWidth, dWidth, kWidth } = sizes;
  const parts = (width: number) => Math.ceil(width / PART);
  const squareOfSum = 1 + levels + parts(sumWidth + 1) + (sumLow > 0 ? 4 : 2);
  const squares = 2 + levels + parts(qWidth) + (oddWidth === 0 ? 0 : 3);
  const variance = Math.max(squareOfSum, squares) + parts(dWidth);
  // Five stages to the index of the table, and the table.
  const root = variance + 5 + 1;
  const shifts = Math.ceil(kWidth / 2);
  return {
    readAt: root - (oddWidth === 0 ? 2 : 4),
    outAt: root + (centredLow > 0 ? 4 : 2) + shifts + 2,
    /** Cycles for which something of a vector is held beyond its beats. */
    held: shifts,
  };
}

/** Bits of a word behind each stage of qs5_variable_shift: those that later stages may yet shift down. */
function shiftedBits(p: LayerNormParameters, { sumWidth, kWidth }: Sizes): number[] {
  const stages = Math.ceil(kWidth / 2);
  const all = sumWidth + 1 + p.frac + 1 + 1 - (p.frac - p.outFrac);
  return Array.from({ length: stages }, (_, s) =>
    Math.min(all, p.outWidth + 4 ** (stages - 1 - s)),
  );
}

const sum = (values: readonly number[]) => values.reduce((a, b) => a + b, 0);

function structureOf(p: LayerNormParameters, sizes: Sizes): Structure {
  const { channels, lanes, inWidth, outWidth, indexWidth, frac } = p;
  const { levels, twos, oddWidth, sumWidth, sumLow, centredLow, qWidth, dWidth, kWidth } = sizes;
  const { readAt, outAt } = scheduleOf(sizes);
  const beatBits = Math.ceil(Math.log2(channels / lanes));
  const groups = Math.ceil(dWidth / 8);
  const windowBits = indexWidth + 8;
  const centred = sumWidth + 1;
  const shifted = shiftedBits(p, sizes);

  /** Bits of a qs5_adder_tree. */
  const tree = (width: number) =>
    sum(
      Array.from({ length: levels }, (_, k) => Math.ceil(lanes / 2 ** (k + 1)) * (width + k + 1)),
    );
  /** Registers of qs5_accumulate_pipelined: sum, result, and the words between parts. */
  const sumInParts = (from: number, width: number) => {
    const parts = Math.ceil(width / PART);
    const part = Math.ceil(width / parts);
    const passed = Array.from(
      { length: parts - 1 },
      (_, k) => 3 + Math.max(1, from - (k + 1) * part),
    );
    return 2 * width + sum(passed);
  };
  const root = readAt + (oddWidth === 0 ? 2 : 4);
  // Beat counters in and read, shift registers that follow beats, vector ends and reads, and tags.
  const split = centredLow > 0;
  const end = root + (split ? 3 : 1);
  const control = 2 * beatBits + (levels + 2) + end + 1 + (outAt - readAt) + 6;
  const sums =
    lanes * inWidth +
    tree(inWidth) +
    tree(2 * inWidth) +
    sumInParts(inWidth + levels, sumWidth + 1) +
    sumInParts(2 * inWidth + levels, qWidth);
  const logarithm =
    2 * groups + Math.ceil(Math.log2(groups)) + windowBits + 2 + (indexWidth + 2) + kWidth;
  const variance = dWidth + Math.ceil(dWidth / PART) - 1 + (oddWidth === 0 ? 0 : dWidth);
  // The lowest bits of what is centred are the same in all lanes.
  // Both parts of a word that is split keep pace with its products.
  const parts = split ? 3 * centred : 0;
  const lane = centred - twos + parts + sum(shifted) + shifted.length + 1 + 2 * outWidth;
  return {
    register: control + sums + variance + logarithm + (sumWidth + 1) + kWidth + twos + lanes * lane,
    // Products that may take several DSPs.
    operandRegister:
      (sumLow > 0 ? 0 : 3 * sumWidth) + (split ? 0 : lanes * (2 * centred + 2 * frac + 1)),
    adder:
      tree(inWidth) +
      tree(2 * inWidth) +
      (sumWidth + 1) +
      qWidth +
      dWidth +
      lanes * (centred - twos + outWidth),
    choice: windowBits * groups,
    mux: lanes * sum(shifted),
  };
}

function pathsOf(sizes: Sizes): Path[] {
  const { sumWidth, sumLow, twos } = sizes;
  return [
    // A product of several DSPs that is not split adds in one cycle.
    { from: 'multiplier', levels: 1, carry: sumLow > 0 ? PART + 2 : 2 * sumWidth },
    { from: 'memory', levels: 1, carry: sumWidth + 1 - twos },
    { from: 'register', levels: 1, carry: PART + 2 },
    { from: 'register', levels: 3, carry: 0 },
  ];
}

/** Contract of qs5_layer_norm. */
export function layerNormBlock(p: LayerNormParameters): Block {
  const { id, channels, lanes, inWidth, outWidth, epsilon, indexWidth, frac, outFrac } = p;
  const beats = channels / lanes;
  const sizes = sizesOf(p);
  const { oddWidth, sumWidth, qWidth, sumLow, centredLow } = sizes;
  const { readAt, outAt, held } = scheduleOf(sizes);
  const file = `rom/${id}_table.hex`;
  const style = p.place?.({ kind: 'rom', depth: p.table.length, width: frac }) ?? 'auto';
  const words = lazy(() => Array.from(p.table, (value) => BigInt(value)));
  const half = 1n << 30n;
  return {
    id,
    module: 'qs5_layer_norm',
    summary: `(H x - S) / sqrt(H Q - S^2 + epsilon), H = ${channels}, ${signed(inWidth)} -> ${signed(outWidth)}`,
    parameters: [
      { name: 'CHANNELS', value: channels },
      { name: 'LANES', value: lanes },
      { name: 'W', value: inWidth },
      { name: 'OUT_W', value: outWidth },
      { name: 'EPSILON_W', value: epsilon.toString(2).length },
      { name: 'EPSILON_HI', value: Number(epsilon / half) },
      { name: 'EPSILON_LO', value: Number(epsilon % half) },
      { name: 'INDEX_W', value: indexWidth },
      { name: 'FRAC', value: frac },
      { name: 'OUT_FRAC', value: outFrac },
      { name: 'ROUNDING', value: p.rounding },
      { name: 'S_LOW', value: sumLow },
      { name: 'C_LOW', value: centredLow },
      { name: 'ROM_STYLE', value: style },
      { name: 'TABLE_FILE', value: file },
    ],
    ports: [
      streamPort('in', 'in', lanes, inWidth),
      vectorPort('x', 'in', lanes, inWidth),
      streamPort('out', 'out', lanes, outWidth),
    ],
    roms: [
      {
        file,
        width: frac,
        get words() {
          return words();
        },
        layout: `2^${frac} / sqrt(m) for m from 1 up to 4 in steps of 2^-${indexWidth}`,
      },
    ],
    multipliers: [
      { count: lanes, aBits: inWidth, bBits: inWidth },
      ...splitSquare(sumWidth, sumLow),
      ...splitProduct(sumWidth + 1, frac, centredLow).map((m) => ({ ...m, count: lanes })),
      // H as a power of two is a shift: it takes no multiplier.
      ...(oddWidth === 0
        ? []
        : [
            { count: 1, aBits: qWidth, bBits: oddWidth },
            { count: lanes, aBits: inWidth, bBits: oddWidth },
          ]),
    ],
    memories: [{ name: 'rom', kind: 'rom', style, depth: p.table.length, width: frac }],
    structure: structureOf(p, sizes),
    paths: pathsOf(sizes),
    products: oddWidth === 0 ? 2 * channels + 1 : 3 * channels + 2,
    minInterval: Math.max(beats + held, readAt + 1),
    limit: `layer norm: ${counted(channels, 'word')} on ${counted(lanes, 'lane')}`,
    timing(inputs) {
      const read = (must(inputs, 'in').at(-1) ?? 0) + readAt;
      const pass = Array.from({ length: beats }, (_, i) => read + i);
      return {
        outputs: { out: pass.map((cycle) => cycle + outAt - readAt) },
        reads: { x: { pass, last: read + beats - 1 } },
      };
    },
    createMachine() {
      const rom = words();
      return {
        step(inputs) {
          let s = 0n;
          let q = 0n;
          for (const word of must(inputs, 'in').flat()) {
            s += BigInt(word);
            q += BigInt(word) * BigInt(word);
          }
          const h = BigInt(channels);
          const d = h * q - s * s + epsilon;
          // The highest pair of bits that is not 00.
          let k = 0;
          while (d >> BigInt(2 * k + 2) !== 0n) k += 1;
          const index = ((d << BigInt(indexWidth)) >> BigInt(2 * k)) - (1n << BigInt(indexWidth));
          const r = rom[Number(index)] ?? 0n;
          const shift = frac + k - outFrac;
          const out = must(inputs, 'x').map((beat): Beat =>
            beat.map((word) => Number(roundWide((h * BigInt(word) - s) * r, shift, p.rounding))),
          );
          return { out };
        },
        flags: () => ({}),
      };
    },
  };
}
