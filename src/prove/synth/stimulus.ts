import type { Stimulus } from '../../hardware/cycle/stimulus.js';
import type { Design } from '../../design/build.js';

/**
 * Stimulus of a netlist: the first steps of two test sequences, so that a state is cleared once.
 * Simulation of gates is too slow for whole sequences.
 */
export function netlistStimulus(
  { words, sequences }: Pick<Design, 'words' | 'sequences'>,
  steps: number,
): Stimulus {
  const count = Math.min(2, sequences);
  return {
    sequences: Array.from({ length: count }, (_, i) => words(i).slice(0, steps)),
    validPattern: [true],
    readyPattern: [true],
    resets: [],
  };
}
