import type { Stimulus } from '../cycle/stimulus.js';
import type { Design } from '../design/build.js';

/**
 * What a netlist is played: the first steps of two test sequences, so that a state is cleared
 * once; gates are simulated too slowly for whole ones.
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
