import { schemasAt } from '../config/describe.js';
import { configJsonSchema } from '../config/json_schema.js';

const SCHEMA = configJsonSchema();

/** The words that the config's schema allows at a path: a new one is drawn without being asked for. */
export function choicesOf(path: readonly string[]): readonly string[] {
  const words = schemasAt(SCHEMA, path).flatMap((node) => node.enum?.map(String) ?? []);
  if (words.length === 0) throw new Error(`no choice at ${path.join('.')}`);
  return words;
}
