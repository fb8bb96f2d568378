import { expect, test } from 'vitest';
import {
  erfGelu,
  gelu,
  geluOf,
  hardSigmoid,
  qGelu,
  sigmoid,
  sigmoidOf,
} from '../../src/float/s5/activation.js';

const grid = Array.from({ length: 1601 }, (_, i) => (i - 800) / 100);

test('q_gelu is 0, a parabola, the identity', () => {
  expect([-8, -2, -1, 0, 1, 2, 5].map(qGelu)).toEqual([-0, -0, -0.25, 0, 0.75, 2, 5]);
  for (const x of grid) expect(Math.abs(qGelu(x) - gelu(x))).toBeLessThan(0.12);
  expect([geluOf('exact'), geluOf('erf'), geluOf('q_gelu')]).toEqual([gelu, erfGelu, qGelu]);
});

test('the hard sigmoid is 0, a line, 1', () => {
  expect([-8, -3, -1.5, 0, 1.5, 3, 9].map(hardSigmoid)).toEqual([0, 0, 0.25, 0.5, 0.75, 1, 1]);
  for (const x of grid) expect(Math.abs(hardSigmoid(x) - sigmoid(x))).toBeLessThan(0.07);
  expect([sigmoidOf('exact'), sigmoidOf('hard')]).toEqual([sigmoid, hardSigmoid]);
});

test('the exact ones at values known from jax.nn', () => {
  expect(gelu(1)).toBeCloseTo(0.841192, 6);
  expect(gelu(-1)).toBeCloseTo(-0.158808, 6);
  expect(sigmoid(1)).toBeCloseTo(0.731059, 6);
});
