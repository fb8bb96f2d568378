import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import * as z from 'zod';
import type { Device } from '../../hardware/device/device.js';
import { familyOf } from '../../hardware/device/families/index.js';
import type { Files } from '../../hardware/folder/files.js';
import { packageFile } from '../../hardware/folder/library.js';

export interface CellModels {
  readonly files: Files;
  readonly defines: readonly string[];
}

/** Simulation models of the cells of a family; undefined for a family without models. */
export async function cellModels(family: Device['family']): Promise<CellModels | undefined> {
  const { models } = familyOf(family);
  if (models === undefined) return undefined;
  const { without = [] } = models;
  const own = models.own === undefined ? '' : await packageFile(models.own);
  const library = await yosysFile(models.library);
  const files = new Map([
    ['cells/library.v', withoutModules(library, [...moduleNames(own), ...without])],
  ]);
  if (own !== '') files.set('cells/own.v', own);
  return { files, defines: models.defines };
}

const treeSchema: z.ZodType<Tree> = z.lazy(() => z.record(z.string(), z.unknown()));
type Tree = Record<string, unknown>;

/**
 * A file of the embedded Yosys, with its includes expanded. The models always come from the
 * embedded Yosys, also for a netlist of another Yosys.
 */
async function yosysFile(path: readonly string[]): Promise<string> {
  const require = createRequire(import.meta.url);
  const bundle = pathToFileURL(require.resolve('@yowasp/yosys'));
  const resources = z
    .object({ filesystem: z.object({ share: treeSchema }) })
    .parse(await import(new URL('./resources-yosys.js', bundle).href));
  const load = async (names: readonly string[]): Promise<string> => {
    let at: unknown = resources.filesystem.share;
    for (const name of names) at = treeSchema.parse(at)[name];
    const text = await textOf(at);
    const parts = text.split(/^`include "(.*)"$/m);
    // Every second part is the name of an included file.
    const folder = names.slice(0, -1);
    const whole = parts.map(async (part, i) => (i % 2 === 1 ? load([...folder, part]) : part));
    return (await Promise.all(whole)).join('');
  };
  return load(path);
}

/** Text of a node of the tree. A long text is in its own file, or was read by a run. */
async function textOf(node: unknown): Promise<string> {
  if (node instanceof URL) return readFile(node, 'utf8');
  return node instanceof Uint8Array ? new TextDecoder().decode(node) : z.string().parse(node);
}

function moduleNames(text: string): string[] {
  return [...text.matchAll(/^module (\w+)/gm)].map(([, name = '']) => name);
}

function withoutModules(text: string, names: readonly string[]): string {
  return names.reduce(
    (rest, name) => rest.replace(new RegExp(`^module ${name}\\b[\\s\\S]*?^endmodule`, 'm'), ''),
    text,
  );
}
