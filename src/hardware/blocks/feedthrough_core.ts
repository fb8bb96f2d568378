import { counted } from '../../base/counted.js';
import { at } from '../../base/at.js';
import { unsignedWidth } from '../../base/fixed/range.js';
import {
  must,
  readAlong,
  streamPort,
  vectorPort,
  type Beat,
  type Block,
  type BlockTiming,
  type Machine,
  type Memory,
  type Placement,
  type Port,
  type RomImage,
  type Structure,
  type Timing,
  type VerilogParameter,
  signed,
} from './block.js';
import { lazy } from './lazy.js';
import { packFields, unpackFields, wrapTo } from './words.js';

/** Common part of the contracts of qs5_feedthrough and qs5_feedthrough_chain. */
export interface FeedthroughParameters {
  readonly id: string;
  /** Elements per vector, and per beat. */
  readonly channels: number;
  readonly lanes: number;
  readonly inWidth: number;
  readonly uWidth: number;
  readonly weights: Int32Array;
  readonly weightWidth: number;
  readonly sumShift: number;
  readonly productShift: number;
  /** Bits out, from the exact bound. */
  readonly outWidth: number;
  /** Placement of the memories; `auto` if absent. */
  readonly place?: Placement;
}

export interface FeedthroughCore {
  readonly outWidth: number;
  readonly parameters: readonly VerilogParameter[];
  /** All but that of multipliers. */
  readonly ports: readonly Port[];
  readonly roms: readonly RomImage[];
  readonly memories: readonly Memory[];
  readonly load: Pick<Block, 'products' | 'minInterval' | 'limit'>;
  /** Structure of the beat counter. */
  readonly structure: Structure;
  reads(beats: Timing): BlockTiming['reads'];
  createMachine(): Machine;
}

/** Equation and formats of the D term. */
export function feedthroughSummary(p: FeedthroughParameters): string {
  const { inWidth, uWidth, weightWidth, sumShift, productShift, outWidth } = p;
  const operands = `in ${signed(inWidth)}, d ${signed(weightWidth)}, u ${signed(uWidth)}`;
  return `(in << ${sumShift}) + ((d * u) << ${productShift}), ${operands} -> ${signed(Math.max(outWidth, inWidth + sumShift))}`;
}

export function feedthroughCore(p: FeedthroughParameters): FeedthroughCore {
  const { id, channels, lanes, inWidth, uWidth, weightWidth, sumShift, productShift } = p;
  const outWidth = Math.max(p.outWidth, inWidth + sumShift);
  const file = `rom/${id}_weights.hex`;
  const beats = channels / lanes;
  const width = lanes * weightWidth;
  const words = lazy(() =>
    Array.from({ length: beats }, (_, beat) =>
      packFields(
        Array.from({ length: lanes }, (_l, l) => ({
          value: at(p.weights, beat * lanes + l),
          width: weightWidth,
        })),
      ),
    ),
  );
  const romStyle = p.place?.({ kind: 'rom', depth: beats, width }) ?? 'auto';
  return {
    outWidth,
    parameters: [
      { name: 'CHANNELS', value: channels },
      { name: 'LANES', value: lanes },
      { name: 'IN_W', value: inWidth },
      { name: 'U_W', value: uWidth },
      { name: 'D_W', value: weightWidth },
      { name: 'SUM_SHIFT', value: sumShift },
      { name: 'PRODUCT_SHIFT', value: productShift },
      { name: 'OUT_W', value: outWidth },
      { name: 'ROM_STYLE', value: romStyle },
      { name: 'D_FILE', value: file },
    ],
    ports: [
      streamPort('in', 'in', lanes, inWidth),
      vectorPort('u', 'in', lanes, uWidth),
      streamPort('out', 'out', lanes, outWidth),
    ],
    roms: [
      {
        file,
        width,
        get words() {
          return words();
        },
        layout: `${lanes} x d of ${weightWidth} bits, lowest lane lowest`,
      },
    ],
    memories: [{ name: 'rom', kind: 'rom', style: romStyle, depth: beats, width }],
    load: {
      products: channels,
      minInterval: beats,
      limit: `D: ${counted(channels, 'word')} on ${counted(lanes, 'lane')}`,
    },
    structure: {
      register: beats > 1 ? unsignedWidth(beats - 1) : 0,
      counter: beats > 1 ? unsignedWidth(beats - 1) : 0,
    },
    reads: (beatsIn) => ({ u: readAlong(beatsIn) }),
    createMachine() {
      const rom = words().map((word) => unpackFields(word, lanes, weightWidth));
      const wrap = wrapTo(outWidth);
      const sumUnit = 2 ** sumShift;
      const productUnit = 2 ** productShift;
      return {
        step(inputs) {
          const u = must(inputs, 'u');
          const out = must(inputs, 'in').map((beat, i): Beat =>
            beat.map((sum, l) => {
              const product = at(at(u, i), l) * at(at(rom, i), l);
              return wrap(sum * sumUnit + product * productUnit);
            }),
          );
          return { out };
        },
        flags: () => ({}),
      };
    },
  };
}
