import { counted } from '../../base/counted.js';
import { at } from '../../base/at.js';
import { delayed, must, streamPort, type Block, type Placement, signed } from './block.js';
import { lazy } from './lazy.js';
import { unpackFields } from './words.js';

export interface LookupParameters {
  readonly id: string;
  /** Elements per vector, and per beat. */
  readonly channels: number;
  readonly lanes: number;
  readonly inWidth: number;
  readonly outWidth: number;
  /** Placement of the memories; `auto` if absent. */
  readonly place?: Placement;
  /** 2^inWidth entries, addressed by the code as an unsigned number. */
  readonly table: Int32Array;
}

const LATENCY = 1;

/** Contract of qs5_lookup. */
export function lookupBlock(p: LookupParameters): Block {
  const { id, channels, lanes, inWidth, outWidth } = p;
  const file = `rom/${id}_table.hex`;
  const words = lazy(() => Array.from(p.table, (value) => BigInt.asUintN(outWidth, BigInt(value))));
  const romStyle = p.place?.({ kind: 'rom', depth: p.table.length, width: outWidth }) ?? 'auto';
  return {
    id,
    module: 'qs5_lookup',
    summary: `table[in], ${signed(inWidth)} -> ${signed(outWidth)}`,
    parameters: [
      { name: 'LANES', value: lanes },
      { name: 'IN_W', value: inWidth },
      { name: 'OUT_W', value: outWidth },
      { name: 'ROM_STYLE', value: romStyle },
      { name: 'TABLE_FILE', value: file },
    ],
    ports: [streamPort('in', 'in', lanes, inWidth), streamPort('out', 'out', lanes, outWidth)],
    roms: [
      {
        file,
        width: outWidth,
        get words() {
          return words();
        },
        layout: `the result for each code of ${inWidth} bits, 0 first, -1 last`,
      },
    ],
    multipliers: [],
    memories: Array.from({ length: lanes }, (_, l) => ({
      name: `rom${l}`,
      kind: 'rom' as const,
      style: romStyle,
      depth: p.table.length,
      width: outWidth,
    })),
    structure: { register: 3 * LATENCY },
    paths: [{ from: 'memory', levels: 0, carry: 0 }],
    products: 0,
    minInterval: channels / lanes,
    limit: `${counted(channels, 'word')} on ${counted(lanes, 'lane')}`,
    timing: (inputs) => ({ outputs: { out: delayed(must(inputs, 'in'), LATENCY) }, reads: {} }),
    createMachine() {
      const rom = words().map((word) => at(unpackFields(word, 1, outWidth), 0));
      const address = (word: number) => (word < 0 ? word + 2 ** inWidth : word);
      return {
        step: (inputs) => ({
          out: must(inputs, 'in').map((beat) => beat.map((word) => at(rom, address(word)))),
        }),
        flags: () => ({}),
      };
    },
  };
}
