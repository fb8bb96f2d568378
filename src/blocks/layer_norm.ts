import type { Rounding } from '../fixed/rounding.js';
import { must, streamPort, vectorPort, type Beat, type Block } from './block.js';
import { lazy } from './lazy.js';
import { roundingCode, roundWide } from './words.js';

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
}

/** Most bits between registers in the sums of a vector. */
const PART = 13;

/** Widths as in the RTL. */
function sizesOf({ channels, lanes, inWidth, epsilon }: LayerNormParameters) {
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
    qWidth: Math.max(2 * inWidth + Math.ceil(Math.log2(channels)), epsilonWidth + 2),
    dWidth,
    kWidth: Math.max(1, Math.ceil(Math.log2(Math.ceil(dWidth / 2)))),
  };
}

/** Cycles from the last beat in to the first read and to the first beat out. */
function scheduleOf(sizes: ReturnType<typeof sizesOf>) {
  const { levels, oddWidth, sumWidth, qWidth, dWidth, kWidth } = sizes;
  const parts = (width: number) => Math.ceil(width / PART);
  const squareOfSum = 1 + levels + parts(sumWidth + 1) + 2;
  const squares = 2 + levels + parts(qWidth) + (oddWidth === 0 ? 0 : 3);
  const variance = Math.max(squareOfSum, squares) + parts(dWidth);
  // Five stages to the index of the table, and the table.
  const root = variance + 5 + 1;
  const shifts = Math.ceil(kWidth / 2);
  return {
    readAt: root - (oddWidth === 0 ? 2 : 4),
    outAt: root + 2 + shifts + 2,
    /** Cycles for which something of a vector is held beyond its beats. */
    held: shifts,
  };
}

/** Contract of qs5_layer_norm. */
export function layerNormBlock(p: LayerNormParameters): Block {
  const { id, channels, lanes, inWidth, outWidth, epsilon, indexWidth, frac, outFrac } = p;
  const beats = channels / lanes;
  const sizes = sizesOf(p);
  const { oddWidth, sumWidth, qWidth } = sizes;
  const { readAt, outAt, held } = scheduleOf(sizes);
  const file = `rom/${id}_table.hex`;
  const words = lazy(() => Array.from(p.table, (value) => BigInt(value)));
  const half = 1n << 30n;
  return {
    id,
    module: 'qs5_layer_norm',
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
      { name: 'ROUNDING', value: roundingCode(p.rounding) },
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
      { count: 1, aBits: sumWidth, bBits: sumWidth },
      { count: lanes, aBits: sumWidth + 1, bBits: frac + 1 },
      // A power of two is no product.
      ...(oddWidth === 0
        ? []
        : [
            { count: 1, aBits: qWidth, bBits: oddWidth },
            { count: lanes, aBits: inWidth, bBits: oddWidth },
          ]),
    ],
    memories: [{ name: 'rom', kind: 'rom', depth: p.table.length, width: frac }],
    products: oddWidth === 0 ? 2 * channels + 1 : 3 * channels + 2,
    minInterval: Math.max(beats + held, readAt + 1),
    limit: `layer norm: ${channels} words on ${lanes} ${lanes === 1 ? 'lane' : 'lanes'}`,
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
