import { signedWidth } from '../fixed/range.js';
import type { Rounding } from '../fixed/rounding.js';
import {
  delayed,
  flagPort,
  must,
  streamPort,
  type Beat,
  type Block,
  type Placement,
} from './block.js';
import { lazy } from './lazy.js';
import { multiplyClient, type OperandWidths } from './multiply_port.js';
import { shiftBlock } from './shift.js';
import {
  packFields,
  roundBy,
  roundingCode,
  roundWide,
  saturateTo,
  unpackFields,
  wrapTo,
} from './words.js';

export interface RequantizeParameters {
  readonly id: string;
  /** Elements per vector, and per beat. */
  readonly channels: number;
  readonly lanes: number;
  readonly inWidth: number;
  readonly outWidth: number;
  /** Per tensor (length 1) or per element. */
  readonly multiplier: readonly number[];
  readonly offset: readonly number[];
  readonly shift: number;
  readonly rounding: Rounding;
  /** Bits of acc * multiplier + offset, from its exact bound. */
  readonly sumWidth: number;
  /** Where its memories go; as synthesis likes unless told. */
  readonly place?: Placement;
  /** Widths of the multipliers that serve it; of its own operands unless told. */
  readonly served?: OperandWidths;
}

/** Values of MULTIPLY in qs5_requantize. */
const CONSTANT = 1;
const PER_CHANNEL = 2;

const LATENCY = 5;

/** Cycles from a beat to its operands. */
const OPERANDS = 1;

/** Contract of qs5_requantize, or of qs5_shift where there is nothing to multiply by. */
export function requantizeBlock(p: RequantizeParameters): Block {
  const isShift = p.multiplier.every((m) => m === 1) && p.offset.every((b) => b === 0);
  return isShift && p.multiplier.length === 1 && p.offset.length === 1
    ? shiftBlock(p)
    : multiplyingBlock(p);
}

function multiplyingBlock(p: RequantizeParameters): Block {
  const { id, channels, lanes, inWidth, outWidth, shift, rounding } = p;
  const plain = p.multiplier.length === 1 && p.offset.length === 1 && p.offset[0] === 0;
  const multiply = plain ? CONSTANT : PER_CHANNEL;
  const multiplierWidth = wordWidth(p.multiplier);
  const mul = multiplyClient({ count: lanes, aBits: inWidth, bBits: multiplierWidth }, p.served);
  const offsetWidth = wordWidth(p.offset);
  // The rounder needs a bit above those it drops.
  const sumWidth = Math.max(p.sumWidth, shift + 1);
  const beats = channels / lanes;
  const laneWidth = multiplierWidth + offsetWidth;
  const romStyle = p.place?.({ kind: 'rom', depth: beats, width: lanes * laneWidth }) ?? 'auto';
  const file = `rom/${id}_factors.hex`;
  const factor = (h: number) => ({
    multiplier: p.multiplier[p.multiplier.length === 1 ? 0 : h] ?? 0,
    offset: p.offset[p.offset.length === 1 ? 0 : h] ?? 0,
  });
  const words = lazy(() =>
    Array.from({ length: multiply === PER_CHANNEL ? beats : 0 }, (_, beat) =>
      packFields(
        Array.from({ length: lanes }, (_l, l) => factor(beat * lanes + l)).flatMap((f) => [
          { value: f.multiplier, width: multiplierWidth },
          { value: f.offset, width: offsetWidth },
        ]),
      ),
    ),
  );

  return {
    id,
    module: 'qs5_requantize',
    parameters: [
      { name: 'CHANNELS', value: channels },
      { name: 'LANES', value: lanes },
      { name: 'IN_W', value: inWidth },
      { name: 'OUT_W', value: outWidth },
      { name: 'MULTIPLY', value: multiply },
      { name: 'MULTIPLIER_W', value: multiplierWidth },
      { name: 'OFFSET_W', value: offsetWidth },
      { name: 'SUM_W', value: sumWidth },
      { name: 'SHIFT', value: shift },
      { name: 'ROUNDING', value: roundingCode(rounding) },
      ...mul.parameters,
      ...(multiply === CONSTANT ? [{ name: 'MULTIPLIER', value: factor(0).multiplier }] : []),
      ...(multiply === PER_CHANNEL
        ? [
            { name: 'ROM_STYLE', value: romStyle },
            { name: 'FACTOR_FILE', value: file },
          ]
        : []),
    ],
    ports: [
      streamPort('in', 'in', lanes, inWidth),
      streamPort('out', 'out', lanes, outWidth),
      flagPort('saturated'),
      mul.port,
    ],
    roms:
      multiply === PER_CHANNEL
        ? [
            {
              file,
              width: lanes * laneWidth,
              get words() {
                return words();
              },
              layout: `${lanes} x {offset:${offsetWidth}, multiplier:${multiplierWidth}}, lowest lane lowest`,
            },
          ]
        : [],
    multipliers: [],
    operands: mul.operands,
    memories:
      multiply === PER_CHANNEL
        ? [{ name: 'rom', kind: 'rom', style: romStyle, depth: beats, width: lanes * laneWidth }]
        : [],
    products: channels,
    minInterval: beats,
    limit: `${channels} words on ${lanes} ${lanes === 1 ? 'lane' : 'lanes'}`,
    timing(inputs) {
      const beatsIn = must(inputs, 'in');
      const outputs = { out: delayed(beatsIn, LATENCY), mul: delayed(beatsIn, OPERANDS) };
      return { outputs, reads: {} };
    },
    createMachine() {
      let saturated = false;
      const wrap = wrapTo(sumWidth);
      const round = roundBy(shift, rounding);
      const saturate = saturateTo(outWidth);
      // Sums of more bits than a number holds, and products that such sums are made of.
      const wide = Math.max(sumWidth, inWidth + multiplierWidth) > 53;
      const requantize = (word: number, m: number, b: number): number => {
        const rounded = wide
          ? Number(
              roundWide(
                BigInt.asIntN(sumWidth, BigInt(word) * BigInt(m) + BigInt(b)),
                shift,
                rounding,
              ),
            )
          : round(wrap(word * m + b));
        const result = saturate(rounded);
        saturated ||= result !== rounded;
        return result;
      };
      // Factors as the ROM has them: per beat, multiplier and offset of each lane.
      const factors = words().map((word) =>
        Array.from({ length: lanes }, (_, l) => {
          const fields = word >> BigInt(l * laneWidth);
          const [m = 0] = unpackFields(fields, 1, multiplierWidth);
          const [b = 0] = unpackFields(fields >> BigInt(multiplierWidth), 1, offsetWidth);
          return { m, b };
        }),
      );
      return {
        step(inputs) {
          const out = must(inputs, 'in').map((beat, i): Beat =>
            beat.map((word, l) => {
              const { m, b } = factors[i]?.[l] ?? { m: factor(0).multiplier, b: 0 };
              return requantize(word, m, b);
            }),
          );
          return { out };
        },
        flags: () => ({ saturated }),
      };
    },
  };
}

/** Bits of a signed word that holds all values, at least 2. */
function wordWidth(values: readonly number[]): number {
  return Math.max(2, signedWidth({ lo: Math.min(...values), hi: Math.max(...values) }));
}
