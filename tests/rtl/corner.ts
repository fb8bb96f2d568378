import type { Beat, StepTag } from '../../src/hardware/blocks/block.js';
import type { BenchSignals } from './print_bench.js';
import { randomBits, type Random } from './random.js';

/** One parameter corner of one module, with all that its bench plays. */
export interface Corner {
  /** The module under test; its bench is `<module>_tb`. */
  readonly module: string;
  readonly name: string;
  /** Parameters of the module and of its bench. */
  readonly parameters: Readonly<Record<string, number | string>>;
  /** Signals of a bench that is printed; absent for a bench in testbenches/. */
  readonly bench?: BenchSignals;
  /** A line per cycle. */
  readonly stimulus: readonly bigint[];
  readonly expected: readonly bigint[];
  /** Count and latency that the bench must report. */
  readonly outputs: number;
  readonly latency: number;
  /** Compares the TypeScript contract with the same golden; throws where it differs. */
  readonly checkContract: () => void;
}

/** A signal in a line of stimulus.hex or expected.hex. */
export interface Field {
  readonly name: string;
  readonly width: number;
  /** In cycles that say nothing about it: random bits instead of 0. */
  readonly garbage?: boolean;
}

/** Values of signals by cycle. */
export type Frames = Map<number, Record<string, bigint>>;

/** Sets signals in a cycle. */
export function put(frames: Frames, cycle: number, values: Record<string, bigint>): void {
  frames.set(cycle, { ...frames.get(cycle), ...values });
}

/** A line per cycle, first field in the highest bits. */
export function toLines(
  layout: readonly Field[],
  frames: Frames,
  cycles: number,
  random: Random,
): bigint[] {
  return Array.from({ length: cycles }, (_, cycle) => {
    const frame = frames.get(cycle) ?? {};
    let line = 0n;
    for (const { name, width, garbage = false } of layout) {
      const idle = garbage ? randomBits(random, width) : 0n;
      line = (line << BigInt(width)) | BigInt.asUintN(width, frame[name] ?? idle);
    }
    return line;
  });
}

/** A data bus: the lowest lane in the lowest bits. */
export function packBeat(beat: Beat, width: number): bigint {
  return beat.reduceRight((bus, word) => (bus << BigInt(width)) | unsigned(word, width), 0n);
}

function unsigned(word: number, width: number): bigint {
  return BigInt.asUintN(width, BigInt(word));
}

/** {last, first} */
export function packTag({ first, last }: StepTag): bigint {
  return (last ? 2n : 0n) + (first ? 1n : 0n);
}

/** Beats of `lanes` words. */
export function toBeats(words: readonly number[], lanes: number): Beat[] {
  const beats: Beat[] = [];
  for (let i = 0; i < words.length; i += lanes) beats.push(words.slice(i, i + lanes));
  return beats;
}

/** Parameters that say how a block computes: numbers and the rounding. The bench names the files. */
export function benchParameters(block: {
  readonly parameters: readonly { readonly name: string; readonly value: number | string }[];
}): Record<string, number | string> {
  return Object.fromEntries(
    block.parameters.flatMap(({ name, value }) =>
      typeof value === 'number' || name === 'ROUNDING' ? [[name, value] as const] : [],
    ),
  );
}
