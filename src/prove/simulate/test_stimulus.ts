import type { Stimulus } from '../../hardware/cycle/stimulus.js';
import type { Design } from '../../design/build.js';
import { Qs5Error } from '../../base/errors.js';
import { stallPatterns, type Stalls } from './patterns.js';

/**
 * The first test sequences of a design, whole.
 *
 * @throws E_USAGE for more than there are.
 */
export function testStimulus(
  { plan, words, sequences: available }: Pick<Design, 'plan' | 'words' | 'sequences'>,
  sequences: number,
  stalls: Stalls,
  seed: number,
): Stimulus {
  if (sequences > available) {
    throw new Qs5Error('E_USAGE', {
      message: `--sequences ${sequences} is more than the ${available} test sequences.`,
      hint: `use at most ${available}.`,
    });
  }
  return {
    sequences: Array.from({ length: sequences }, (_, i) => words(i)),
    ...stallPatterns(stalls, plan, seed),
    resets: [],
  };
}
