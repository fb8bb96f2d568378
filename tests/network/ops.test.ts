import { describe, expect, it } from 'vitest';
import { OPS, specOf } from '../../src/network/ops/table.js';

describe('the table of operations', () => {
  it('has each operation under the name that its nodes have in a file', () => {
    const named = Object.values(OPS).map(({ schema }) => schema.shape.op.value);
    expect(named).toEqual(Object.keys(OPS));
  });

  it('says which operations have a sticky flag for words that saturate', () => {
    const flagged = Object.values(OPS).flatMap(({ schema, saturates }) =>
      saturates ? [schema.shape.op.value] : [],
    );
    expect(flagged).toEqual(['requantize', 'recurrence', 'residual']);
    expect(specOf('matvec').saturates).toBe(false);
  });
});
