import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, it } from 'vitest';
import { blockStyle } from '../../src/hardware/device/block_ram.js';
import { loadDevice } from '../../src/hardware/device/device.js';
import { familyOf } from '../../src/hardware/device/families/index.js';
import { cellModels } from '../../src/prove/synth/cell_models.js';
import { runTool } from '../../src/tools/run.js';
import { temporaryFolder } from '../rtl/harness.js';
import { yosysRun } from '../rtl/yosys.js';
import { textOf } from './yosys_families.js';

interface Shape {
  readonly depth: number;
  readonly width: number;
}

/** Shallow and deep, in one block RAM and in several; the last in three of 72 bits, if it could. */
const SHAPES: readonly Shape[] = [
  { depth: 300, width: 36 },
  { depth: 300, width: 75 },
  { depth: 1200, width: 40 },
  { depth: 2304, width: 24 },
];

const RANDOM_CYCLES = 600;

const addressBits = ({ depth }: Shape) => Math.ceil(Math.log2(depth));

function instance(shape: Shape, style: string, output: string): string {
  const { depth, width } = shape;
  return `qs5_ram #(.DEPTH(${depth}), .W(${width}), .STYLE("${style}")) u_${output} (.clk_i(clk), .write_i(w),
    .write_addr_i(wa), .write_data_i(d), .read_i(r), .clear_i(z), .read_addr_i(ra), .read_data_o(${output}));`;
}

/** A module that stays apart from the one it is in. */
function ramModule(shape: Shape, style: string, i: number): string {
  const address = `[${addressBits(shape) - 1}:0]`;
  const word = `[${shape.width - 1}:0]`;
  return `(* keep_hierarchy *)
module ram${i}(input clk, w, r, z, input ${address} wa, ra, input ${word} d, output ${word} q);
  ${instance(shape, style, 'q')}
endmodule
`;
}

/** All RAMs are synthesised. */
function topModule(): string {
  const ports = SHAPES.map(
    (shape, i) => `input [${addressBits(shape) - 1}:0] wa${i}, ra${i},
    input [${shape.width - 1}:0] d${i}, output [${shape.width - 1}:0] q${i}`,
  );
  const rams = SHAPES.map(
    (_, i) =>
      `ram${i} u${i} (.clk(clk), .w(w), .r(r), .z(z), .wa(wa${i}), .ra(ra${i}), .d(d${i}), .q(q${i}));`,
  );
  return `module rams(input clk, w, r, z, ${ports.join(', ')});\n${rams.join('\n')}\nendmodule\n`;
}

/** Fills a RAM, then writes, reads and clears at random; no word is read while it is written. */
function bench(shape: Shape, i: number): string {
  const { depth, width } = shape;
  const words = Array.from({ length: Math.ceil(width / 32) }, () => '$urandom(seed)').join(', ');
  return `module bench${i};
  reg clk = 0, w = 0, r = 0, z = 0;
  reg [${addressBits(shape) - 1}:0] wa = 0, ra = 0;
  reg [${width - 1}:0] d = 0;
  wire [${width - 1}:0] q, expected;
  integer i, seed = 1, differ = 0, compared = 0;
  ram${i} u_netlist (.clk(clk), .w(w), .r(r), .z(z), .wa(wa), .ra(ra), .d(d), .q(q));
  ${instance(shape, 'auto', 'expected')}
  initial repeat (${2 * (depth + RANDOM_CYCLES + 30)}) #5 clk = ~clk;
  initial begin
    #200; // the cells start
    for (i = 0; i < ${depth + RANDOM_CYCLES}; i = i + 1) begin
      @(negedge clk);
      w = 1;
      d = {${words}};
      wa = i < ${depth} ? i : $urandom(seed) % ${depth};
      ra = $urandom(seed) % ${depth};
      r = i >= ${depth} && ra != wa && $urandom(seed) % 4 != 0;
      z = $urandom(seed) % 8 == 0;
      @(posedge clk);
      #3;
      if (i >= ${depth} + 20) begin
        compared = compared + 1;
        if (q !== expected) differ = differ + 1;
      end
    end
    $display("RAM ${i}: %0d of %0d differ", differ, compared);
  end
endmodule
`;
}

it.each(['ice40up5k', 'ecp5-25f', 'xc7a35t'])(
  'a written block RAM on %s keeps every bit through synthesis',
  async (name) => {
    const device = loadDevice(name);
    const models = await cellModels(device.family);
    if (models === undefined) throw new Error(`no models of the cells of ${device.family}`);
    const ram = readFileSync('rtl/memory/qs5_ram.v', 'utf8');
    const modules = SHAPES.map((shape, i) =>
      ramModule(shape, blockStyle(device.block_ram, { kind: 'ram', ...shape }), i),
    );
    const script = [
      'read_verilog m.v',
      ...familyOf(device.family).synthesis('rams', true),
      'write_verilog -noattr net.v',
    ];
    const { ok, log, files } = await yosysRun(script.join('; '), {
      'm.v': [ram, ...modules, topModule()].join('\n'),
    });
    expect(ok, log.slice(-800)).toBe(true);

    const folder = temporaryFolder();
    const sources = new Map([
      ...models.files,
      ['net.v', textOf(files['net.v'])] as const,
      ['ram.v', ram] as const,
      ['bench.v', SHAPES.map(bench).join('\n')] as const,
    ]);
    for (const [file, text] of sources) {
      mkdirSync(dirname(join(folder, file)), { recursive: true });
      writeFileSync(join(folder, file), text);
    }
    const args = [
      ...['-g2005-sv', '-o', 'bench', ...models.defines.map((define) => `-D${define}`)],
      ...[...SHAPES.keys()].flatMap((i) => ['-s', `bench${i}`]),
      ...sources.keys(),
    ];
    const common = { cwd: folder, timeoutMs: 120_000 };
    await runTool({ tool: 'iverilog', args, ...common });
    const { stdout } = await runTool({ tool: 'vvp', args: ['bench'], ...common });
    for (const i of SHAPES.keys()) {
      expect(stdout).toContain(`RAM ${i}: 0 of ${RANDOM_CYCLES - 20} differ`);
    }
  },
);
