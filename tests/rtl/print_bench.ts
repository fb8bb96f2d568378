import { ROM_FOLDER, type Block } from '../../src/hardware/blocks/block.js';
import { signalPort, signalsOf } from '../../src/hardware/blocks/bundles.js';
import type { Corner, Field } from './corner.js';

/** Signals that a bench plays and checks. */
export interface BenchSignals {
  /** Contract of the module under test. */
  readonly block: Block;
  /** Fields of a line of stimulus.hex and of expected.hex. */
  readonly stimulus: readonly Field[];
  readonly expected: readonly Field[];
  /** Signal of the first input, from which the latency counts; `in_valid` if absent. */
  readonly input?: string;
  /** Expression that counts outputs; `out_valid` if absent. */
  readonly output?: string;
}

/**
 * The bench of a block, from the ports of its contract. An expected field that is not a port of the
 * block only marks when other fields count.
 */
export function printBench(name: string, corner: Corner, signals: BenchSignals): string {
  const { block, stimulus, expected, input = 'in_valid', output = 'out_valid' } = signals;
  const pins = block.ports.flatMap((port) =>
    signalsOf(port).map((signal) => ({
      name: signal.name === '' ? port.name : `${port.name}_${signal.name}`,
      port: signalPort(port, signal),
      width: signal.width,
    })),
  );
  const played = new Set(stimulus.map((field) => field.name));
  const ports = new Set(pins.map((pin) => pin.name));
  const checked = expected.filter((field) => ports.has(field.name));
  const list = (fields: readonly Field[], prefix = '') =>
    `{${fields.map((field) => prefix + field.name).join(', ')}}`;
  const bits = (fields: readonly Field[]) => fields.reduce((sum, { width }) => sum + width, 0);
  return [
    `// Bench of ${corner.module}, printed from its contract: ${corner.name}`,
    '//',
    `//   stimulus.hex  ${list(stimulus)}`,
    `//   expected.hex  ${list(expected)}`,
    '`default_nettype none',
    '',
    `module ${name} #(`,
    '    parameter CYCLES  = 1,    // lines of stimulus.hex and expected.hex',
    '    parameter VECTORS = "./"  // their folder and that of the ROM images',
    ') (',
    '    input wire clk',
    ');',
    ...stimulus.map(declared('')),
    ...pins.filter((pin) => !played.has(pin.name)).map(declared('')),
    ...expected.map(declared('want_')),
    '  wire [31:0] cycle;',
    '  wire        checking;',
    ...checked.map((field) => `  wire [31:0] bad_${field.name};`),
    '',
    '  qs5_tb_player #(',
    `      .STIMULUS_W(${bits(stimulus)}),`,
    `      .EXPECTED_W(${bits(expected)}),`,
    '      .CYCLES    (CYCLES),',
    '      .VECTORS   (VECTORS)',
    '  ) u_player (',
    '      .clk         (clk),',
    '      .cycle_o     (cycle),',
    '      .checking_o  (checking),',
    `      .stimulus_o  (${list(stimulus)}),`,
    `      .expected_o  (${list(expected, 'want_')}),`,
    `      .input_i     (${input}),`,
    `      .output_i    (${output}),`,
    `      .mismatches_i(${checked.map((field) => `bad_${field.name}`).join(' + ')})`,
    '  );',
    '',
    `  ${corner.module} #(`,
    parametersOf(block, corner).join(',\n'),
    '  ) u_dut (',
    [
      '      .clk_i(clk)',
      '      .rst_i(rst)',
      ...pins.map((pin) => `      .${pin.port}(${pin.name})`),
    ].join(',\n'),
    '  );',
    ...multipliers(block),
    ...checked.flatMap((field) => [
      '',
      `  qs5_tb_check #(.SIGNAL("${field.name}_o"), .W(${field.width})) u_${field.name} (`,
      `      .clk(clk), .cycle_i(cycle), .care_i(${careOf(field.name, expected)}),`,
      `      .expected_i(want_${field.name}), .actual_i(${field.name}), .mismatches_o(bad_${field.name}));`,
    ]),
    'endmodule',
    '',
    '`default_nettype wire',
    '',
  ].join('\n');
}

const declared =
  (prefix: string) =>
  ({ name, width }: Field): string =>
    `  wire ${width === 1 ? '' : `[${width - 1}:0] `}${prefix}${name};`;

/** Parameters of the contract, or of the corner where it differs; ROM images are in VECTORS. */
function parametersOf(block: Block, corner: Corner): string[] {
  return block.parameters.map(({ name, value }) => {
    const given = corner.parameters[name] ?? value;
    if (typeof given === 'number') return `      .${name}(${given})`;
    return given.startsWith(`${ROM_FOLDER}/`)
      ? `      .${name}({VECTORS, "${given}"})`
      : `      .${name}("${given}")`;
  });
}

/** The multipliers that serve a block which has them outside. */
function multipliers(block: Block): string[] {
  return block.ports
    .filter(({ type }) => type === 'multiply')
    .flatMap(({ name, lanes, width, secondWidth = 0 }) => [
      '',
      '  qs5_multiply_array #(',
      `      .COUNT(${lanes}), .CLIENTS(1), .A_W(${width}), .B_W(${secondWidth})`,
      '  ) u_multiply (',
      `      .clk_i(clk), .rst_i(rst), .mul_valid_i(${name}_valid),`,
      `      .mul_a_i(${name}_a), .mul_b_i(${name}_b), .mul_p_o(${name}_p));`,
    ]);
}

/** Condition under which a field counts: tag and data with their valid or start, a release with the last read. */
function careOf(name: string, expected: readonly Field[]): string {
  const has = (other: string) => expected.some((field) => field.name === other);
  const [, bundle = '', signal = ''] = /^(\w+)_(tag|data|release)$/.exec(name) ?? [];
  const conditions =
    signal === 'release'
      ? has(`${bundle}_pass_end`)
        ? [`${bundle}_pass_end`]
        : [`${bundle}_read`, name]
      : signal === 'tag'
        ? [`${bundle}_start`, `${bundle}_valid`].filter(has).slice(0, 1)
        : signal === 'data'
          ? [`${bundle}_valid`].filter(has)
          : [];
  return ['checking', ...conditions.map((condition) => `want_${condition}`)].join(' & ');
}
