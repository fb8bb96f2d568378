import { readdir, readFile } from 'node:fs/promises';

/** The module around a design that has more ports than a chip has pins. */
export const PINS_TOP = 'qs5_on_pins';

/** The module around a block that is synthesised alone. */
export const ALONE_TOP = 'qs5_alone';

/** Folders of the package that have Verilog of ours. */
const FOLDERS = ['rtl', 'sim', 'testbenches'] as const;

let taken: Promise<ReadonlySet<string>> | undefined;

/**
 * Names of the modules in one folder with a design: library, benches, and wrappers. Their prefix
 * keeps designs and modules apart from keywords and from the cells of vendors.
 */
export async function takenModules(): Promise<ReadonlySet<string>> {
  taken ??= readNames();
  return taken;
}

async function readNames(): Promise<ReadonlySet<string>> {
  const names = new Set<string>([PINS_TOP, ALONE_TOP]);
  for (const folder of FOLDERS) {
    const place = new URL(`../../../${folder}/`, import.meta.url);
    for (const file of (await readdir(place, { recursive: true })).filter((name) =>
      name.endsWith('.v'),
    )) {
      const text = await readFile(new URL(file, place), 'utf8');
      for (const [, name = ''] of text.matchAll(/^module\s+(\w+)/gm)) names.add(name);
    }
  }
  return names;
}
