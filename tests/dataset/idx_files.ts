/** IDX files as MNIST has them. */

/** An IDX file of bytes. */
export function idxFile(dims: readonly number[], data: Uint8Array): Uint8Array {
  const head = Buffer.alloc(4 + 4 * dims.length);
  head.writeUInt16BE(8, 1);
  head.writeUInt8(8, 2);
  head.writeUInt8(dims.length, 3);
  dims.forEach((size, i) => head.writeUInt32BE(size, 4 + 4 * i));
  return Buffer.concat([head, data]);
}

/**
 * Digits of 4 x 4 pixels. Digit `i` has label i % classes, and pixels that say which digit and which
 * pixel it is.
 *
 * @param first Value of the first pixel.
 */
export function digitFiles(
  count: number,
  first: number,
  classes = 10,
): { images: Uint8Array; labels: Uint8Array } {
  const pixels = Uint8Array.from(
    { length: 16 * count },
    (_, k) => first + 16 * (k >> 4) + (k % 16),
  );
  const labels = Uint8Array.from({ length: count }, (_, i) => i % classes);
  return { images: idxFile([count, 4, 4], pixels), labels: idxFile([count], labels) };
}
