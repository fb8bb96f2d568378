import { counted } from '../../base/counted.js';
import type { Block } from '../blocks/block.js';
import type { Part } from './part.js';

/** The block that sets the least interval of a design. */
export type Slowest = Pick<Block, 'id' | 'minInterval' | 'limit'>;

/** No block spreads its beats. */
const NO_SPANS: ReadonlyMap<string, number> = new Map();

/**
 * The block that needs the most cycles from step to step. Gaps in the input keep a block busy for
 * longer than its minimum; steps must not overlap in a block, so that this span bounds the
 * interval.
 *
 * @param spans cycles from the first to the last beat of a step, by block id
 */
export function slowestOf(parts: readonly Part[], spans = NO_SPANS): Slowest {
  return parts
    .map(({ block: { id, minInterval, limit } }): Slowest => {
      const span = spans.get(id);
      if (span === undefined || span <= minInterval) return { id, minInterval, limit };
      return {
        id,
        minInterval: span,
        limit: `${limit}, which come within ${counted(span, 'cycle')}`,
      };
    })
    .reduce((a, b) => (b.minInterval > a.minInterval ? b : a));
}
