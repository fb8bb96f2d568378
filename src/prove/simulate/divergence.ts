import { at, oneOrEach } from '../../base/at.js';
import { unpackFields } from '../../hardware/blocks/words.js';
import type { TimedOutput } from '../../hardware/cycle/model.js';
import type { Edge, Plan } from '../../hardware/plan/types.js';

/** The first place where two descriptions differ. */
export interface Divergence {
  /** -1 for a description without time. */
  readonly cycle: number;
  /** Signal that differs: an element of the output, its cycle, the end of the results, or the status. */
  readonly signal: string;
  /** Test sequence and time step, where the place is known. */
  readonly sequence?: number;
  readonly step?: number;
  readonly expected: string;
  readonly actual: string;
}

/** A word in hexadecimal and as its real value. */
export function describeWord(word: number, element: number, edge: Edge): string {
  const hex = BigInt.asUintN(edge.width, BigInt(word)).toString(16);
  const scale = oneOrEach(edge.scale, element);
  const digits = Math.ceil(edge.width / 4);
  return `0x${hex.padStart(digits, '0')} (${(word * scale).toPrecision(6)})`;
}

/** A word of the model that differs from the integer network. */
export function wordDivergence(
  plan: Plan,
  output: TimedOutput,
  lane: number,
  expected: number | undefined,
): Divergence {
  const element = output.beat * plan.output.lanes + lane;
  return {
    cycle: output.cycle,
    signal: `output[${element}]`,
    sequence: output.sequence,
    step: output.step,
    expected: expected === undefined ? 'none' : describeWord(expected, element, plan.output),
    actual: describeWord(at(output.words, lane), element, plan.output),
  };
}

/** A MISMATCH line of qs5_bench, as people read it. */
export function benchDivergence(
  plan: Plan,
  outputs: readonly TimedOutput[],
  line: string,
): Divergence | undefined {
  const fields = Object.fromEntries(
    [...line.matchAll(/(\w+)=(\S+)/g)].map(([, key = '', value = '']) => [key, value]),
  );
  const { cycle, output, signal, expected, actual } = fields;
  if (cycle === undefined || output === undefined || signal === undefined) return undefined;
  const index = Number(output);
  const beat = outputs[index];
  const place = beat === undefined ? {} : { sequence: beat.sequence, step: beat.step };
  const base = { cycle: Number(cycle), ...place };
  const plain = { ...base, signal, expected: expected ?? '?', actual: actual ?? '?' };
  if (signal !== 'm_axis') return plain;

  const wanted = beatOf(plan.output, expected);
  const found = beatOf(plan.output, actual);
  if (wanted === undefined || found === undefined) return plain;
  const lane = wanted.words.findIndex((word, i) => word !== found.words[i]);
  if (lane < 0) {
    const text = (last: boolean) => (last ? 'end of sequence' : 'not the end');
    return { ...plain, signal: 'tlast', expected: text(wanted.last), actual: text(found.last) };
  }
  const element = (beat?.beat ?? 0) * plan.output.lanes + lane;
  return {
    ...base,
    signal: `output[${element}]`,
    expected: describeWord(at(wanted.words, lane), element, plan.output),
    actual: describeWord(at(found.words, lane), element, plan.output),
  };
}

/** {tlast, tdata} in hexadecimal; undefined where some bit is unknown. */
function beatOf(edge: Edge, hex = ''): { last: boolean; words: number[] } | undefined {
  if (!/^[0-9a-f]+$/i.test(hex)) return undefined;
  const value = BigInt(`0x${hex}`);
  const words = Array.from({ length: edge.lanes }, (_, l) => {
    const [word = 0] = unpackFields(value >> BigInt(l * edge.slotWidth), 1, edge.width);
    return word;
  });
  return { last: (value >> BigInt(edge.lanes * edge.slotWidth)) % 2n === 1n, words };
}

/** One line for a person. */
export function formatDivergence(divergence: Divergence): string {
  const { cycle, signal, sequence, step, expected, actual } = divergence;
  const where = sequence === undefined ? '' : ` (sequence ${sequence}, step ${step ?? 0})`;
  // A description without time has no cycle.
  const when = cycle < 0 ? '' : `cycle ${cycle}, `;
  return `${when}${signal}${where}: expected ${expected}, found ${actual}`;
}
