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

/** Cycles from the last beat in to the first read, but for the levels of the adder tree. */
const TO_READ = 5;
/** Cycles from a read to its beat out. */
const TO_OUT = 8;
/** Cycles for which a vector's sum is held beyond its reads. */
const HELD = 4;

/** Contract of qs5_layer_norm. */
export function layerNormBlock(p: LayerNormParameters): Block {
  const { id, channels, lanes, inWidth, outWidth, epsilon, indexWidth, frac, outFrac } = p;
  const beats = channels / lanes;
  const levels = Math.ceil(Math.log2(lanes));
  const bits = Math.ceil(Math.log2(channels));
  const hWidth = Math.ceil(Math.log2(channels + 1)) + 1;
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
      { count: 1, aBits: 2 * inWidth + bits, bBits: hWidth },
      { count: 1, aBits: inWidth + bits, bBits: inWidth + bits },
      { count: lanes, aBits: inWidth, bBits: hWidth },
      { count: lanes, aBits: inWidth + bits + 1, bBits: frac + 1 },
    ],
    memories: [{ name: 'rom', kind: 'rom', depth: p.table.length, width: frac }],
    products: 3 * channels + 2,
    minInterval: beats + HELD,
    limit: `layer norm: ${channels} words on ${lanes} ${lanes === 1 ? 'lane' : 'lanes'}`,
    timing(inputs) {
      const read = (must(inputs, 'in').at(-1) ?? 0) + TO_READ + levels;
      const pass = Array.from({ length: beats }, (_, i) => read + i);
      return {
        outputs: { out: pass.map((cycle) => cycle + TO_OUT) },
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
