import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { randomStream } from '../random.js';

/** Random images: a pixel per step. */
export interface Pixels {
  readonly seed: number;
  readonly rows: number;
  readonly columns: number;
}

/** The files of a case, as its config names them. */
export const PIXEL_FILES = {
  calibration: { images: 'calibration.idx' },
  test: { images: 'test.idx' },
} as const;

/** At least as many as a case calibrates with, and as it runs. */
const IMAGES = 4;

/** Runs something with the IDX files of some images in a folder of their own. */
export async function withPixelFiles<T>(
  pixels: Pixels,
  run: (folder: string) => Promise<T>,
): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'qs5-'));
  try {
    await writeFile(join(folder, PIXEL_FILES.calibration.images), idxFile(pixels, 0));
    await writeFile(join(folder, PIXEL_FILES.test.images), idxFile(pixels, 1));
    return await run(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Images of bytes; black and white are as frequent as in drawings. */
function idxFile({ seed, rows, columns }: Pixels, set: number): Uint8Array {
  const { uniform } = randomStream((seed + set) | 0);
  const header = Buffer.alloc(16);
  [0x0803, IMAGES, rows, columns].forEach((value, i) => header.writeUInt32BE(value, 4 * i));
  const byte = () => Math.max(0, Math.min(255, Math.floor(512 * uniform()) - 128));
  return Buffer.concat([header, Uint8Array.from({ length: IMAGES * rows * columns }, byte)]);
}
