import { mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';

/** Programs that no unit test may run: simulators, synthesis, placers and compilers. */
const TOOLS = /^(verilator|iverilog|vvp|yosys|nextpnr|make$|gmake$|cc$|c\+\+|gcc|g\+\+|clang)/;

/** Makes folders for this run of the tests alone, and names them in the environment. */
export default function (): (() => void) | undefined {
  // Each tier calls this function. Only the first call makes the folders.
  if (process.env['QS5_TEST_CACHE'] !== undefined) return undefined;
  const root = mkdtempSync(join(tmpdir(), 'qs5-tests-'));
  process.env['QS5_TEST_FOLDER'] = root;
  process.env['QS5_TEST_CACHE'] = join(root, 'cache');
  process.env['QS5_UNIT_PATH'] = linksWithoutTools(join(root, 'bin'));
  return () => {
    rmSync(root, { recursive: true, force: true });
  };
}

/** A folder with all programs of PATH but the tools. */
function linksWithoutTools(folder: string): string {
  mkdirSync(folder);
  for (const place of (process.env['PATH'] ?? '').split(delimiter)) {
    for (const name of namesIn(place)) {
      if (TOOLS.test(name)) continue;
      try {
        symlinkSync(join(place, name), join(folder, name));
      } catch {
        // The first of a name counts, as in PATH.
      }
    }
  }
  return folder;
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
