import { expect, it } from 'vitest';
import { counted } from '../src/base/counted.js';

it('a count of one has a singular noun', () => {
  expect([0, 1, 2].map((count) => counted(count, 'word'))).toEqual([
    '0 words',
    '1 word',
    '2 words',
  ]);
});
