import { at } from '../at.js';
import { nodeById } from '../network/types.js';
import { argmax } from '../s5/forward.js';
import type { Job, Result, Score, Setup } from './job.js';
import { createProbe } from './probe.js';

/** Runs jobs one after the other. */
export function createRunner(setup: Setup): (job: Job) => Result {
  const probe = createProbe(setup);
  const { length } = nodeById(setup.network, setup.network.output);
  return (job) => {
    const { float, integer, alone, without } = probe(job);
    const score = (outputs: Float64Array): Score => ({
      noise: outputs.reduce((sum, value, i) => sum + (value - at(float, i)) ** 2, 0),
      right: argmax(outputs.subarray(outputs.length - length)) === job.label,
    });
    return {
      index: job.index,
      signal: float.reduce((sum, value) => sum + value * value, 0),
      float: score(float),
      integer: score(integer),
      alone: alone.map(score),
      without: without.map(score),
    };
  };
}
