import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { blockRamsOfMemory, blockStyle } from '../../src/hardware/device/block_ram.js';
import { loadDevice } from '../../src/hardware/device/device.js';
import { createRandom } from '../rtl/random.js';
import { yosysRun } from '../rtl/yosys.js';
import { FAMILY_PROBES, textOf } from './yosys_families.js';

const DEPTHS = [16, 200, 512, 600, 1024, 4096];
const WIDTHS = [1, 9, 18, 20, 36, 73];
/** Larger ones take long, and are as those. */
const MOST_BITS = 2048 * 20;

const KINDS = ['rom', 'ram'] as const;
/** So deep that choosing among block RAMs costs as much as some of them. */
const DEEP = [
  { kind: 'ram', depth: 9000, width: 20 },
  { kind: 'ram', depth: 20000, width: 9 },
  { kind: 'ram', depth: 33000, width: 16 },
  { kind: 'ram', depth: 66000, width: 16 },
  { kind: 'ram', depth: 82000, width: 24 },
  { kind: 'ram', depth: 2304, width: 24 },
  { kind: 'ram', depth: 2304, width: 60 },
  { kind: 'ram', depth: 14352, width: 16 },
  { kind: 'ram', depth: 65536, width: 1 },
  { kind: 'ram', depth: 131072, width: 2 },
] as const;

const MEMORIES = [
  ...KINDS.flatMap((kind) =>
    DEPTHS.flatMap((depth) => WIDTHS.map((width) => ({ kind, depth, width }))),
  ).filter(({ depth, width }) => depth * width <= MOST_BITS),
  ...DEEP,
];

/** Passes of `synth` on memories before their mapping. */
const PREPARE = [
  ...['proc', 'flatten', 'opt', 'memory_dff', 'memory_collect', 'opt_mem', 'opt_mem_priority'],
  ...['opt_mem_feedback', 'memory_bmux2rom', 'memory_dff', 'memory_share', 'opt_mem_widen'],
  ...['opt_clean', 'memory_collect'],
];

interface Netlist {
  readonly modules: Readonly<
    Record<
      string,
      {
        readonly cells: Readonly<
          Record<
            string,
            { readonly type: string; readonly parameters: Readonly<Record<string, string>> }
          >
        >;
      }
    >
  >;
}

/** Random words, because Yosys turns a regular ROM into logic. */
function image(depth: number, width: number): string {
  const random = createRandom(depth * 1000 + width);
  const word = () => {
    let bits = '';
    for (let i = 0; i < width; i++) bits += String(random(2));
    return BigInt(`0b${bits}`).toString(16);
  };
  return Array.from({ length: depth }, word).join('\n');
}

describe('blockRamsOfMemory', () => {
  it.each(FAMILY_PROBES)('counts what Yosys maps on $device', async ({ device, memories }) => {
    const { block_ram: ram } = loadDevice(device);
    const sources = await Promise.all(
      KINDS.map(async (kind) => readFile(`rtl/memory/qs5_${kind}.v`, 'utf8')),
    );
    const files: Record<string, string> = {};
    const modules = MEMORIES.map(({ kind, depth, width }) => {
      const name = `${kind}_${depth}x${width}`;
      const address = `[${Math.ceil(Math.log2(depth)) - 1}:0]`;
      const style = blockStyle(ram, { kind, depth, width });
      const parameters = `.DEPTH(${depth}), .W(${width}), .STYLE("${style}")`;
      if (kind === 'rom') {
        files[`${name}.hex`] = image(depth, width);
        return `(* keep_hierarchy *) module ${name}(input c, input ${address} ra, output [${width - 1}:0] q);
  qs5_rom #(${parameters}, .FILE("${name}.hex")) u (.clk_i(c), .addr_i(ra), .data_o(q));
endmodule`;
      }
      return `(* keep_hierarchy *) module ${name}(input c, w, r, z, input ${address} wa, ra, input [${width - 1}:0] d, output [${width - 1}:0] q);
  qs5_ram #(${parameters}) u (.clk_i(c), .write_i(w), .write_addr_i(wa), .write_data_i(d),
    .read_i(r), .clear_i(z), .read_addr_i(ra), .read_data_o(q));
endmodule`;
    });
    files['m.v'] = [...sources, ...modules].join('\n');
    const {
      ok,
      log,
      files: left,
    } = await yosysRun(
      [
        'read_verilog -sv m.v',
        'hierarchy',
        ...PREPARE,
        memories,
        'setparam -unset INIT */t:$__*',
        'write_json net.json',
      ].join('; '),
      files,
    );
    expect(ok, log.slice(-800)).toBe(true);
    const netlist = JSON.parse(textOf(left['net.json'])) as Netlist;
    const found = MEMORIES.map(({ kind, depth, width }) => {
      const name = `${kind}_${depth}x${width}`;
      const cells = Object.values(netlist.modules[name]?.cells ?? {});
      const count = cells
        .filter(({ type }) => type.startsWith('$__'))
        .reduce((sum, { parameters }) => sum + halves(parameters['OPTION_MODE']), 0);
      return [name, count];
    });
    expect(found).toEqual(
      MEMORIES.map((memory) => [
        `${memory.kind}_${memory.depth}x${memory.width}`,
        blockRamsOfMemory(ram, { ...memory, style: blockStyle(ram, memory) }),
      ]),
    );
  });

  it('counts only what is to be in block RAM', () => {
    const { block_ram: ram } = loadDevice('ice40up5k');
    const memory = { name: 'm', kind: 'rom', depth: 600, width: 9 } as const;
    expect(blockRamsOfMemory(ram, { ...memory, style: 'block' })).toBe(2);
    expect(blockRamsOfMemory(ram, { ...memory, style: 'logic' })).toBe(0);
    expect(blockRamsOfMemory(ram, memory)).toBe(0);
  });
});

/** A block RAM of Xilinx in its sizes, in RAMB18. */
function halves(mode: string | undefined): number {
  if (mode === 'FULL') return 2;
  return mode === 'CASCADE' ? 4 : 1;
}
