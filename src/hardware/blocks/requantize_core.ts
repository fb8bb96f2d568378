import { at, oneOrEach } from '../../base/at.js';
import { counted } from '../../base/counted.js';
import { signedWidth, unsignedWidth, type Range } from '../../base/fixed/range.js';
import type { Rounding } from '../../base/fixed/rounding.js';
import {
  flagPort,
  must,
  streamPort,
  type Beat,
  type Block,
  type Machine,
  type Memory,
  type MemoryStyle,
  type Placement,
  type Port,
  type RomImage,
  type Structure,
  type VerilogParameter,
  signed,
} from './block.js';
import { lazy } from './lazy.js';
import { floorBy, floorWide, packFields, saturateTo, unpackFields, wrapTo } from './words.js';

/** Common part of the contracts of qs5_requantize and qs5_requantize_chain. */
export interface RequantizeParameters {
  readonly id: string;
  /** Elements per vector, and per beat. */
  readonly channels: number;
  readonly lanes: number;
  readonly inWidth: number;
  readonly outWidth: number;
  /** Exact bounds of the input. */
  readonly inRange: Range;
  /** Per tensor (length 1) or per element. */
  readonly multiplier: readonly number[];
  readonly offset: readonly number[];
  readonly shift: number;
  readonly rounding: Rounding;
  /** Placement of the memories; `auto` if absent. */
  readonly place?: Placement;
}

/** Words of the arithmetic. */
export interface RequantizeWidths {
  readonly multiplierWidth: number;
  readonly offsetWidth: number;
  /** Bits of acc * multiplier + offset, including the half of the rounding. */
  readonly sumWidth: number;
}

export interface RequantizeCore extends RequantizeWidths {
  readonly parameters: readonly VerilogParameter[];
  /** True if there are offsets in addition to the half of the rounding. */
  readonly offsets: boolean;
  /** All but that of multipliers. */
  readonly ports: readonly Port[];
  /** ROMs of the multipliers and of the offsets, each only if they differ by channel. */
  readonly roms: readonly RomImage[];
  readonly memories: readonly Memory[];
  readonly load: Pick<Block, 'products' | 'minInterval' | 'limit'>;
  /** Bits per beat, over all lanes, of multipliers that are not constant. */
  readonly multiplierBits: number;
  /** Structure of the beat counters. */
  readonly structure: Structure;
  createMachine(): Machine;
}

/** Half of 2^shift, added to every sum so that its floor rounds; 0 for `toward_zero`. */
function halfOf({ shift, rounding }: Pick<RequantizeParameters, 'shift' | 'rounding'>): number {
  return shift > 0 && rounding !== 'toward_zero' ? 2 ** (shift - 1) : 0;
}

type Arithmetic = Pick<
  RequantizeParameters,
  'inRange' | 'multiplier' | 'offset' | 'shift' | 'rounding'
>;

export function requantizeWidths(p: Arithmetic): RequantizeWidths {
  // Without offsets there may be no adder for the half either: then the rounder gets the product.
  const bare = hasOffsets(p) ? 1 : boundWidth(p, p.inRange, 0);
  return {
    multiplierWidth: wordWidth(p.multiplier),
    offsetWidth: wordWidth(p.offset.map((b) => b + halfOf(p))),
    // The rounder needs a bit above those it drops.
    sumWidth: Math.max(sumWidth(p, p.inRange), bare, p.shift + 1),
  };
}

function hasOffsets({ offset }: Pick<Arithmetic, 'offset'>): boolean {
  return offset.some((b) => b !== 0);
}

/** Bits of the sums of words in `range`, the half of the rounding added; a product may leave 2^53. */
export function sumWidth(p: Omit<Arithmetic, 'inRange'>, range: Range): number {
  return boundWidth(p, range, halfOf(p));
}

function boundWidth(
  p: Pick<Arithmetic, 'multiplier' | 'offset'>,
  { lo, hi }: Range,
  half: number,
): number {
  const channels = Math.max(p.multiplier.length, p.offset.length);
  let width = 1;
  for (let h = 0; h < channels; h++) {
    const m = BigInt(oneOrEach(p.multiplier, h));
    const b = BigInt(oneOrEach(p.offset, h) + half);
    for (const word of [lo, hi]) {
      const sum = BigInt(word) * m + b;
      while (BigInt.asIntN(width, sum) !== sum) width += 1;
    }
  }
  return width;
}

/** Bits of a signed word that holds all values, at least 2. */
function wordWidth(values: readonly number[]): number {
  return Math.max(2, signedWidth({ lo: Math.min(...values), hi: Math.max(...values) }));
}

/** Words by beat and lane: one for all, or a ROM. */
interface Factors {
  readonly rom?: RomImage;
  readonly memory?: Memory & { readonly style: MemoryStyle };
  at(beat: number, lane: number): number;
}

/** Bits of the words of all lanes that are not the same in every beat. */
function changingBits(values: readonly number[], lanes: number, width: number): number {
  const changes = new Array<bigint>(lanes).fill(0n);
  values.forEach((value, i) => {
    const lane = i % lanes;
    const change = BigInt.asUintN(width, BigInt(value) ^ BigInt(values[lane] ?? 0));
    changes[lane] = (changes[lane] ?? 0n) | change;
  });
  return changes.reduce((sum, bits) => sum + bits.toString(2).replaceAll('0', '').length, 0);
}

function factorsOf(
  p: RequantizeParameters,
  what: string,
  values: readonly number[],
  width: number,
): Factors {
  const { id, channels, lanes } = p;
  const depth = channels / lanes;
  const [first = 0] = values;
  if (values.length === 1) return { at: () => first };
  const words = lazy(() =>
    Array.from({ length: depth }, (_, beat) =>
      packFields(
        Array.from({ length: lanes }, (_l, l) => ({ value: at(values, beat * lanes + l), width })),
      ),
    ),
  );
  const style = p.place?.({ kind: 'rom', depth, width: lanes * width }) ?? 'auto';
  const fields = lazy(() => words().map((word) => unpackFields(word, lanes, width)));
  return {
    rom: {
      file: `rom/${id}_${what}s.hex`,
      width: lanes * width,
      get words() {
        return words();
      },
      layout: `${lanes} x ${what} of ${width} bits, lowest lane lowest`,
    },
    memory: { name: `${what}s`, kind: 'rom', style, depth, width: lanes * width },
    at: (beat, lane) => at(at(fields(), beat), lane),
  };
}

/** Bits of a Verilog parameter that is a number. */
const PARAMETER_BITS = 32;

/** One word where all are the same and it fits a parameter; else one per channel, but at least two. */
function multiplierWords(values: readonly number[], channels: number): number[] {
  const [first = 0] = values;
  const same = values.every((value) => value === first);
  if (same && wordWidth([first]) > PARAMETER_BITS)
    return new Array<number>(Math.max(channels, 2)).fill(first);
  if (same) return [first];
  return Array.from({ length: channels }, (_, h) => oneOrEach(values, h));
}

/** Equation and formats of a requantisation. */
export function requantizeSummary(p: RequantizeParameters): string {
  const { inWidth, outWidth, multiplier, offset, shift, rounding } = p;
  const [only] = multiplier;
  const product = multiplier.length === 1 ? `in * ${only ?? 1}` : 'in * multiplier';
  const sum = offset.every((b) => b === 0) ? product : `(${product} + offset)`;
  const per = multiplier.length === 1 ? '' : ', a multiplier per element';
  return `saturate(round(${sum} / 2^${shift})), ${signed(inWidth)} -> ${signed(outWidth)}, ${rounding}${per}`;
}

/** @param halfLater True if the rounder adds the half after the sum is cut to its width. */
export function requantizeCore(p: RequantizeParameters, halfLater = false): RequantizeCore {
  const { channels, lanes, inWidth, outWidth, shift, rounding } = p;
  const widths = requantizeWidths(p);
  const { multiplierWidth, offsetWidth } = widths;
  const half = halfOf(p);
  const multipliers = factorsOf(
    p,
    'multiplier',
    multiplierWords(p.multiplier, channels),
    multiplierWidth,
  );
  // The only constant that the module knows is that of the rounding.
  const offsets = factorsOf(
    p,
    'offset',
    !hasOffsets(p)
      ? [half]
      : Array.from({ length: Math.max(channels, 2) }, (_, h) => oneOrEach(p.offset, h) + half),
    offsetWidth,
  );
  const beats = channels / lanes;
  return {
    ...widths,
    offsets: offsets.rom !== undefined,
    multiplierBits: changingBits(
      multiplierWords(p.multiplier, channels).length === 1 ? [] : p.multiplier,
      lanes,
      multiplierWidth,
    ),
    structure:
      beats === 1 || (multipliers.rom === undefined && offsets.rom === undefined)
        ? { register: 0, counter: 0 }
        : { register: 2 * unsignedWidth(beats - 1), counter: unsignedWidth(beats - 1) },
    parameters: [
      { name: 'CHANNELS', value: channels },
      { name: 'LANES', value: lanes },
      { name: 'IN_W', value: inWidth },
      { name: 'OUT_W', value: outWidth },
      { name: 'MULTIPLIERS', value: multipliers.rom === undefined ? 0 : 1 },
      { name: 'MULTIPLIER_W', value: multiplierWidth },
      ...(multipliers.rom === undefined
        ? [{ name: 'MULTIPLIER', value: multipliers.at(0, 0) }]
        : romParameters('MULTIPLIER', multipliers)),
      { name: 'OFFSETS', value: offsets.rom === undefined ? 0 : 1 },
      { name: 'OFFSET_W', value: offsetWidth },
      ...(offsets.rom === undefined ? [] : romParameters('OFFSET', offsets)),
      { name: 'SUM_W', value: widths.sumWidth },
      { name: 'SHIFT', value: shift },
      { name: 'ROUNDING', value: rounding },
    ],
    ports: [
      streamPort('in', 'in', lanes, inWidth),
      streamPort('out', 'out', lanes, outWidth),
      flagPort('saturated'),
    ],
    roms: [multipliers, offsets].flatMap(({ rom }) => rom ?? []),
    memories: [multipliers, offsets].flatMap(({ memory }) => memory ?? []),
    load: {
      products: channels,
      minInterval: beats,
      limit: `${counted(channels, 'word')} on ${counted(lanes, 'lane')}`,
    },
    createMachine: () =>
      machineOf(p, widths, (beat, lane) => ({
        m: multipliers.at(beat, lane),
        ...(halfLater ? { b: 0, half } : { b: offsets.at(beat, lane), half: 0 }),
      })),
  };
}

function romParameters(what: string, { rom, memory }: Factors): VerilogParameter[] {
  return [
    { name: `${what}_ROM_STYLE`, value: memory?.style ?? 'auto' },
    { name: `${what}_FILE`, value: rom?.file ?? '' },
  ];
}

function machineOf(
  { inWidth, outWidth, shift, rounding }: RequantizeParameters,
  { multiplierWidth, sumWidth: width }: RequantizeWidths,
  factors: (beat: number, lane: number) => Readonly<Record<'m' | 'b' | 'half', number>>,
): Machine {
  let saturated = false;
  const wrap = wrapTo(width);
  const floor = floorBy(shift, rounding);
  const saturate = saturateTo(outWidth);
  // Sums of more bits than a number holds, and products that such sums are made of.
  const wide = Math.max(width, inWidth + multiplierWidth) > 53;
  // The sum is cut to its width; then the rounder adds the half, where it is not in it.
  const wideSum = (word: number, m: number, b: number): bigint =>
    BigInt.asIntN(width, BigInt(word) * BigInt(m) + BigInt(b));
  const requantize = (word: number, m: number, b: number, half: number): number => {
    const rounded = wide
      ? Number(floorWide(wideSum(word, m, b) + BigInt(half), shift, rounding))
      : floor(wrap(word * m + b) + half);
    const result = saturate(rounded);
    saturated ||= result !== rounded;
    return result;
  };
  return {
    step(inputs) {
      const out = must(inputs, 'in').map((beat, i): Beat =>
        beat.map((word, l) => {
          const { m, b, half } = factors(i, l);
          return requantize(word, m, b, half);
        }),
      );
      return { out };
    },
    flags: () => ({ saturated }),
  };
}
