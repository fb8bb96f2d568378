import { parseConfig, type LoadedConfig } from '../../config/load.js';
import { parseYaml } from '../../config/yaml_document.js';
import { Qs5Error } from '../../base/errors.js';
import type { LoadedSweep, Overrides, Point } from './schema.js';

/**
 * The base config with the values of a point.
 *
 * @throws E_CONFIG_* at the point's place in the sweep file.
 */
export function configOfPoint(
  base: LoadedConfig,
  { document, sweep }: Pick<LoadedSweep, 'document' | 'sweep'>,
  point: Point,
): LoadedConfig {
  try {
    return withOverrides(base, { ...sweep.set, ...point.overrides });
  } catch (error) {
    if (!(error instanceof Qs5Error)) throw error;
    throw error.at(document.locate(point.path));
  }
}

/**
 * A config with other values at some of its paths.
 *
 * @throws E_CONFIG_*
 */
export function withOverrides(base: LoadedConfig, overrides: Overrides): LoadedConfig {
  const value = structuredClone(parseYaml(base.text, base.file).value);
  for (const [path, wanted] of Object.entries(overrides)) setAt(value, path, wanted);
  // JSON is YAML, so a point is parsed like any config.
  const loaded = parseConfig(JSON.stringify(value), base.file);
  return { ...loaded, dir: base.dir };
}

function setAt(root: unknown, path: string, wanted: unknown): void {
  const keys = path.split('.');
  let parent = root;
  for (const key of keys.slice(0, -1)) {
    if (!isObject(parent)) break;
    parent[key] ??= {};
    parent = parent[key];
  }
  const last = keys.at(-1) ?? '';
  if (!isObject(parent)) {
    throw new Qs5Error('E_CONFIG_VALUE', {
      message: `The base config has no place for ${path}.`,
      hint: 'a path is the keys of a config, joined with dots: precision.a.',
    });
  }
  parent[last] = wanted;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
