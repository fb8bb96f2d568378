import type { Path, Structure } from './block.js';

/** Bits of a count of `n` steps. */
export function countBits(n: number): number {
  return Math.max(1, Math.ceil(Math.log2(n)));
}

/** Longest count without a carry chain. */
const SHORT = 8;
/** Longest count whose end is seen without a register of its own. */
const AT_ONCE = 4;

/**
 * Structure of qs5_counter. `logic`: bits that are one LUT each.
 *
 * @param end true if the end of the count is used.
 */
export function counterStructure(n: number, end = true): Structure {
  if (n <= 1) return {};
  const bits = countBits(n);
  if (n <= SHORT) {
    const last = end && n > AT_ONCE ? 1 : 0;
    return { register: bits + last, logic: bits + last };
  }
  const last = end || 2 ** bits !== n;
  return { register: bits + (last ? 1 : 0), adder: bits, compare: last ? bits : 0 };
}

/** Its longest carry chain. */
export function counterPath(n: number): Path {
  return { from: 'register', levels: 1, carry: n > SHORT ? countBits(n) : 0 };
}

/** True if qs5_bank_address has bank and word side by side in the address. */
function isBeside(words: number, banks: number): boolean {
  return [words, banks].some((n) => 2 ** countBits(n) === n || n === 1);
}

/** Structure of qs5_bank_address. @param inOrder true for a writer. */
export function bankAddressStructure(words: number, banks: number, inOrder: boolean): Structure {
  if (banks === 1) return {};
  if (isBeside(words, banks)) return counterStructure(banks, false);
  if (inOrder) return counterStructure(words * banks, false);
  const bits = countBits(words * banks);
  // The lowest bits of a multiple of `words` are 0.
  let zeros = 0;
  while (words % 2 ** (zeros + 1) === 0) zeros += 1;
  return { register: bits - zeros, adder: 2 * bits - zeros, compare: bits - zeros };
}

/** Bits of its adder before the memory; 0 without. */
export function bankAddressCarry(words: number, banks: number): number {
  return isBeside(words, banks) ? 0 : countBits(words * banks);
}

/** Structure of qs5_step_pacer. */
export function stepPacerStructure(interval: number, aligned: boolean): Structure {
  const bits = stepPacerBits(interval);
  return { register: bits + (aligned ? 3 : 2), adder: bits };
}

/** Bits of its counter. */
export function stepPacerBits(interval: number): number {
  return countBits(interval - 2) + 1;
}
