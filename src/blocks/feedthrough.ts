import {
  delayed,
  must,
  readAlong,
  streamPort,
  vectorPort,
  type Beat,
  type Block,
  type Placement,
} from './block.js';
import { lazy } from './lazy.js';
import { multiplyClient, type OperandWidths } from './multiply_port.js';
import { packFields, unpackFields, wrapTo } from './words.js';

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
  /** Where its memories go; as synthesis likes unless told. */
  readonly place?: Placement;
  /** Widths of the multipliers that serve it; of its own operands unless told. */
  readonly served?: OperandWidths;
}

const LATENCY = 4;

/** Cycles from a beat to its operands. */
const OPERANDS = 1;

/** Contract of qs5_feedthrough. */
export function feedthroughBlock(p: FeedthroughParameters): Block {
  const { id, channels, lanes, inWidth, uWidth, weightWidth, sumShift, productShift } = p;
  const mul = multiplyClient({ count: lanes, aBits: uWidth, bBits: weightWidth }, p.served);
  const outWidth = Math.max(p.outWidth, inWidth + sumShift);
  const file = `rom/${id}_weights.hex`;
  const beats = channels / lanes;
  const words = lazy(() =>
    Array.from({ length: beats }, (_, beat) =>
      packFields(
        Array.from({ length: lanes }, (_l, l) => ({
          value: p.weights[beat * lanes + l] ?? 0,
          width: weightWidth,
        })),
      ),
    ),
  );
  const romStyle = p.place?.({ kind: 'rom', depth: beats, width: lanes * weightWidth }) ?? 'auto';
  return {
    id,
    module: 'qs5_feedthrough',
    parameters: [
      { name: 'CHANNELS', value: channels },
      { name: 'LANES', value: lanes },
      { name: 'IN_W', value: inWidth },
      { name: 'U_W', value: uWidth },
      { name: 'D_W', value: weightWidth },
      { name: 'SUM_SHIFT', value: sumShift },
      { name: 'PRODUCT_SHIFT', value: productShift },
      { name: 'OUT_W', value: outWidth },
      ...mul.parameters,
      { name: 'ROM_STYLE', value: romStyle },
      { name: 'D_FILE', value: file },
    ],
    ports: [
      streamPort('in', 'in', lanes, inWidth),
      vectorPort('u', 'in', lanes, uWidth),
      streamPort('out', 'out', lanes, outWidth),
      mul.port,
    ],
    roms: [
      {
        file,
        width: lanes * weightWidth,
        get words() {
          return words();
        },
        layout: `${lanes} x d of ${weightWidth} bits, lowest lane lowest`,
      },
    ],
    multipliers: [],
    operands: mul.operands,
    memories: [
      { name: 'rom', kind: 'rom', style: romStyle, depth: beats, width: lanes * weightWidth },
    ],
    products: channels,
    minInterval: beats,
    limit: `D: ${channels} words on ${lanes} ${lanes === 1 ? 'lane' : 'lanes'}`,
    timing(inputs) {
      const beatsIn = must(inputs, 'in');
      return {
        outputs: { out: delayed(beatsIn, LATENCY), mul: delayed(beatsIn, OPERANDS) },
        reads: { u: readAlong(beatsIn) },
      };
    },
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
              const product = (u[i]?.[l] ?? 0) * (rom[i]?.[l] ?? 0);
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
