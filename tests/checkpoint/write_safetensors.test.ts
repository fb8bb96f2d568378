import { expect, test } from 'vitest';
import fc from 'fast-check';
import { readSafetensors, type Tensor } from '../../src/float/checkpoint/safetensors.js';
import { writeSafetensors } from '../../src/float/checkpoint/write_safetensors.js';
import { caught } from './caught.js';

const names = fc
  .string({ minLength: 1 })
  .filter((name) => !['__metadata__', '__proto__'].includes(name));
const tensors: fc.Arbitrary<Tensor[]> = fc.uniqueArray(
  fc
    .record({ name: names, shape: fc.array(fc.nat(3), { maxLength: 3 }) })
    .chain(({ name, shape }) => {
      const count = shape.reduce((product, size) => product * size, 1);
      const values = fc.array(fc.double({ noNaN: true, noDefaultInfinity: true }), {
        minLength: count,
        maxLength: count,
      });
      return values.map((data) => ({ name, shape, data: Float64Array.from(data) }));
    }),
  { selector: (tensor) => tensor.name, maxLength: 5 },
);

test('F64 reads back as written', () => {
  fc.assert(
    fc.property(tensors, fc.dictionary(names, fc.string()), (given, metadata) => {
      const result = readSafetensors(writeSafetensors(given, metadata, 'F64'), 'm');
      expect({ ...result.metadata }).toEqual({ ...metadata });
      expect(result.tensors).toEqual(new Map(given.map((tensor) => [tensor.name, tensor])));
    }),
  );
});

test('the bytes do not depend on the order given, and the data is aligned', () => {
  const a = { name: 'a', shape: [2], data: Float64Array.of(1, 2) };
  const b = { name: 'b', shape: [1], data: Float64Array.of(0.1) };
  const bytes = writeSafetensors([a, b], { x: '1', y: '2' });
  expect(writeSafetensors([b, a], { y: '2', x: '1' })).toEqual(bytes);
  expect((bytes.length - 12) % 8).toBe(0);
  expect(readSafetensors(bytes, 'm').tensors.get('b')?.data).toEqual(
    Float64Array.of(Math.fround(0.1)),
  );
});

test('tensors that cannot be written', () => {
  const tensor = (name: string, shape: number[], ...values: number[]): Tensor => ({
    name,
    shape,
    data: Float64Array.from(values),
  });
  const write = (...given: Tensor[]): string => caught(() => writeSafetensors(given, {}));
  expect(write(tensor('w', [1], 1), tensor('w', [1], 2))).toMatchInlineSnapshot(`
    "w  E_CHECKPOINT_TENSOR
      Two tensors have this name."
  `);
  expect(write(tensor('w', [2, 2], 1))).toMatchInlineSnapshot(`
    "w  E_CHECKPOINT_TENSOR
      Shape [2, 2] does not hold 1 elements."
  `);
  expect(write(tensor('w', [2], 1, 1e39))).toMatchInlineSnapshot(`
    "w  E_CHECKPOINT_TENSOR
      Element 1 is 1e+39, which F32 cannot hold."
  `);
  expect(write(tensor('w', [1], NaN))).toMatchInlineSnapshot(`
    "w  E_CHECKPOINT_TENSOR
      Element 0 is NaN, which F32 cannot hold."
  `);
  expect(write(tensor('__metadata__', [1], 0))).toMatchInlineSnapshot(`
    "__metadata__  E_CHECKPOINT_TENSOR
      The name is reserved by the format."
  `);
});
