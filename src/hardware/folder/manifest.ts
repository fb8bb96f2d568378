import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';

/** The file by which a folder is known as one of ours, to be replaced by the next run. */
export const MANIFEST = 'manifest.json';

/** Names of the config and of the network file in a generated folder. */
export const FOLDER_CONFIG = 'config.yaml';
export const FOLDER_NETWORK = 'network.safetensors';

const schema = z.object({
  generator: z.string().startsWith('qs5 '),
  /** SHA-256 of every file but itself, by path; the first releases may have left it out. */
  files: z.record(z.string(), z.string()).default({}),
});

export type Manifest = z.infer<typeof schema>;

/** The manifest of a folder; undefined where there is none of ours. */
export async function readManifest(folder: string): Promise<Manifest | undefined> {
  try {
    const text = await readFile(join(folder, MANIFEST), 'utf8');
    return schema.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}
