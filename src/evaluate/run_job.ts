import { createFastEmulator } from '../emulate/fast/emulator.js';
import { forward } from '../s5/forward.js';
import type { Job, Result, Setup } from './job.js';

/** Runs jobs one after the other, each from x = 0. */
export function createRunner({ network, model }: Setup): (job: Job) => Result {
  const emulator = createFastEmulator(network);
  let before = new Map(emulator.clipped);
  const newlyClipped = () => {
    const counts = [...emulator.clipped].map(
      ([id, count]) => [id, count - (before.get(id) ?? 0)] as const,
    );
    before = new Map(emulator.clipped);
    return new Map(counts.filter(([, count]) => count > 0));
  };
  return ({ index, steps, words, values }) => {
    const elements = words.length / steps;
    const sequence = Array.from({ length: steps }, (_, k) =>
      words.subarray(k * elements, (k + 1) * elements),
    );
    const vectors = emulator.run(sequence);
    const integer = new Float64Array(vectors.reduce((sum, vector) => sum + vector.length, 0));
    let at = 0;
    for (const vector of vectors) {
      integer.set(vector, at);
      at += vector.length;
    }
    return {
      index,
      integer,
      float: model === undefined ? new Float64Array() : forward(model, values, steps),
      clipped: newlyClipped(),
    };
  };
}
