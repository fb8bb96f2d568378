import { readFileSync } from 'node:fs';
import * as z from 'zod';

const packageFile = z.object({ version: z.string() });

/** Version of qs5, from its package.json. */
export function packageVersion(): string {
  const text = readFileSync(new URL('../../../package.json', import.meta.url), 'utf8');
  return packageFile.parse(JSON.parse(text)).version;
}
