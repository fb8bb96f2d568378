import { counted } from '../../base/counted.js';
import { at } from '../../base/at.js';
import { delayed, must, readAlong, streamPort, vectorPort, type Block, signed } from './block.js';
import { multiplyClient, type OperandWidths } from './multiply_port.js';
import { wrapTo } from './words.js';

export interface GateParameters {
  readonly id: string;
  /** Elements per vector, and per beat. */
  readonly channels: number;
  readonly lanes: number;
  /** Bits of the stream, and of the buffered vector. */
  readonly inWidth: number;
  readonly aWidth: number;
  /** Operand widths of the multipliers that serve it; those of its own operands if absent. */
  readonly served?: OperandWidths;
}

const LATENCY = 3;

/** Cycles from a beat to its operands. */
const OPERANDS = 1;

/** Contract of qs5_gate. */
export function gateBlock(p: GateParameters): Block {
  const { id, channels, lanes, inWidth, aWidth } = p;
  const mul = multiplyClient({ count: lanes, aBits: aWidth, bBits: inWidth }, p.served);
  const outWidth = inWidth + aWidth;
  return {
    id,
    module: 'qs5_gate',
    summary: `a * in, ${signed(aWidth)} x ${signed(inWidth)} -> ${signed(outWidth)}`,
    parameters: [
      { name: 'LANES', value: lanes },
      { name: 'IN_W', value: inWidth },
      { name: 'A_W', value: aWidth },
      ...mul.parameters,
    ],
    ports: [
      streamPort('in', 'in', lanes, inWidth),
      vectorPort('a', 'in', lanes, aWidth),
      streamPort('out', 'out', lanes, outWidth),
      mul.port,
    ],
    roms: [],
    multipliers: [],
    operands: mul.operands,
    memories: [],
    structure: { register: 3 * LATENCY + lanes * inWidth },
    paths: [
      { from: 'memory', levels: 0, carry: 0 },
      { from: 'register', levels: 0, carry: 0 },
    ],
    products: channels,
    minInterval: channels / lanes,
    limit: `gate: ${counted(channels, 'word')} on ${counted(lanes, 'lane')}`,
    timing(inputs) {
      const beats = must(inputs, 'in');
      return {
        outputs: { out: delayed(beats, LATENCY), mul: delayed(beats, OPERANDS) },
        reads: { a: readAlong(beats) },
      };
    },
    createMachine() {
      const wrap = wrapTo(outWidth);
      return {
        step(inputs) {
          const a = must(inputs, 'a');
          const out = must(inputs, 'in').map((beat, i) =>
            beat.map((word, l) => wrap(word * at(at(a, i), l))),
          );
          return { out };
        },
        flags: () => ({}),
      };
    },
  };
}
