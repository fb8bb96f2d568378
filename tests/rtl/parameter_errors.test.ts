import { describe, expect, it } from 'vitest';
import { runTool, type ToolResult } from '../../src/tools/run.js';
import { literal, RTL_FILES, RTL_SOURCES, searched } from './harness.js';
import { yosysRun } from './yosys.js';

/** Every rule that a module states about its parameters stops all three tools, by its name. */
interface Violation {
  readonly module: string;
  /** Without `qs5_error_<module>_`. */
  readonly rule: string;
  readonly parameters: Readonly<Record<string, number | string>>;
}

const VIOLATIONS: readonly Violation[] = [
  {
    module: 'adder_tree',
    rule: 'OUT_W_must_be_W_plus_clog2_N',
    parameters: { N: 4, W: 8, OUT_W: 9 },
  },
  {
    module: 'axis_in',
    rule: 'LANES_must_divide_ELEMENTS',
    parameters: { ELEMENTS: 5, LANES: 2 },
  },
  {
    module: 'axis_in',
    rule: 'SLOT_W_must_be_whole_bytes_and_hold_a_word',
    parameters: { W: 10, SLOT_W: 8, UNSIGNED: 1 },
  },
  { module: 'step_pacer', rule: 'ALIGNED_must_be_0_or_1', parameters: { ALIGNED: 2 } },
  { module: 'step_pacer', rule: 'INTERVAL_must_be_at_least_3', parameters: { INTERVAL: 2 } },
  { module: 'counter', rule: 'N_must_be_at_least_1', parameters: { N: 0 } },
  { module: 'axis_in', rule: 'UNSIGNED_must_be_0_or_1', parameters: { UNSIGNED: 2 } },
  { module: 'axis_in', rule: 'W_must_exceed_UNSIGNED', parameters: { W: 1, UNSIGNED: 1 } },
  {
    module: 'axis_in',
    rule: 'INTERVAL_must_cover_the_beats',
    parameters: { ELEMENTS: 8, LANES: 1, INTERVAL: 7 },
  },
  {
    module: 'axis_out',
    rule: 'LANES_must_divide_ELEMENTS',
    parameters: { ELEMENTS: 5, LANES: 2 },
  },
  {
    module: 'axis_out',
    rule: 'SLOT_W_must_be_whole_bytes_and_hold_W',
    parameters: { W: 9, SLOT_W: 12 },
  },
  { module: 'axis_out', rule: 'SLOTS_must_be_at_least_1', parameters: { SLOTS: 0 } },
  { module: 'axis_out', rule: 'EMIT_must_be_0_1_or_2', parameters: { EMIT: 3 } },
  {
    module: 'buffer',
    rule: 'WORD_LANES_must_be_a_multiple_of_both_lane_counts',
    parameters: { ELEMENTS: 12, WRITE_LANES: 4, READ_LANES: 6, WORD_LANES: 6 },
  },
  {
    module: 'buffer',
    rule: 'ELEMENTS_must_be_a_multiple_of_WORD_LANES',
    parameters: { ELEMENTS: 10, WRITE_LANES: 4, READ_LANES: 2, WORD_LANES: 4 },
  },
  { module: 'buffer', rule: 'BANKS_must_be_at_least_1', parameters: { BANKS: 0 } },
  {
    module: 'layer_norm',
    rule: 'LANES_must_divide_CHANNELS',
    parameters: { CHANNELS: 5, LANES: 2 },
  },
  {
    module: 'layer_norm',
    rule: 'OUT_FRAC_must_not_exceed_FRAC',
    parameters: { FRAC: 8, OUT_FRAC: 9 },
  },
  {
    module: 'layer_norm',
    rule: 'EPSILON_W_must_be_at_most_60',
    parameters: { EPSILON_W: 61 },
  },
  { module: 'replay_control', rule: 'DEPTH_must_be_at_least_2', parameters: { DEPTH: 1 } },
  { module: 'replay_control', rule: 'DELAY_must_be_at_least_3', parameters: { DELAY: 2 } },
  {
    module: 'reverse',
    rule: 'LANES_must_divide_ELEMENTS',
    parameters: { ELEMENTS: 5, LANES: 2 },
  },
  { module: 'reverse', rule: 'DEPTH_must_be_at_least_2', parameters: { DEPTH: 1 } },
  { module: 'delay', rule: 'DELAY_must_be_at_least_1', parameters: { DELAY: 0 } },
  {
    module: 'delay',
    rule: 'RAM_must_be_0_or_1_and_then_DELAY_at_least_3',
    parameters: { RAM: 1, DELAY: 2 },
  },
  { module: 'widen', rule: 'RATIO_must_be_at_least_2', parameters: { RATIO: 1 } },
  { module: 'embed', rule: 'LANES_must_divide_CHANNELS', parameters: { CHANNELS: 5, LANES: 2 } },
  { module: 'embed', rule: 'ROWS_must_be_at_least_1', parameters: { ROWS: 0 } },
  {
    module: 'embed',
    rule: 'INDEX_W_must_hold_every_row_and_be_at_least_2',
    parameters: { ROWS: 5, INDEX_W: 3 },
  },
  {
    module: 'feedthrough',
    rule: 'LANES_must_divide_CHANNELS',
    parameters: { CHANNELS: 5, LANES: 2 },
  },
  {
    module: 'feedthrough',
    rule: 'OUT_W_must_hold_the_shifted_sum',
    parameters: { IN_W: 18, SUM_SHIFT: 2, OUT_W: 19 },
  },
  {
    module: 'feedthrough_chain',
    rule: 'LANES_must_divide_CHANNELS',
    parameters: { CHANNELS: 5, LANES: 2 },
  },
  {
    module: 'feedthrough_chain',
    rule: 'OUT_W_must_hold_the_sum_and_IN_W_reach_the_product',
    parameters: { IN_W: 18, SUM_SHIFT: 2, OUT_W: 19 },
  },
  {
    module: 'feedthrough_chain',
    rule: 'ADDER_W_must_hold_OUT_W_minus_PRODUCT_SHIFT',
    parameters: { OUT_W: 19, ADDER_W: 18 },
  },
  { module: 'interleave_states', rule: 'LANES_must_be_even', parameters: { LANES: 3 } },
  { module: 'lookup', rule: 'IN_W_must_be_2_to_16', parameters: { IN_W: 1 } },
  { module: 'matvec', rule: 'PE_must_divide_ROWS', parameters: { ROWS: 5, PE: 2 } },
  { module: 'matvec', rule: 'SIMD_must_divide_COLS', parameters: { COLS: 5, SIMD: 2 } },
  {
    module: 'matvec',
    rule: 'OUT_LANES_must_divide_PE',
    parameters: { ROWS: 6, PE: 3, OUT_LANES: 2 },
  },
  {
    module: 'matvec',
    rule: 'GROUP_CYCLES_must_cover_the_reads_and_the_beats',
    parameters: { COLS: 8, SIMD: 2, GROUP_CYCLES: 3 },
  },
  { module: 'matvec_ring', rule: 'PE_must_divide_ROWS', parameters: { ROWS: 5, PE: 2 } },
  { module: 'matvec_ring', rule: 'SIMD_must_divide_COLS', parameters: { COLS: 5, SIMD: 2 } },
  {
    module: 'matvec_ring',
    rule: 'CHAIN_must_divide_SIMD_and_be_at_most_99',
    parameters: { SIMD: 4, CHAIN: 3, SLOTS: 4 },
  },
  {
    module: 'matvec_ring',
    rule: 'SLOTS_must_divide_the_groups_and_be_at_least_CHAIN',
    parameters: { ROWS: 4, SLOTS: 3 },
  },
  {
    module: 'matvec_ring',
    rule: 'SLOTS_must_divide_the_groups_and_be_at_least_CHAIN',
    parameters: { ROWS: 4, SIMD: 4, CHAIN: 4, SLOTS: 2 },
  },
  {
    module: 'matvec_ring',
    rule: 'ROM_LINKS_must_divide_CHAIN',
    parameters: { ROWS: 4, SIMD: 4, CHAIN: 4, SLOTS: 4, ROM_LINKS: 3 },
  },
  { module: 'matvec_chain', rule: 'PE_must_divide_ROWS', parameters: { ROWS: 5, PE: 2 } },
  { module: 'matvec_chain', rule: 'SIMD_must_divide_COLS', parameters: { COLS: 5, SIMD: 2 } },
  {
    module: 'matvec_chain',
    rule: 'OUT_LANES_must_divide_PE',
    parameters: { ROWS: 6, PE: 3, OUT_LANES: 2 },
  },
  {
    module: 'matvec_chain',
    rule: 'GROUP_CYCLES_must_cover_the_reads_and_the_beats',
    parameters: { COLS: 8, SIMD: 2, GROUP_CYCLES: 3 },
  },
  {
    module: 'matvec_chain',
    rule: 'CHAIN_must_divide_SIMD_and_be_at_most_99',
    parameters: { SIMD: 4, CHAIN: 3 },
  },
  { module: 'pool_last', rule: 'ON_FIRST_must_be_0_or_1', parameters: { ON_FIRST: 2 } },
  {
    module: 'pool_mean',
    rule: 'LANES_must_divide_CHANNELS',
    parameters: { CHANNELS: 5, LANES: 2 },
  },
  { module: 'pool_mean', rule: 'W_must_be_at_least_2', parameters: { W: 1 } },
  { module: 'pool_mean', rule: 'MAX_STEPS_must_be_at_least_1', parameters: { MAX_STEPS: 0 } },
  { module: 'pool_mean', rule: 'SERIAL_must_be_0_or_1', parameters: { SERIAL: 2 } },
  {
    module: 'pool_mean',
    rule: 'ROUNDING_must_be_half_up_half_even_or_toward_zero',
    parameters: { ROUNDING: 'half_odd' },
  },
  {
    module: 'recurrence_state',
    rule: 'LANES_must_divide_STATES',
    parameters: { STATES: 5, LANES: 2 },
  },
  {
    module: 'recurrence_state',
    rule: 'ACC_W_must_exceed_FRAC',
    parameters: { ACC_W: 7, FRAC: 7 },
  },
  { module: 'recurrence_state', rule: 'LOOP_must_be_at_least_1', parameters: { LOOP: 0 } },
  { module: 'recurrence_state', rule: 'ROUNDED_must_be_0_or_1', parameters: { ROUNDED: 2 } },
  { module: 'recurrence_update', rule: 'SATURATE_must_be_0_or_1', parameters: { SATURATE: 2 } },
  { module: 'recurrence_update', rule: 'INCREMENT_must_be_0_or_1', parameters: { INCREMENT: 2 } },
  { module: 'recurrence', rule: 'PRODUCTS_must_be_3_or_4', parameters: { PRODUCTS: 5 } },
  {
    module: 'recurrence_serial',
    rule: 'ACC_W_must_exceed_FRAC',
    parameters: { ACC_W: 7, FRAC: 7 },
  },
  { module: 'recurrence_serial', rule: 'STATES_must_be_at_least_1', parameters: { STATES: 0 } },
  {
    module: 'requantize',
    rule: 'LANES_must_divide_CHANNELS',
    parameters: { CHANNELS: 5, LANES: 2 },
  },
  {
    module: 'requantize',
    rule: 'SUM_W_must_exceed_SHIFT',
    parameters: { SUM_W: 12, SHIFT: 12 },
  },
  {
    module: 'requantize',
    rule: 'PIECES_must_be_0_where_OFFSETS_is_0',
    parameters: { OFFSETS: 0, PIECES: 1 },
  },
  {
    module: 'requantize_chain',
    rule: 'LANES_must_divide_CHANNELS',
    parameters: { CHANNELS: 5, LANES: 2 },
  },
  {
    module: 'requantize_chain',
    rule: 'SUM_W_must_exceed_SHIFT_and_CUT',
    parameters: { SUM_W: 12, CUT: 4, SHIFT: 12, LOW_W: 26 },
  },
  {
    module: 'requantize_chain',
    rule: 'CUT_must_be_less_than_IN_W',
    parameters: { IN_W: 15, CUT: 15 },
  },
  {
    module: 'requantize_chain',
    rule: 'HIGH_W_must_hold_the_sum_and_what_is_added',
    parameters: { SUM_W: 34, CUT: 4, HIGH_W: 29 },
  },
  {
    module: 'requantize_chain',
    rule: 'LOW_W_must_hold_the_offset',
    parameters: { OFFSET_W: 34, LOW_W: 33 },
  },
  {
    module: 'requantize_constants',
    rule: 'OFFSET_DELAY_must_be_1_or_2',
    parameters: { OFFSET_DELAY: 3 },
  },
  {
    module: 'requantize_constants',
    rule: 'OFFSET_W_must_hold_half_of_2_to_the_SHIFT',
    parameters: { OFFSET_W: 8, SHIFT: 8 },
  },
  {
    module: 'requantize_constants',
    rule: 'MULTIPLIER_W_must_be_at_most_32_without_a_ROM',
    parameters: { MULTIPLIER_W: 33 },
  },
  { module: 'round_saturate', rule: 'OUT_W_must_be_at_least_2', parameters: { OUT_W: 1 } },
  { module: 'round_saturate', rule: 'ROUNDED_must_be_0_or_1', parameters: { ROUNDED: 2 } },
  {
    module: 'add_pipelined',
    rule: 'PIECES_must_each_have_a_bit_of_W',
    parameters: { W: 9, PIECES: 8, DROPPED: 0 },
  },
  {
    module: 'add_pipelined',
    rule: 'DROPPED_must_be_less_than_PIECES',
    parameters: { PIECES: 2, DROPPED: 2 },
  },
  { module: 'multiply_add', rule: 'C_STAGES_must_be_0_or_1', parameters: { C_STAGES: 2 } },
  {
    module: 'multiply_array',
    rule: 'CLIENTS_must_be_at_least_1',
    parameters: { CLIENTS: 0 },
  },
  {
    module: 'multiply_port',
    rule: 'MUL_A_W_must_hold_A_W',
    parameters: { A_W: 9, MUL_A_W: 8 },
  },
  {
    module: 'multiply_port',
    rule: 'MUL_B_W_must_hold_B_W',
    parameters: { B_W: 9, MUL_B_W: 8 },
  },
  {
    module: 'round_increment',
    rule: 'ROUNDING_must_be_half_up_half_even_or_toward_zero',
    parameters: { ROUNDING: 'half_odd' },
  },
  { module: 'residual', rule: 'OUT_W_must_be_at_least_2', parameters: { OUT_W: 1 } },
];

const TIMEOUT_MS = 60_000;
const nameOf = ({ module, rule }: Violation) => `qs5_error_${module}_${rule}`;

function stopped({ exitCode, stdout, stderr }: ToolResult, rule: string): void {
  expect(exitCode).not.toBe(0);
  expect(`${stdout}\n${stderr}`).toContain(rule);
}

it('covers every rule in rtl/', () => {
  const stated = Object.values(RTL_SOURCES).flatMap((text) => text.match(/qs5_error_\w+/g) ?? []);
  // A rule of two parts is broken twice.
  expect([...new Set(VIOLATIONS.map(nameOf))].sort()).toEqual(stated.sort());
});

describe.concurrent.each(
  VIOLATIONS.map((violation) => ({ ...violation, name: nameOf(violation) })),
)('$name', ({ module, parameters, name }) => {
  const top = `qs5_${module}`;
  const file = RTL_FILES.get(top) ?? '';
  const values = Object.entries(parameters);

  it('stops Verilator', async () => {
    const overrides = values.map(([key, value]) => `-G${key}=${literal(value)}`);
    const args = ['--lint-only', '-Wall', '--top-module', top, ...overrides, ...searched(), file];
    stopped(
      await runTool({ tool: 'verilator', args, timeoutMs: TIMEOUT_MS, allowFailure: true }),
      name,
    );
  });

  it('stops Icarus', async () => {
    const overrides = values.map(([key, value]) => `-P${top}.${key}=${literal(value)}`);
    const args = ['-g2012', '-s', top, ...overrides, ...searched(), '-o', '/dev/null', file];
    stopped(
      await runTool({ tool: 'iverilog', args, timeoutMs: TIMEOUT_MS, allowFailure: true }),
      name,
    );
  });

  it('stops Yosys', async () => {
    const overrides = values.map(([key, value]) => `.${key}(${literal(value)})`).join(', ');
    const around = `module around; ${top} #(${overrides}) u_0 (); endmodule\n`;
    const script = 'read_verilog *.v; hierarchy -check -top around';
    const { ok, log } = await yosysRun(script, { ...RTL_SOURCES, 'around.v': around });
    expect(ok).toBe(false);
    expect(log).toContain(name);
  });
});
