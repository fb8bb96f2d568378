import { counted } from '../../base/counted.js';
import type { RomImage } from '../blocks/block.js';

/** Unsigned words in hexadecimal, padded to their width. */
export function hexWord(word: bigint, width: number): string {
  return word.toString(16).padStart(Math.ceil(width / 4), '0');
}

/** A $readmemh file: a comment that says what the words are, then one word a line. */
export function hexFile(comment: string, words: readonly bigint[], width: number): string {
  return `// ${comment}\n${words.map((word) => hexWord(word, width)).join('\n')}\n`;
}

/** The image of a ROM. */
export function romFile({ words, width, layout }: RomImage): string {
  return hexFile(`${counted(words.length, 'word')} of ${width} bits: ${layout}`, words, width);
}
