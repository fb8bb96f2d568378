import type { InputClipping } from '../../network/quantize/input_words.js';

/** Line with clipped words by node, and the largest excess of the input over its range. */
export function clippedText(
  byNode: Iterable<readonly [string, number]>,
  input: { readonly id: string } & InputClipping,
): string {
  const counts = [...byNode].map(([node, count]) =>
    node === input.id
      ? `${node} ${count} of ${input.words} (up to ${input.reach.toPrecision(3)} times its range)`
      : `${node} ${count}`,
  );
  return `clipped words: ${counts.join(', ') || 'none'}`;
}

/** The input in a JSON document. */
export function inputClippingJson({ clipped, words, reach }: InputClipping) {
  return { clipped, words, reach };
}
