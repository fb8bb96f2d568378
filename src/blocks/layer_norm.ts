import type { Block } from './block.js';
export function layerNormBlock(_p: object): Block {
  throw new Error('not yet');
}
