import { describe, expect, it } from 'vitest';
import { editDistance, nearest } from '../src/base/nearest.js';

describe('nearest', () => {
  it('counts edits', () => {
    expect(editDistance('abc', 'abc')).toBe(0);
    expect(editDistance('abc', 'acb')).toBe(1);
    expect(editDistance('', 'abc')).toBe(3);
    expect(editDistance('kitten', 'sitting')).toBe(3);
  });

  it('finds the intended word, or none if all are far', () => {
    expect(nearest('Precsion', ['rounding', 'precision'])).toBe('precision');
    expect(nearest('x', ['a', 'b'])).toBeUndefined();
    expect(nearest('speed', ['rounding', 'precision'])).toBeUndefined();
    expect(nearest('a/layers_1/log_step', ['a/layers_1/log_steps', 'x'.repeat(1e6)])).toBe(
      'a/layers_1/log_steps',
    );
  });
});
