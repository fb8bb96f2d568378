import { counted } from '../../base/counted.js';
import { at } from '../../base/at.js';
import { flagPort, must, streamPort, type Block, signed } from './block.js';
import { packFields, unpackFields } from './words.js';

export interface EmbedParameters {
  readonly id: string;
  /** Rows of the table; an index of -1 or `rows` is unknown. */
  readonly rows: number;
  /** Elements per row, and per beat out. */
  readonly channels: number;
  readonly lanes: number;
  /** Bits of the index, a signed word that holds every row. */
  readonly indexWidth: number;
  readonly width: number;
  /** rows x channels, row-major. */
  readonly table: Int32Array;
}

/** Cycles from the index to the first beat of its row. */
const LATENCY = 3;

/** Contract of qs5_embed. */
export function embedBlock(p: EmbedParameters): Block {
  const { id, rows, channels, lanes, indexWidth, width, table } = p;
  const beats = channels / lanes;
  const depth = rows * beats;
  const file = `rom/${id}_table.hex`;
  const words = Array.from({ length: depth }, (_, address) =>
    packFields(
      Array.from({ length: lanes }, (_l, l) => ({ value: at(table, address * lanes + l), width })),
    ),
  );
  const rowBits = Math.max(1, Math.ceil(Math.log2(rows)));
  const beatBits = Math.ceil(Math.log2(beats));
  const addressBits = Math.max(1, Math.ceil(Math.log2(depth)));
  const summed = 2 ** beatBits !== beats;
  // Terms of the product of a row with the beats of one.
  const terms = summed ? beats.toString(2).replaceAll('0', '').length : 0;
  return {
    id,
    module: 'qs5_embed',
    summary: `row in of a table, ${rows} x ${channels} words, ${signed(width)}`,
    parameters: [
      { name: 'ROWS', value: rows },
      { name: 'CHANNELS', value: channels },
      { name: 'LANES', value: lanes },
      { name: 'INDEX_W', value: indexWidth },
      { name: 'W', value: width },
      { name: 'TABLE_FILE', value: file },
    ],
    ports: [
      streamPort('in', 'in', 1, indexWidth),
      streamPort('out', 'out', lanes, width),
      flagPort('unknown'),
    ],
    roms: [
      {
        file,
        width: lanes * width,
        words,
        layout: `${lanes} x ${width} bits, lowest lane lowest; ${counted(beats, 'word')} per row`,
      },
    ],
    multipliers: [],
    memories: [{ name: 'rom', kind: 'rom', depth, width: lanes * width }],
    structure: {
      // Index, row and beat.
      register: 4 + rowBits + 4 + beatBits + (summed ? addressBits : rowBits) + 4,
      adder: beatBits + terms * addressBits,
      compare: indexWidth,
      mux: summed ? 2 * addressBits : rowBits,
    },
    paths: [
      { from: 'memory', levels: 0, carry: 0 },
      { from: 'register', levels: summed ? terms + 1 : 1, carry: summed ? addressBits : beatBits },
      { from: 'register', levels: Math.ceil(Math.log2(indexWidth) / 2), carry: 0 },
    ],
    products: 0,
    minInterval: beats,
    limit: `row look-up: ${counted(channels, 'word')} on ${counted(lanes, 'lane')}`,
    timing(inputs) {
      const [index = 0] = must(inputs, 'in');
      const out = Array.from({ length: beats }, (_, b) => index + LATENCY + b);
      return { outputs: { out }, reads: {} };
    },
    createMachine() {
      const rom = words.map((word) => unpackFields(word, lanes, width));
      let unknown = false;
      return {
        step(inputs) {
          const [[index = 0] = []] = must(inputs, 'in');
          const known = index >= 0 && index < rows;
          unknown ||= !known;
          const start = (known ? index : rows - 1) * beats;
          return { out: rom.slice(start, start + beats) };
        },
        flags: () => ({ unknown }),
      };
    },
  };
}
