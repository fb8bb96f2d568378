import { Qs5Error } from '../base/errors.js';
import type { LoadedConfig } from './load.js';

type Located = Pick<LoadedConfig, 'locate'>;

/**
 * Runs `fn`, also if it returns a promise. A Qs5Error with a config path but without a place gets
 * the place of that path in the config file.
 */
export function withLocations<T>(loaded: Located, fn: () => Promise<T>): Promise<T>;
export function withLocations<T>(loaded: Located, fn: () => T): T;
export function withLocations(loaded: Located, fn: () => unknown): unknown {
  try {
    const result = fn();
    if (!(result instanceof Promise)) return result;
    return result.catch((error: unknown) => {
      throw located(loaded, error);
    });
  } catch (error) {
    throw located(loaded, error);
  }
}

function located(loaded: Located, error: unknown): unknown {
  if (!(error instanceof Qs5Error)) return error;
  return error.placed(({ path, location }) =>
    path && !location ? loaded.locate(path) : undefined,
  );
}
