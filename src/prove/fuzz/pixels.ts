import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { randomStream } from '../../base/random.js';
import { withTemporaryFolder } from '../../tools/temporary_folder.js';

/** Random images, one pixel per step. */
export interface Pixels {
  readonly seed: number;
  readonly rows: number;
  readonly columns: number;
}

/** File names of a case, as in its config. */
export const PIXEL_FILES = {
  calibration: { images: 'calibration.idx' },
  test: { images: 'test.idx' },
} as const;

/** Enough images for calibration and for the run. */
const IMAGES = 4;

/** Calls a function with the IDX files of some images in a temporary folder. */
export async function withPixelFiles<T>(
  pixels: Pixels,
  run: (folder: string) => Promise<T>,
): Promise<T> {
  return withTemporaryFolder(async (folder) => {
    await writeFile(join(folder, PIXEL_FILES.calibration.images), idxFile(pixels, 0));
    await writeFile(join(folder, PIXEL_FILES.test.images), idxFile(pixels, 1));
    return run(folder);
  });
}

/** Images of bytes; black and white are frequent, as in drawings. */
function idxFile({ seed, rows, columns }: Pixels, set: number): Uint8Array {
  const { uniform } = randomStream((seed + set) | 0);
  const header = Buffer.alloc(16);
  [0x0803, IMAGES, rows, columns].forEach((value, i) => header.writeUInt32BE(value, 4 * i));
  const byte = () => Math.max(0, Math.min(255, Math.floor(512 * uniform()) - 128));
  return Buffer.concat([header, Uint8Array.from({ length: IMAGES * rows * columns }, byte)]);
}
