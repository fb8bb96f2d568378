import { at } from '../../base/at.js';
import type { Path, Structure } from './block.js';

/**
 * Amounts of registers and logic, gathered piece by piece. They are those of the Verilog after what
 * is constant, unused or there twice is gone.
 */
export class Amounts {
  private readonly amounts: Record<string, number> = {};

  add(name: string, amount: number): this {
    this.amounts[name] = (this.amounts[name] ?? 0) + amount;
    return this;
  }

  /** A delay of `bits` bits by `stages` cycles. Below three stages it is flip-flops, not shift registers. */
  line(bits: number, stages: number): this {
    if (stages < 3) return this.add('register', bits * stages);
    return this.add('delay', bits * stages).add('delayLines', bits);
  }

  get structure(): Structure {
    return { register: 0, delay: 0, delayLines: 0, ...this.amounts };
  }
}

export function bitsOf(count: number): number {
  return count > 1 ? Math.ceil(Math.log2(count)) : 1;
}

function isPower(n: number): boolean {
  return Number.isInteger(Math.log2(n));
}

/** Outputs of a qs5_lookahead_counter that are used in addition to its end. */
interface LookaheadCounterUse {
  readonly lowest: boolean;
  readonly first?: boolean;
  readonly last?: boolean;
}

function addLookaheadCounter(a: Amounts, count: number, use: LookaheadCounterUse): void {
  if (count === 1) return;
  const { lowest, first = false, last = false } = use;
  const bits = bitsOf(count);
  const knowsLast = last || first || !isPower(count) || !lowest;
  // With two values, last is the value itself. The end of the lowest digit is its last.
  const lastBits = knowsLast && count > 2 && !lowest ? 1 : 0;
  const endBits = lowest && count === 2 ? 0 : 1;
  a.add('register', bits + lastBits + endBits + (first ? 1 : 0)).add('counter', bits);
}

export interface Sequencer {
  readonly turns: number;
  readonly reads: number;
  readonly passReads: number;
  readonly slots: number;
  readonly addrBits: number;
  /** True if the first read of a pass is an output. */
  readonly first: boolean;
}

/** Adds the structure of qs5_matvec_sequencer. */
export function addSequencer(a: Amounts, w: Sequencer): void {
  const { turns, reads, passReads, slots, addrBits } = w;
  const rests = passReads > reads;
  addLookaheadCounter(a, slots, { lowest: true });
  addLookaheadCounter(a, passReads, {
    ...{ lowest: slots === 1, first: w.first },
    last: !rests || reads === 1,
  });
  addLookaheadCounter(a, turns, { lowest: slots === 1 && passReads === 1, last: true });
  // Busy flag and tag. With several slots a read flag, with rests two flags of the reads.
  a.add('register', 3 + (slots > 1 ? 1 : 0) + (rests ? 2 : 0));
  if (rests || !isPower(slots) || !isPower(reads)) {
    a.add('register', addrBits).add('counter', addrBits);
  }
}

/** Adds the structure of qs5_adder_tree, whose sums need at most `most` bits. */
export function addTree(a: Amounts, terms: number, width: number, most: number): void {
  let widths = Array.from({ length: terms }, () => width);
  for (let level = 1; widths.length > 1; level++) {
    const sums: number[] = [];
    for (let i = 0; i < widths.length; i += 2) {
      const odd = i + 1 === widths.length;
      // The sign of a word that is carried along is there once.
      const bits = Math.min(odd ? at(widths, i) : width + level, most);
      a.add('register', bits);
      if (!odd) a.add('adder', bits);
      sums.push(bits);
    }
    widths = sums;
  }
}

export interface Accumulators {
  readonly pe: number;
  readonly reads: number;
  readonly outLanes: number;
  readonly accWidth: number;
  /** Bits of a term, those above being its sign. */
  readonly termBits: number;
  readonly load: boolean;
  readonly parts: number;
}

/** Adds the structure of qs5_matvec_accumulators. */
export function addAccumulators(a: Amounts, r: Accumulators): void {
  const { pe, reads, outLanes, accWidth, termBits, load, parts } = r;
  const beats = pe / outLanes;
  const late = reads > 1 && load;
  const wait = beats > 1 || (reads > 1 && !late);
  const partBits = Math.ceil(accWidth / parts);
  const widthOf = (k: number) => Math.min(partBits, accWidth - k * partBits);
  if (reads > 1) a.add('register', pe * accWidth).add('adder', pe * accWidth);
  if (late) a.add('register', parts).add('adder', 2 * pe * (parts - 1));
  if (wait) a.add('register', pe * accWidth);
  if (beats > 1) a.add('mux', (pe - outLanes) * accWidth);
  // Parts work one after the other.
  a.add('register', (parts - 1) * pe + (wait ? parts - 1 + (late ? 1 : 0) : 0));
  if (reads > 1 && !late) a.add('register', parts - 1);
  const delayed = new Set<string>();
  for (let k = 1; k < parts; k++) {
    for (let bit = k * partBits; bit < k * partBits + widthOf(k); bit++) {
      for (let s = 1; s <= k; s++) delayed.add(`${Math.min(bit, termBits - 1)} ${s}`);
    }
  }
  a.add('register', pe * delayed.size);
  for (let k = 0; k < parts - 1; k++) a.line(outLanes * widthOf(k), parts - 1 - k);
  const latency = (late ? 1 : 0) + (wait ? 1 : 0) + parts - 1;
  const start = beats > 1 ? latency - 1 : latency;
  a.add('register', start).line(2, start);
  if (beats > 1) a.add('register', 3);
  addLookaheadCounter(a, beats, { lowest: true });
}

/** Candidates for the critical path of a matvec. `treeBits`: bits of its adder tree's sums, 0 without one. */
export function matvecPaths(sequencer: Sequencer, rows: Accumulators, treeBits: number): Path[] {
  const { reads, accWidth, load, parts } = rows;
  const widest = Math.max(sequencer.passReads, sequencer.turns, sequencer.slots);
  const sum = Math.ceil(accWidth / parts);
  const paths: Path[] = [
    { from: 'register', levels: 2, carry: bitsOf(widest) },
    { from: 'multiplier', levels: 1, carry: reads > 1 && treeBits === 0 ? sum : 0 },
  ];
  // Where a sum is caught as it is made, it goes on to a second register.
  if (reads > 1) paths.push({ from: 'register', levels: load ? 1 : 2, carry: sum });
  if (treeBits > 0) paths.push({ from: 'register', levels: 1, carry: treeBits });
  return paths;
}
