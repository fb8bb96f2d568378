import { expect, it } from 'vitest';
import { cacheFolder } from '../../src/jobs/cache/folder.js';

it.each([
  [{ QS5_CACHE: '/own', XDG_CACHE_HOME: '/xdg', HOME: '/home/me' }, '/own'],
  [{ QS5_CACHE: '', XDG_CACHE_HOME: '/xdg', HOME: '/home/me' }, undefined],
  [{ XDG_CACHE_HOME: '/xdg', HOME: '/home/me' }, '/xdg/qs5'],
  [{ XDG_CACHE_HOME: 'relative', HOME: '/home/me' }, '/home/me/.cache/qs5'],
  [{ XDG_CACHE_HOME: '', HOME: '/home/me' }, '/home/me/.cache/qs5'],
  [{ HOME: '' }, undefined],
  [{}, undefined],
])('the cache of %j is %s', (env, folder) => {
  expect(cacheFolder(env)).toBe(folder);
});
