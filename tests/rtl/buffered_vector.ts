import type { Beat } from '../../src/hardware/blocks/block.js';
import { packBeat, put } from './corner.js';
import type { SideInput } from './stream_corner.js';

/**
 * A vector that is read along with the stream: its words come in the cycles after the reads, the
 * last read releases it; its start is noise.
 *
 * @param readsOf the cycles of the reads, from those of the stream's beats: by default the same.
 */
export function bufferedVector(
  name: string,
  lanes: number,
  width: number,
  beatsOf: (index: number) => readonly Beat[],
  readsOf: (cycles: readonly number[]) => readonly number[] = (cycles) => cycles,
): SideInput {
  return {
    stimulus: [
      { name: `${name}_start`, width: 1, garbage: true },
      { name: `${name}_tag`, width: 2, garbage: true },
      { name: `${name}_data`, width: lanes * width, garbage: true },
    ],
    expected: [
      { name: `${name}_read`, width: 1 },
      { name: `${name}_release`, width: 1 },
    ],
    play(stimulus, expected, { cycles, reset }, index) {
      const beats = beatsOf(index);
      readsOf(cycles).forEach((cycle, b) => {
        if (cycle > reset) return;
        const last = b === cycles.length - 1;
        put(expected, cycle, { [`${name}_read`]: 1n, [`${name}_release`]: last ? 1n : 0n });
        put(stimulus, cycle + 1, { [`${name}_data`]: packBeat(beats[b] ?? [], width) });
      });
    },
  };
}
