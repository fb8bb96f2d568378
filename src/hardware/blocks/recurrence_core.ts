import { counted } from '../../base/counted.js';
import { at } from '../../base/at.js';
import { signedWidth, type Range } from '../../base/fixed/range.js';
import type { Rounding } from '../../base/fixed/rounding.js';
import {
  flagPort,
  must,
  streamPort,
  type Beat,
  type Machine,
  type Port,
  type Placement,
  ram,
  type Memory,
  type VerilogParameter,
  type Path,
  type Structure,
  signed,
} from './block.js';
import { lambdaIntegers, type LambdaInteger, type RecurrenceCoefficients } from './lambda_words.js';
import type { OperandWidths } from './multiply_port.js';
import { levelsOf, updateAmounts, updatePaths, type UpdateWidths } from './recurrence_structure.js';
import { roundBy, saturateTo, wrapTo } from './words.js';

export interface RecurrenceParameters {
  readonly id: string;
  /** P, and states per beat. */
  readonly states: number;
  readonly lanes: number;
  readonly stateWidth: number;
  readonly buWidth: number;
  readonly coefficients: RecurrenceCoefficients;
  /** Exact bounds of lambda_bar * x at 2^-frac. */
  readonly accRange: Range;
  readonly rounding: Rounding;
  /** False if every new state is proved to fit; default true. */
  readonly saturates?: boolean;
  /** Placement of the memories; default `auto`. */
  readonly place?: Placement;
  /** Operand widths of the multipliers that serve it; default: the widths of its own operands. */
  readonly served?: OperandWidths;
}

/** Cycles from a beat to the state that it makes, with and without clipping. */
export function recurrenceLatency(saturates: boolean): number {
  return saturates ? 5 : 3;
}

/** Cycles of the shortest update loop of states that may be clipped. */
export const SHORTEST_LOOP = 11;

/** Common part of the contracts of all recurrences. */
export interface RecurrenceCore {
  readonly lambda: readonly LambdaInteger[];
  readonly slots: number;
  /** Cycles from a beat to the state that it makes. */
  readonly latency: number;
  readonly accWidth: number;
  /** Memory of lambda_bar * x, without the fraction bits that the rounding does not need. */
  readonly memory: Memory;
  /** Fraction bits of a product that its rounding combines. */
  readonly others: number;
  readonly update: UpdateWidths;
  /** Structure of qs5_recurrence_state if products come back after `loop` cycles. */
  readonly structure: (loop: number) => Structure;
  readonly paths: readonly Path[];
  readonly parameters: readonly VerilogParameter[];
  readonly ports: readonly Port[];
  /** Least cycles from step to step with an update loop of `loop` cycles, and the reason for the limit. */
  readonly interval: (loop: number) => { readonly minInterval: number; readonly limit: string };
  /** A machine whose products are made of ROM words: one function per state. */
  readonly machine: (products: readonly ComplexProduct[]) => Machine;
}

/** Kept fraction bits of a product: the half, and one sticky bit for each of two parts of the rest. */
function keptFraction(frac: number, rounding: Rounding): number {
  const half = rounding === 'toward_zero' ? 0 : Math.min(frac, 1);
  return half + (rounding === 'half_up' ? 0 : Math.min(frac - half, 2));
}

/** lambda_bar * x at 2^-frac, from re x and im x. */
export type ComplexProduct = (a: number, b: number) => LambdaInteger;

/** Bits of lambda_bar * x at 2^-frac, and a half: at least one above those that rounding drops. */
export function recurrenceAccWidth(range: Range, frac: number, rounding: Rounding): number {
  const half = rounding === 'half_up' ? Math.floor(2 ** (frac - 1)) : 0;
  return Math.max(signedWidth({ lo: range.lo, hi: range.hi + half }), frac + 1);
}

/** Equation and formats of a recurrence. */
export function recurrenceSummary(
  p: Pick<RecurrenceParameters, 'states' | 'stateWidth' | 'buWidth' | 'rounding'>,
): string {
  const { states, stateWidth, buWidth, rounding } = p;
  return `x <- saturate(round(lambda x) + in), ${states} complex states, in ${signed(buWidth)}, x ${signed(stateWidth)}, ${rounding}`;
}

/**
 * @param rounded True if products include the increment of their rounding. Their fraction bits are then
 *   not kept.
 */
export function recurrenceCore(p: RecurrenceParameters, rounded: boolean): RecurrenceCore {
  const { states, lanes, stateWidth, buWidth, coefficients, rounding, saturates = true } = p;
  const { frac } = coefficients;
  const slots = states / lanes;
  const accWidth = recurrenceAccWidth(p.accRange, frac, rounding);
  const keptWidth = accWidth - frac + (rounded ? 0 : keptFraction(frac, rounding));
  const parts = 2 * lanes;
  const update: UpdateWidths = {
    ...{ floorWidth: accWidth - frac, increment: !rounded && frac > 0 },
    ...{ buWidth, stateWidth, saturates },
  };
  const others = rounded || rounding === 'half_up' ? 0 : frac - (rounding === 'half_even' ? 1 : 0);
  const latency = recurrenceLatency(saturates);
  const memory = ram('state', slots, 2 * lanes * keptWidth, p.place);
  return {
    lambda: lambdaIntegers(coefficients),
    slots,
    latency,
    others,
    update,
    accWidth,
    memory,
    structure(loop) {
      const { register, adder } = updateAmounts(update);
      const slotBits = Math.max(1, Math.ceil(Math.log2(slots)));
      const kept = update.floorWidth + (update.increment ? 1 : 0) + buWidth;
      return {
        // A flag of each part; valid to the write, the tag to the output, and three slots.
        register:
          parts * (register + kept + (saturates ? 1 : 0)) + 3 * latency + loop + 3 * slotBits,
        adder: parts * adder,
        check: parts * (others + (saturates ? stateWidth : 0)),
        counter: 3 * slotBits,
      };
    },
    paths: [
      ...updatePaths(update, 'register'),
      { from: 'memory', levels: 1, carry: 0 },
      { from: 'multiplier', levels: levelsOf(others / 2), carry: 0 },
    ],
    parameters: [
      { name: 'STATES', value: states },
      { name: 'LANES', value: lanes },
      { name: 'X_W', value: stateWidth },
      { name: 'BU_W', value: buWidth },
      { name: 'FRAC', value: frac },
      { name: 'ACC_W', value: accWidth },
      { name: 'ROUNDING', value: rounding },
      { name: 'SATURATE', value: saturates ? 1 : 0 },
      { name: 'RAM_STYLE', value: memory.style },
    ],
    ports: [
      streamPort('in', 'in', 2 * lanes, buWidth),
      streamPort('out', 'out', 2 * lanes, stateWidth),
      flagPort('saturated'),
    ],
    interval: (loop) => ({
      minInterval: Math.max(slots, loop),
      limit:
        slots >= loop
          ? `recurrence: ${counted(states, 'state')} on ${counted(lanes, 'lane')}`
          : `recurrence: update loop of ${loop} cycles, ${loop - slots} of them bubbles`,
    }),
    machine(products) {
      // Kept of each state: lambda_bar * x, rounded.
      const kept = new Array<number>(2 * states).fill(0);
      const wrap = wrapTo(accWidth);
      const round = roundBy(frac, rounding);
      const saturate = saturateTo(stateWidth);
      let saturated = false;
      const next = (word: number, first: boolean, bu: number): number => {
        const sum = (first ? 0 : at(kept, word)) + bu;
        const x = saturate(sum);
        saturated ||= x !== sum;
        return x;
      };
      return {
        step(inputs, { first }) {
          const out = must(inputs, 'in').map((beat, slot): Beat => {
            const words: number[] = [];
            for (let l = 0; l < lanes; l++) {
              const state = slot * lanes + l;
              const a = next(2 * state, first, at(beat, 2 * l));
              const b = next(2 * state + 1, first, at(beat, 2 * l + 1));
              const product = products[state]?.(a, b) ?? { re: 0, im: 0 };
              kept[2 * state] = round(wrap(product.re));
              kept[2 * state + 1] = round(wrap(product.im));
              words.push(a, b);
            }
            return words;
          });
          return { out };
        },
        flags: () => ({ saturated }),
      };
    },
  };
}
