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
  },
  {
    what: 'half even of one bit rounds ties down',
    file: 'round_increment',
    from: 'assign increment_o = in_i[0] & in_i[1];',
    to: "assign increment_o = 1'b0 & in_i[0];",
  },
  {
    what: 'half up as half even, seen through a shift',
    file: 'round_increment',
    from: 'ROUNDING == 0) begin : g_half_up',
    to: 'ROUNDING == 7) begin : g_half_up',
    seenBy: 'shift',
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
    from: 'c + m_fit',
    to: 'c - m_fit',
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
    what: 'accumulator not cleared after a pass',
    file: 'matvec_rows',
    from: 'last_i, last_i | ~valid_i}',
    to: 'last_i, ~valid_i}',
    seenBy: 'matvec',
  },
  {
    what: 'accumulator not cleared between passes',
    file: 'matvec_rows',
    from: 'last_i, last_i | ~valid_i}',
    to: 'last_i, last_i}',
    seenBy: 'matvec_chain',
  },
  {
    what: 'accumulator not loaded after a pause',
    file: 'matvec_rows',
    from: 'first_q <= last_i | ~valid_i',
    to: 'first_q <= last_i',
    seenBy: 'matvec',
  },
  {
    what: 'no carry from part to part',
    file: 'matvec_part',
    from: 'carry_q <= carry;',
    to: "carry_q <= carry & 1'b0;",
    seenBy: 'matvec',
  },
  {
    what: 'a total is taken before it is there',
    file: 'matvec_part',
    from: 'assign take = last_q;',
    to: "assign take = last_i | (last_q & 1'b0);",
    seenBy: 'matvec',
  },
  {
    what: 'a part leaves before those above it',
    file: 'matvec_rows',
    from: 'line_q[(LATER-1)*W+:W]',
    to: 'line_q[0+:W]',
    seenBy: 'matvec',
  },
  {
    what: 'weight address of the vector before',
    file: 'matvec_walk',
    from: 'if (~busy_q | turn_end) addr_q',
    to: 'if (~busy_q) addr_q',
    seenBy: 'matvec',
  },
  {
    what: 'vector released a group late',
    file: 'matvec_walk',
    from: 'assign release_o = turn_last;',
    to: "assign release_o = 1'b0 & turn_last;",
    seenBy: 'matvec',
  },
  {
    what: 'a pass ends with the first slot of its last read',
    file: 'matvec_digit',
    from: '(LOWEST != 0 ? last_but_one : last_q)',
    to: 'last_but_one',
    seenBy: 'matvec_ring',
  },
  {
    what: 'a digit goes on where it was',
    file: 'matvec_digit',
    from: "          if (~run_i) value_q <= {W{1'b0}};\n          else if (end_i) value_q <= last_q",
    to: '          if (~run_i) value_q <= value_q;\n          else if (end_i) value_q <= last_q',
    seenBy: 'matvec_ring',
  },
  {
    what: 'reads of a pass without an end',
    file: 'matvec_walk',
    from: '(pass_end | (active_q & ~last_read_q))',
    to: '(pass_end | active_q)',
    seenBy: 'matvec',
  },
  {
    what: 'sums that go round are not started anew by gates',
    file: 'matvec_ring',
    from: 'finish & {ACC_W{~first_q[AGAIN-1]}}',
    to: "finish & {ACC_W{~first_q[AGAIN-1] | 1'b1}}",
  },
  {
    what: 'nor by a register',
    file: 'matvec_ring',
    from: 'if (first_q[AGAIN-1]) start_q',
    to: "if (first_q[AGAIN-1] & 1'b0) start_q",
  },
  {
    what: 'all links take their words at once',
    file: 'matvec_ring',
    from: '.take_i(takes_q[j])',
    to: '.take_i(takes_q[0])',
  },
  {
    what: 'a weight does not wait for its link',
    file: 'matvec_ring',
    from: 'line_q[(l-1)*WEIGHTS_W+:WEIGHTS_W]',
    to: 'line_q[0+:WEIGHTS_W]',
  },
  {
    what: 'an operand is not held',
    file: 'multiply_add_held',
    from: 'if (take_i != (HOLD != 0)) a_q',
    to: "if (take_i != (HOLD != 0) || 1'b1) a_q",
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
    file: 'bank',
    from: 'LAST_BASE_I = (BANKS - 1) * WORDS',
    to: 'LAST_BASE_I = (BANKS - 2) * WORDS',
    seenBy: 'buffer',
  },
  {
    what: 'a count of up to 8 goes on past its end',
    file: 'count',
    from: 'count_q == LAST ? count_q : carry',
    to: 'carry',
    seenBy: 'collect',
  },
  {
    what: 'a long count goes on past its end',
    file: 'count',
    from: '(last_q & ~WRAPS) | rst_i',
    to: 'rst_i',
    seenBy: 'buffer',
  },
  {
    what: 'the end of a long count is a step early',
    file: 'count',
    from: "BEFORE = LAST - 1'b1",
    to: "BEFORE = LAST - 2'd2",
    seenBy: 'buffer',
  },
  {
    what: 'a buffer of one word gathers the wrong way round',
    file: 'buffer',
    from: 'moved = {in_data_i, word_q}',
    to: 'moved = {word_q, in_data_i}',
  },
  {
    what: 'a word is written before its last beat',
    file: 'buffer',
    from: 'whole = {in_data_i, early_q}',
    to: 'whole = {early_q, in_data_i}',
  },
  {
    what: 'part of a word selected a cycle early',
    file: 'buffer',
    from: 'word[rd_part_q*',
    to: 'word[rd_part*',
  },
  {
    what: 'every pass ends with a release',
    file: 'buffer',
    from: 'rd_word_last & vec_release_i',
    to: "rd_word_last & (vec_release_i | 1'b1)",
  },
  {
    what: 'half even rounds ties up',
    file: 'narrow',
    from: 'assign tie = ~(|some_q) & (up | (ROUNDED != 0));',
    to: "assign tie = ~(|some_q) & (up | (ROUNDED != 0)) & 1'b0;",
    seenBy: 'requantize',
  },
  {
    what: 'the highest value gets an increment',
    file: 'narrow',
    from: 'below_q  <= sign | ~(&body);',
    to: "below_q  <= sign | ~(&body) | 1'b1;",
  },
  {
    what: 'a carry does not reach the high bits',
    file: 'narrow',
    from: 'carries_q <= (&floor[LOW_W-1:0]) &',
    to: "carries_q <= (&floor[LOW_W-1:0]) & 1'b0 &",
  },
  {
    what: 'a carry reaches the high bits of the highest value',
    file: 'narrow',
    from: '(&floor[LOW_W-1:0]) & (sign | ~(&body))',
    to: '(&floor[LOW_W-1:0])',
  },
  {
    what: 'a tie at the lowest code is not clipped',
    file: 'narrow',
    from: '(lowest_q & ~(up & ~tie))',
    to: '(lowest_q & ~up)',
  },
  {
    what: 'the code without a positive twin where a half was added',
    file: 'narrow',
    from: 'bit0 | lowest_q}',
    to: 'bit0}',
    seenBy: 'requantize_chain',
  },
  {
    what: 'the flag of clipping is not sticky',
    file: 'shift',
    from: '~rst_i & saturated_o',
    to: '~rst_i & valid_q[1] & (|clipped_q)',
  },
  {
    what: 'the flag looks at beats that are not valid',
    file: 'shift',
    from: 'saturated_q | (valid_q[1] & (|clipped_q))',
    to: 'saturated_q | (|clipped_q)',
    seenBy: 'requantize',
  },
  {
    what: 'dropped bits are forgotten',
    file: 'add_pieces',
    from: 'g_piece[i-1].some_q | (|word[AT-PIECE_W+:PIECE_W])',
    to: 'g_piece[i-1].some_q',
    seenBy: 'requantize',
  },
  {
    what: 'a carry between pieces is lost',
    file: 'add_pieces',
    from: 'assign carry = g_piece[i-1].g_rest.carry_q;',
    to: "assign carry = g_piece[i-1].g_rest.carry_q & 1'b0;",
  },
  {
    what: 'multipliers of the beat before',
    file: 'requantize_factors',
    from: '.addr_i(g_beats.addr)',
    to: '.addr_i(g_beats.beat_q)',
    seenBy: 'requantize',
  },
  {
    what: 'offsets of the beat after',
    file: 'requantize_factors',
    from: 'assign addr = g_beats.beat_q;',
    to: 'assign addr = g_beats.next_q;',
    seenBy: 'requantize_chain',
  },
  {
    what: 'factors go on after a reset',
    file: 'requantize_factors',
    from: "          beat_q <= {BEAT_W{1'b0}};\n          next_q <= SECOND_BEAT;\n",
    to: "          beat_q <= {BEAT_W{1'b0}};\n",
    seenBy: 'requantize',
  },
  {
    what: 'high bits of a cut word a cycle early',
    file: 'requantize_chain',
    from: '.a_i  (high_q)',
    to: '.a_i  (acc[IN_W-1:CUT])',
  },
  {
    what: 'low bits of a cut word are signed',
    file: 'requantize_chain',
    from: "{1'b0, acc[CUT-1:0]}",
    to: '{acc[CUT-1], acc[CUT-1:0]}',
  },
  {
    what: 'low bits of a cut sum are forgotten',
    file: 'requantize_chain',
    from: 'some_q[f] <= |dropped[8*f+:8];',
    to: "some_q[f] <= |dropped[8*f+:8] & 1'b0;",
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
    what: 'bits below the product one cycle early',
    file: 'feedthrough_chain',
    from: 'below_q[2*BELOW-1-:BELOW]',
    to: 'below_q[BELOW-1:0]',
  },
  {
    what: 'd of the next beat',
    file: 'beat_rom',
    from: '.addr_i(beat_q)',
    to: ".addr_i(beat_q + 1'b1)",
    seenBy: 'feedthrough_chain',
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
    from: 'step_tag_i[0] & both_q',
    to: "step_tag_i[0] & both_q & 1'b0",
  },
  {
    what: 'a replay starts a cycle late',
    file: 'replay',
    from: '+ 3 - DELAY',
    to: '+ 2 - DELAY',
  },
  {
    what: 'a vector more is let in',
    file: 'replay',
    from: 'room_q == ONE',
    to: "room_q == {COUNT_W{1'b0}}",
  },
  {
    what: 'a sequence of one step is not known as such',
    file: 'replay',
    from: ': in_one_q;',
    to: ": in_one_q & 1'b0;",
  },
  {
    what: 'the sides are not taken in turn',
    file: 'replay',
    from: 'in_side_q ^ step_last',
    to: "in_side_q ^ (step_last & 1'b0)",
  },
  {
    what: 'the second side grows upwards',
    file: 'reverse',
    from: 'side ? -UP : UP',
    to: 'side ? UP : UP',
  },
  {
    what: 'the same side is replayed again',
    file: 'reverse',
    from: 'next_q ^ (go_start_i & go_tag_i[1])',
    to: "next_q ^ (go_start_i & go_tag_i[1] & 1'b0)",
  },
  {
    what: 'the next side begins before the last vector is read',
    file: 'reverse',
    from: ' & (~busy_q | rd_end)',
    to: '',
  },
  {
    what: 'the vector being read has no room of its own',
    file: 'reverse',
    from: '(DEPTH + 1) * BEATS',
    to: 'DEPTH * BEATS',
  },
  {
    what: 'the tag is that of the vector behind',
    file: 'layer_norm',
    from: 'read_tag_q <= in_tag_q',
    to: 'read_tag_q <= in_tag_i',
  },
  {
    what: 'the sum of the vector behind',
    file: 'layer_norm',
    from: 'if (end_q[ROM_AT-3]) n_q <= n;',
    to: 'n_q <= n;',
  },
  {
    what: 'half even rounds ties up',
    file: 'scale_down',
    from: 'half & (g_stage[STAGES].dropped | value[1])',
    to: 'half',
    seenBy: 'layer_norm',
  },
  {
    what: 'what an earlier stage dropped is forgotten',
    file: 'scale_down',
    from: 'dropped_q <= g_stage[s-1].dropped | ',
    to: 'dropped_q <= ',
    seenBy: 'layer_norm',
  },
  {
    what: 'no carry from part to part of a sum',
    file: 'sum_parts',
    from: 'assign carry = g_part[k-1].carry_q;',
    to: "assign carry = 1'b0;",
    seenBy: 'layer_norm',
  },
  {
    what: 'no borrow from part to part of a difference',
    file: 'subtract_parts',
    from: 'assign carry = g_part[k-1].carry_q;',
    to: "assign carry = 1'b1;",
    seenBy: 'layer_norm',
  },
  {
    what: 'the product of both parts is not doubled',
    file: 'split_square',
    from: ".b_i({nh, 1'b0})",
    to: '.b_i({nh[HIGH-1], nh})',
    seenBy: 'layer_norm',
  },
  {
    what: 'the upper part of a word goes with the lower part of the next',
    file: 'split_multiply',
    from: '{ah_q3[HIGH-1], ah_q3}',
    to: '{ah_q2[HIGH-1], ah_q2}',
    seenBy: 'layer_norm',
  },
  {
    what: 'the lowest group of bits that is not 0',
    file: 'log4',
    from: 'any_q & ~above[GROUPS:1]',
    to: 'any_q & (~any_q + 1)',
    seenBy: 'layer_norm',
  },
  {
    what: 'the tag comes early',
    file: 'delay',
    from: 'tag_q  <= g_stage[i-1].tag_q;',
    to: 'tag_q  <= in_tag_i;',
  },
  {
    what: 'what memory holds after a reset comes out',
    file: 'delay',
    from: 'valid & filled_q',
    to: 'valid',
  },
  {
    what: 'a word is read before it is old enough',
    file: 'delay',
    from: '.N(DELAY)',
    to: '.N(DELAY - 1)',
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
    from: 'valid_q[2] & (|clipped)',
    to: '|clipped',
  },
  {
    what: 'the flag of clipping is not sticky',
    file: 'residual',
    from: '(saturated_q | (valid_q[2]',
    to: '((valid_q[2]',
  },
  {
    what: 'the least code is kept',
    file: 'residual',
    from: 'out_q[0] | least_q',
    to: 'out_q[0]',
  },
  {
    what: 'the sign is that of the bit below',
    file: 'residual',
    from: 'alike_q ? sign_q : low_q[SUM_W-2]',
    to: 'low_q[SUM_W-2]',
  },
  {
    what: 'a new sequence adds to the sums of the last',
    file: 'pool_mean',
    from: "first_q ? {SUM_W{1'b0}} : old[",
    to: 'old[',
  },
  {
    what: 'no carry into the upper half of a sum',
    file: 'pool_mean',
    from: "high_q + {{(HIGH_W - 1) {1'b0}}, carry_q}",
    to: 'high_q',
  },
  {
    what: 'sequences share a half of the memory',
    file: 'pool_mean',
    from: 'bank_q ^ sequence_end',
    to: 'bank_q',
  },
  {
    what: 'the divisor of the next vector',
    file: 'pool_mean',
    from: '.less_one_i (count_q[(SUMMED-1)*D_W-1-:D_W])',
    to: '.less_one_i (count_q[(SUMMED-2)*D_W-1-:D_W])',
  },
  {
    what: 'ties of negative means away from zero',
    file: 'divide_round',
    from: 'increment_q <= half_q;',
    to: 'increment_q <= half_q & ~negative_i;',
    seenBy: 'pool_mean',
  },
  {
    what: 'a quotient that is exact from below is not noticed',
    file: 'divide_round',
    from: '{D_W{below}} & ~less_one_i',
    to: "{D_W{1'b0}} & ~less_one_i",
    seenBy: 'pool_mean',
  },
  {
    what: 'the divisor is one less',
    file: 'divide_step',
    from: "{x_i, 1'b1}",
    to: "{x_i, 1'b0}",
    seenBy: 'pool_mean',
  },
  {
    what: 'a beat is read over and over',
    file: 'divide_serial',
    from: "beat_end ? {BEAT_W{1'b0}} : beat_q + 1'b1",
    to: 'beat_q',
    seenBy: 'pool_mean',
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
    from: 'LAST_ROW[i] ? unknown &',
    to: '~LAST_ROW[i] ? unknown &',
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
    from: '(sticky_q | (busy_q & row_unknown_q))',
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
    file: 'start',
    from: '+ 2 - INTERVAL',
    to: '+ 3 - INTERVAL',
    seenBy: 'axis_in',
  },
  {
    what: 'the grid of starts slips by a cycle',
    file: 'start',
    from: 'count_q <= open_q ? FROM',
    to: 'count_q <= start_q ? FROM',
    seenBy: 'axis_in',
  },
  {
    what: 'the grid of starts survives a reset',
    file: 'start',
    from: "      grid_q  <= 1'b0;\n",
    to: '',
    seenBy: 'axis_in',
  },
  {
    what: 'the grid of replayed steps is ignored',
    file: 'start',
    from: '& ~ready & ~grid_q',
    to: '& ~ready',
    seenBy: 'replay',
  },
  {
    what: 'a step starts without room',
    file: 'axis_in',
    from: '.room_i (step_room_i)',
    to: ".room_i (step_room_i | 1'b1)",
  },
  {
    what: 'a sequence is cut a step late',
    file: 'axis_in',
    from: 'BEFORE_I = MAX_LENGTH - 2',
    to: 'BEFORE_I = MAX_LENGTH - 1',
  },
  {
    what: 'steps are counted through the end of a sequence',
    file: 'axis_in',
    from: 's_axis_tlast | full_q | rst_i',
    to: 'full_q | rst_i',
  },
  {
    what: 'tlast at the greatest length raises the flag',
    file: 'axis_in',
    from: 'full & ~s_axis_tlast',
    to: 'full',
  },
  {
    what: 'a sequence is cut without the flag',
    file: 'axis_in',
    from: 'in_end ? full & ~s_axis_tlast : s_axis_tlast',
    to: '~in_end & s_axis_tlast',
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
    from: 'step_tag_o   = {last_q, first_q}',
    to: 'step_tag_o   = start ? {last_q, first_q} : tag_q',
  },
  {
    what: 'the second vector that waits has the end of the first',
    file: 'axis_in',
    from: 'two_q ? second_last_q : in_last',
    to: 'two_q ? last_q : in_last',
  },
  {
    what: 'a third vector is taken',
    file: 'axis_in',
    from: '~start & (two_q | (one_q & gathered))',
    to: '~start & one_q & gathered',
  },
  {
    what: 'the word is replaced while the sink holds back',
    file: 'axis_out',
    from: ' & (~valid_q | m_axis_tready)',
    to: '',
  },
  {
    what: 'a beat of many is forgotten',
    file: 'axis_out',
    from: 'three = many_q | held[2]',
    to: 'three = held[2]',
  },
  {
    what: 'two beats are taken for three',
    file: 'axis_out',
    from: '(held[1] & held[0])',
    to: 'held[1]',
  },
  {
    what: 'slots never run out',
    file: 'axis_out',
    from: 'full_q <= ~done_q & (used_q == LAST_SLOT)',
    to: "full_q <= 1'b0 & (used_q == LAST_SLOT)",
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
    from: '~(emits & full_q)',
    to: '~full_q',
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
