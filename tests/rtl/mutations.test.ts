import { copyFileSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { cornersOf } from './corners/all.js';
import { results, RTL, runIcarus, temporaryFolder } from './harness.js';

/**
 * The benches must notice wrong modules: each copy of rtl/ with one deliberate error must give
 * mismatches at some corner.
 */
interface Mutation {
  readonly what: string;
  /** File of rtl/ without its prefix and ending. */
  readonly file: string;
  readonly from: string;
  readonly to: string;
  /** The module whose bench must see it; that of the file unless told. */
  readonly seenBy?: string;
}

const MUTATIONS: readonly Mutation[] = [
  {
    what: 'half even rounds ties up',
    file: 'round_increment',
    from: 'in_i[SHIFT-1] & (in_i[SHIFT] | (|in_i[SHIFT-2:0]))',
    to: 'in_i[SHIFT-1]',
    seenBy: 'round',
  },
  {
    what: 'half even of one bit rounds ties down',
    file: 'round_increment',
    from: 'assign increment_o = in_i[0] & in_i[1];',
    to: "assign increment_o = 1'b0 & in_i[0];",
    seenBy: 'round',
  },
  {
    what: 'half up as half even, seen through the requantisation',
    file: 'round_increment',
    from: 'ROUNDING == 0) begin : g_half_up',
    to: 'ROUNDING == 7) begin : g_half_up',
    seenBy: 'requantize',
  },
  {
    what: 'towards zero as a floor',
    file: 'round_increment',
    from: 'in_i[IN_W-1] & (|in_i[SHIFT-1:0])',
    to: "1'b0",
    seenBy: 'recurrence',
  },
  {
    what: 'a product is subtracted',
    file: 'multiply_add',
    from: 'c_i + m_fit',
    to: 'c_i - m_fit',
  },
  {
    what: 'clear keeps the product',
    file: 'multiply_accumulate',
    from: "if (clear_i) p_q <= {P_W{1'b0}};",
    to: 'if (clear_i) p_q <= m_fit;',
  },
  {
    what: 'saturation keeps the code without a positive twin',
    file: 'saturate',
    from: 'overflow | lowest',
    to: 'overflow',
  },
  {
    what: 'saturation to the asymmetric end',
    file: 'saturate',
    from: "{(OUT_W - 2) {1'b0}}, 1'b1}",
    to: "{(OUT_W - 1) {1'b0}}}",
  },
  {
    what: 'operand of the multiplier is unsigned',
    file: 'multiply',
    from: 'reg signed [B_W-1:0]     b_q;',
    to: 'reg [B_W-1:0]     b_q;',
  },
  {
    what: 'difference the wrong way round',
    file: 'add_sub',
    from: 'a - b',
    to: 'b - a',
  },
  {
    what: 'adder tree drops the carry',
    file: 'adder_tree',
    from: '{a[WIDTH-2], a} + {b[WIDTH-2], b}',
    to: "{1'b0, a} + {b[WIDTH-2], b}",
  },
  {
    what: 'real and imaginary state swapped',
    file: 'recurrence',
    from: 'a = out_data_o[2*l*X_W+:X_W]',
    to: 'a = out_data_o[(2*l+1)*X_W+:X_W]',
  },
  {
    what: 'bu one cycle early',
    file: 'recurrence_state',
    from: '.bu_i     (bu_q)',
    to: '.bu_i     (in_data_i[r*BU_W+:BU_W])',
    seenBy: 'recurrence',
  },
  {
    what: 'the increment of the rounding is lost',
    file: 'recurrence_update',
    from: "bu_w[LOW_W-1:0], 1'b1}",
    to: "bu_w[LOW_W-1:0], 1'b0}",
    seenBy: 'recurrence_chain',
  },
  {
    what: 'the carry between the halves of a new state is lost',
    file: 'recurrence_update',
    from: '{floor_q, low_q[LOW_W]}',
    to: "{floor_q, 1'b0}",
    seenBy: 'recurrence_chain',
  },
  {
    what: 'a state far below is clipped to the upper end',
    file: 'recurrence_update',
    from: 'if (above_q)',
    to: 'if (overflow_q)',
    seenBy: 'recurrence_chain',
  },
  {
    what: 'the code without a positive twin passes',
    file: 'recurrence_update',
    from: 'overflow_q | lowest_q',
    to: 'overflow_q',
    seenBy: 'recurrence_chain',
  },
  {
    what: 'the memory of states is not read ahead',
    file: 'recurrence_state',
    from: '.read_addr_i (read_slot)',
    to: '.read_addr_i (read_slot_q)',
    seenBy: 'recurrence_chain',
  },
  {
    what: 'half of the fraction of a product is not looked at',
    file: 'recurrence_state',
    from: '{|acc[OTHERS-1:OTHERS/2]',
    to: "{1'b0",
    seenBy: 'recurrence_chain',
  },
  {
    what: 'the half of the rounding is not in the chain',
    file: 'recurrence_chain',
    from: 'ONE << (FRAC - 1)',
    to: "{ACC_W{1'b0}}",
  },
  {
    what: 'the carry between the halves of a complex sum is lost',
    file: 'recurrence_sum',
    from: '{a_q, low_q[LOW_W]}',
    to: "{a_q, 1'b0}",
    seenBy: 'recurrence',
  },
  {
    what: 'the tag first is ignored',
    file: 'recurrence_state',
    from: 'if (in_tag_i[0]) kept_q',
    to: "if (1'b0) kept_q",
    seenBy: 'recurrence_chain',
  },
  {
    what: 'the slot survives a reset',
    file: 'recurrence_state',
    from: "      read_slot_q  <= {SLOT_W{1'b0}};\n",
    to: '',
    seenBy: 'recurrence',
  },
  {
    what: 'the flag of clipping is not sticky',
    file: 'recurrence_state',
    from: 'saturated_q | (clipped',
    to: '(clipped',
    seenBy: 'recurrence',
  },
  {
    what: 'the second link of a chain one cycle early',
    file: 'recurrence_chain',
    from: 'c_q2       <= c;',
    to: 'c_q2       <= coefs[(3*l+1)*COEF_W+:COEF_W];',
  },
  {
    what: 'coefficients of the next state',
    file: 'recurrence_chain',
    from: '.addr_i(slot)',
    to: ".addr_i(slot + 1'b1)",
  },
  {
    what: 'a sum goes on from that of the state before',
    file: 'recurrence_serial',
    from: 'if (~(age_q[4] | age_q[5])) acc_q',
    to: "if (1'b0) acc_q",
  },
  {
    what: 'the tag first is ignored',
    file: 'recurrence_serial',
    from: 'if (first) kept_q',
    to: "if (1'b0) kept_q",
  },
  {
    what: 'a state starts while products of that before are made',
    file: 'recurrence_serial',
    from: '~(age_q[1] | late_q)',
    to: '~age_q[1]',
  },
  {
    what: 're and im change places in the memory',
    file: 'recurrence_serial',
    from: '~age_q[LATENCY]}',
    to: 'age_q[LATENCY]}',
  },
  {
    what: 'bu of re one cycle early',
    file: 'recurrence_serial',
    from: '{slot5, age_q[7]}',
    to: '{slot5, age_q[6]}',
  },
  {
    what: 'the half of the rounding is not in the sums',
    file: 'recurrence_serial',
    from: 'ONE << (FRAC - 1)',
    to: "{ACC_W{1'b0}}",
  },
  {
    what: 'the slot survives a reset',
    file: 'recurrence_serial',
    from: "      slot_q    <= {SLOT_W{1'b0}};\n",
    to: '',
  },
  {
    what: 'accumulator not cleared after a pass',
    file: 'matvec_rows',
    from: 'if (last_i | ~valid_i)',
    to: 'if (~valid_i)',
    seenBy: 'matvec',
  },
  {
    what: 'accumulator not cleared between passes',
    file: 'matvec_rows',
    from: 'if (last_i | ~valid_i)',
    to: 'if (last_i)',
    seenBy: 'matvec_chain',
  },
  {
    what: 'stale weight address',
    file: 'matvec_walk',
    from: 'else if (reading) addr_q',
    to: 'else if (reading & ~x_start_i) addr_q',
    seenBy: 'matvec',
  },
  {
    what: 'vector released a group late',
    file: 'matvec_walk',
    from: 'assign release_o = group_q == LAST_GROUP;',
    to: "assign release_o = 1'b0 & group_q == LAST_GROUP;",
    seenBy: 'matvec',
  },
  {
    what: 'tag of the stream lost',
    file: 'matvec',
    from: 'tags_q[2*STAGES-1-:2]',
    to: 'tags_q[1:0]',
  },
  {
    what: 'words of a link one cycle early',
    file: 'matvec_chain',
    from: 'line_q[(j-1)*WORDS_W+:WORDS_W]',
    to: 'line_q[0+:WORDS_W]',
  },
  {
    what: 'weights of all links at once',
    file: 'matvec_chain',
    from: 'addr_q <= g_link[j-1].link_addr',
    to: 'addr_q <= addr',
  },
  {
    what: 'chains are not added up',
    file: 'matvec_chain',
    from: 'sums[CHAIN*ACC_W+:ACC_W]',
    to: 'sums[(CHAIN-1)*ACC_W+:ACC_W]',
  },
  {
    what: 'bank off by one',
    file: 'buffer',
    from: '(wr_addr_q == LAST_ADDR)',
    to: "(wr_addr_q + 1'b1 == LAST_ADDR)",
  },
  {
    what: 'part of a word selected a cycle early',
    file: 'buffer',
    from: 'word[rd_part_q2*',
    to: 'word[rd_part_q*',
  },
  {
    what: 'every pass ends with a release',
    file: 'buffer',
    from: '(rd_vector_end & ~vec_release_i)',
    to: "(rd_vector_end & ~vec_release_i & 1'b0)",
  },
  {
    what: 'factors of the beat before',
    file: 'requantize',
    from: 'offset_q3 <= offset_q2',
    to: 'offset_q3 <= factors[l*FACTOR_W+MULTIPLIER_W+:OFFSET_W]',
  },
  {
    what: 'the flag looks at beats that are not valid',
    file: 'requantize',
    from: 'valid_q[STAGES-2] & (|clipped)',
    to: '|clipped',
  },
  {
    what: 'first beat goes highest',
    file: 'collect',
    from: '{in_data_i, data_q[RATIO*IN_LANES*W-1:IN_LANES*W]}',
    to: '{data_q[(RATIO-1)*IN_LANES*W-1:0], in_data_i}',
  },
  {
    what: 'the sum one cycle early',
    file: 'feedthrough',
    from: 'sum_q[3*IN_W-1-:IN_W]',
    to: 'sum_q[2*IN_W-1-:IN_W]',
  },
  {
    what: 'the table in the order of the values',
    file: 'lookup',
    from: '.addr_i(in_data_i[l*IN_W+:IN_W])',
    to: ".addr_i(in_data_i[l*IN_W+:IN_W] ^ {1'b1, {(IN_W - 1) {1'b0}}})",
  },
  {
    what: 'every lane looks up the lowest word',
    file: 'lookup',
    from: '.addr_i(in_data_i[l*IN_W+:IN_W])',
    to: '.addr_i(in_data_i[0+:IN_W])',
  },
  {
    what: 'a beat survives a reset',
    file: 'lookup',
    from: 'in_valid_i & ~rst_i',
    to: 'in_valid_i',
  },
  {
    what: 'the stream one cycle early',
    file: 'gate',
    from: '.b_i    (in_q)',
    to: '.b_i    (in_data_i)',
  },
  {
    what: 'the operands are said to count a cycle late',
    file: 'gate',
    from: 'assign mul_valid_o = valid_q[0];',
    to: 'assign mul_valid_o = valid_q[1];',
  },
  {
    what: 'a third sequence is let in',
    file: 'replay',
    from: "held_q == 2'd2",
    to: "held_q == 2'd3",
  },
  {
    what: 'a replay starts a cycle late',
    file: 'replay',
    from: "WHOLE_DELAY = DELAY[DELAY_W-1:0] - 1'b1",
    to: 'WHOLE_DELAY = DELAY[DELAY_W-1:0]',
  },
  {
    what: 'the second side grows upwards',
    file: 'reverse',
    from: 'wr_side_q ? wr_base - VECTOR',
    to: 'wr_side_q ? wr_base + VECTOR',
  },
  {
    what: 'the same side is replayed again',
    file: 'reverse',
    from: 'if (go_tag_i[1]) rd_side_q <= ~rd_side_q;',
    to: 'if (go_tag_i[1]) rd_side_q <= rd_side_q;',
  },
  {
    what: 'the tag is that of the vector behind',
    file: 'layer_norm',
    from: 'hold_tag_q <= tag_q[2*SUMS+1-:2]',
    to: 'hold_tag_q <= in_tag_i',
  },
  {
    what: 'half even rounds ties up',
    file: 'layer_norm',
    from: 'half & (dropped_q | shifted_q[1])',
    to: 'half',
  },
  {
    what: 'the tag comes early',
    file: 'delay',
    from: 'tag_q   <= g_stage[i-1].tag_q;',
    to: 'tag_q   <= in_tag_i;',
  },
  {
    what: 'another client is served as well',
    file: 'multiply_array',
    from: 'a_or | ({A_ALL{mul_valid_i[c]}}',
    to: 'a_or | ({A_ALL{mul_valid_i[c] | c == 1}}',
  },
  {
    what: 'operands are extended by zeros',
    file: 'multiply_port',
    from: '{(MUL_A_W - A_W) {a_i[i*A_W+A_W-1]}}',
    to: "{(MUL_A_W - A_W) {1'b0}}",
    seenBy: 'gate',
  },
  {
    what: 'a is never released',
    file: 'gate',
    from: "assign a_release_o = 1'b1;",
    to: "assign a_release_o = 1'b0;",
  },
  {
    what: 'tag of the beat after',
    file: 'gate',
    from: 'tag_q[5:4]',
    to: 'tag_q[3:2]',
  },
  {
    what: 'the skip is unsigned',
    file: 'residual',
    from: '{(SUM_W - SKIP_W) {skip[SKIP_W-1]}}',
    to: "{(SUM_W - SKIP_W) {1'b0}}",
  },
  {
    what: 'the flag looks at beats that are not valid',
    file: 'residual',
    from: 'valid_q[0] & (|clipped)',
    to: '|clipped',
  },
  {
    what: 'the flag of clipping is not sticky',
    file: 'residual',
    from: '(saturated_q | (valid_q[0]',
    to: '((valid_q[0]',
  },
  {
    what: 'a new sequence adds to the sums of the last',
    file: 'pool_mean',
    from: '.clear_i     (in_tag_i[0])',
    to: ".clear_i     (1'b0)",
  },
  {
    what: 'ties of negative means away from zero',
    file: 'pool_mean',
    from: '(half & ~sign)',
    to: 'half',
  },
  {
    what: 'the divisor of the next vector',
    file: 'pool_mean',
    from: 'count    <= count_q2;',
    to: 'count    <= count_q;',
  },
  {
    what: 'first and last mixed up',
    file: 'pool_last',
    from: 'ON_FIRST == 1 ? in_tag_i[0]',
    to: 'ON_FIRST == 0 ? in_tag_i[0]',
  },
  {
    what: 'every step goes on',
    file: 'pool_last',
    from: 'in_valid_i & chosen & ~rst_i',
    to: "in_valid_i & (chosen | 1'b1) & ~rst_i",
  },
  {
    what: 'an index past the last row is not noticed',
    file: 'embed',
    from: 'wire unknown = in_data_i > LAST_ROW;',
    to: "wire unknown = in_data_i > LAST_ROW + 1'b1;",
  },
  {
    what: 'the beat of the row survives a reset',
    file: 'embed',
    from: "      busy_q <= 1'b0;\n      beat_q <= {BEAT_W{1'b0}};\n",
    to: "      busy_q <= 1'b0;\n",
  },
  {
    what: 'the flag of unknown rows is not sticky',
    file: 'embed',
    from: '(unknown_q | (busy_q & row_unknown_q))',
    to: '(busy_q & row_unknown_q)',
  },
  {
    what: 'a and b the wrong way round',
    file: 'join',
    from: '{in_q[2*k*W+:2*W], a_data_i[2*k*W+:2*W]}',
    to: '{a_data_i[2*k*W+:2*W], in_q[2*k*W+:2*W]}',
  },
  {
    what: 'a is never released',
    file: 'join',
    from: "assign a_release_o = 1'b1;",
    to: "assign a_release_o = 1'b0;",
  },
  {
    what: 'the interval is a cycle short',
    file: 'axis_in',
    from: 'if (start) wait_q <= LAST_WAIT;',
    to: "if (start) wait_q <= LAST_WAIT == 0 ? LAST_WAIT : LAST_WAIT - 1'b1;",
  },
  {
    what: 'the grid of starts slips by a cycle',
    file: 'axis_in',
    from: 'else if (grid_q) wait_q <= LAST_WAIT;',
    to: "else if (grid_q) wait_q <= LAST_WAIT == 0 ? LAST_WAIT : LAST_WAIT - 1'b1;",
  },
  {
    what: 'the grid of starts survives a reset',
    file: 'axis_in',
    from: "      grid_q  <= 1'b0;\n",
    to: '',
  },
  {
    what: 'the grid of replayed steps is ignored',
    file: 'replay',
    from: 'else if (grid_q) wait_q <= LAST_WAIT;',
    to: "else if (grid_q & 1'b0) wait_q <= LAST_WAIT;",
  },
  {
    what: 'a step starts without room',
    file: 'axis_in',
    from: '& step_room_i',
    to: "& (step_room_i | 1'b1)",
  },
  {
    what: 'a sequence is cut a step late',
    file: 'axis_in',
    from: "LAST_STEP = MAX_LENGTH[LENGTH_W-1:0] - 1'b1",
    to: 'LAST_STEP = MAX_LENGTH[LENGTH_W-1:0]',
  },
  {
    what: 'steps are counted through the end of a sequence',
    file: 'axis_in',
    from: '(s_axis_tlast | full) ?',
    to: 'full ?',
  },
  {
    what: 'tlast at the greatest length raises the flag',
    file: 'axis_in',
    from: '(gathered & full & ~s_axis_tlast)',
    to: '(gathered & full)',
  },
  {
    what: 'a sequence is cut without the flag',
    file: 'axis_in',
    from: '| (gathered & full & ~s_axis_tlast)',
    to: '',
  },
  {
    what: 'unsigned words are sign-extended',
    file: 'axis_in',
    from: "{1'b0, sent_words",
    to: '{sent_words[(l+1)*WORD_W-1], sent_words',
  },
  {
    what: 'the waiting step has the tag of the running one',
    file: 'axis_in',
    from: 'step_tag_o   = {last, first_q}',
    to: 'step_tag_o   = start ? {last, first_q} : tag_q',
  },
  {
    what: 'the word is replaced while the sink holds back',
    file: 'axis_out',
    from: '& (~valid_q | m_axis_tready)',
    to: '',
  },
  {
    what: 'tlast on every beat of the last vector',
    file: 'axis_out',
    from: 'in_end & ((EMIT != 0) | in_tag_i[1])',
    to: '((EMIT != 0) | in_tag_i[1])',
  },
  {
    what: 'tlast of a pooled result only where the tag says last',
    file: 'axis_out',
    from: '((EMIT != 0) | in_tag_i[1])',
    to: 'in_tag_i[1]',
  },
  {
    what: 'a slot for steps without a result',
    file: 'axis_out',
    from: 'promise = step_start_i & emits',
    to: 'promise = step_start_i',
  },
  {
    what: 'steps without a result wait for room',
    file: 'axis_out',
    from: '~emits | (used_q != ALL_SLOTS)',
    to: '(used_q != ALL_SLOTS)',
  },
  {
    what: 'the result of the first step taken for that of the last',
    file: 'axis_out',
    from: 'EMIT == 1 ? step_tag_i[1]',
    to: 'EMIT != 0 ? step_tag_i[1]',
  },
];

const folder = temporaryFolder();
vi.setConfig({ testTimeout: 60_000 });

describe.concurrent.each(MUTATIONS.map((mutation, index) => ({ ...mutation, index })))(
  'qs5_$file: $what',
  ({ file, from, to, seenBy = file, index }) => {
    it('is noticed', async () => {
      const rtl = join(folder, `rtl${index}`);
      mkdirSync(rtl);
      for (const name of readdirSync(RTL)) copyFileSync(join(RTL, name), join(rtl, name));
      const path = join(rtl, `qs5_${file}.v`);
      const text = readFileSync(path, 'utf8');
      expect(text.split(from), `occurrences of "${from}", plus one`).toHaveLength(2);
      writeFileSync(
        path,
        text.replace(from, () => to),
      );

      for (const corner of cornersOf(`qs5_${seenBy}`)) {
        const { output } = await runIcarus(join(folder, `run${index}`), corner, rtl);
        const [result] = results(output);
        expect(result, output.join('\n')).toBeDefined();
        if (result !== undefined && result.mismatches > 0) {
          expect(output.some((line) => line.startsWith('MISMATCH '))).toBe(true);
          return;
        }
      }
      expect.unreachable('no bench noticed it');
    });
  },
);
