import { Qs5Error } from '../../base/errors.js';
import { MAX_EXACT_WIDTH, signedWidth } from '../../base/fixed/range.js';
import { isExact } from '../bounds.js';
import type { Node } from '../types.js';

/** Every word that a node makes on its way must be exact in a `number`. */
export function checkExact(node: Node): void {
  if (isExact(node.range)) return;
  throw new Qs5Error('E_WIDTH', {
    subject: node.id,
    message: `The sums of ${node.id} take ${signedWidth(node.range)} bits; up to ${MAX_EXACT_WIDTH - 1} are exact.`,
    hint: 'use fewer bits for its weights or for the activations that enter it.',
  });
}
