import { isAbsolute, join } from 'node:path';

/** Variable with the folder of the cache; empty: there is no cache. */
export const CACHE_VARIABLE = 'QS5_CACHE';

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Folder for what can be computed again: QS5_CACHE, else `qs5` in the cache folder of the user, by
 * the XDG base directory rules. Undefined where there is none.
 */
export function cacheFolder(env: Environment): string | undefined {
  const named = env[CACHE_VARIABLE];
  if (named !== undefined) return named === '' ? undefined : named;
  const xdg = env['XDG_CACHE_HOME'];
  // A relative path is to be ignored, by those rules.
  if (xdg !== undefined && isAbsolute(xdg)) return join(xdg, 'qs5');
  const home = env['HOME'];
  return home !== undefined && isAbsolute(home) ? join(home, '.cache', 'qs5') : undefined;
}
