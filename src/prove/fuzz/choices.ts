import { schemasAt } from '../../config/describe.js';
import { configJsonSchema } from '../../config/json_schema.js';

const SCHEMA = configJsonSchema();

/** Words that the schema of the config allows at a path. New words are thus included at once. */
export function choicesOf(path: readonly string[]): readonly string[] {
  const words = schemasAt(SCHEMA, path).flatMap((node) => node.enum?.map(String) ?? []);
  if (words.length === 0) throw new Error(`no choice at ${path.join('.')}`);
  return words;
}
