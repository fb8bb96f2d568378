import type { Path } from './block.js';

/** Widths of a new state: qs5_recurrence_update, as in its RTL. */
export interface UpdateWidths {
  readonly floorWidth: number;
  /** True if an increment comes with the floor. */
  readonly increment: boolean;
  readonly buWidth: number;
  readonly stateWidth: number;
  readonly saturates: boolean;
}

/** Bits of flip-flops, and bits of carry chains. */
interface Amounts {
  readonly register: number;
  readonly adder: number;
}

/** Structure of a sum in two halves: the low half, the operands of the high half, `kept` bits of it. */
function sumAmounts(operands: readonly number[], sum: number, kept: number): Amounts {
  const low = Math.floor(sum / 2);
  // Copies of a sign are one flip-flop.
  const high = operands.map((bits) => Math.max(1, Math.min(bits, sum) - low));
  const register = low + 1 + high.reduce((a, b) => a + b, 0) + kept;
  return { register, adder: sum + 1 };
}

/** Structure of qs5_recurrence_update. */
export function updateAmounts(w: UpdateWidths): Amounts {
  const { floorWidth, buWidth, stateWidth, saturates } = w;
  const sum = sumWidth(w);
  const kept = saturates ? sum : Math.min(sum, stateWidth);
  const { register, adder } = sumAmounts([floorWidth, buWidth], sum, kept);
  return { register: register + (saturates ? clipRegisters(sum, stateWidth) : 0), adder };
}

function clipRegisters(sum: number, stateWidth: number): number {
  // No word is too wide: two stages more.
  if (sum < stateWidth) return 2 * sum;
  const flags = sum > stateWidth ? 5 : 3;
  return 2 * stateWidth - 1 + flags;
}

function sumWidth({ floorWidth, buWidth }: UpdateWidths): number {
  return Math.max(floorWidth, buWidth) + 1;
}

/** The slower half of its sum, and the flags of clipping. */
export function updatePaths(w: UpdateWidths, from: Path['from']): Path[] {
  const sum = sumWidth(w);
  const low = Math.floor(sum / 2);
  const carry = Math.max(low + (w.increment ? 2 : 1), sum - low + 1);
  return [
    { from, levels: 1, carry },
    { from: 'register', levels: 2, carry: 0 },
  ];
}

/** Structure of qs5_recurrence_sum, of which only bits from `unused` on are used. */
export function complexSumAmounts(product: number, sum: number, unused: number): Amounts {
  const { register, adder } = sumAmounts([product, product], sum, sum - unused);
  return { register: register - Math.min(unused, Math.floor(sum / 2)), adder };
}

/** 4-input LUTs in series that combine `bits` bits. */
export function levelsOf(bits: number): number {
  return Math.max(1, Math.ceil(Math.log2(bits) / 2));
}
