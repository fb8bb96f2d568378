import { setImmediate } from 'node:timers/promises';
import * as z from 'zod';
import { parseConfig } from '../../config/load.js';
import { buildDesign, type Design } from '../../design/build.js';
import { loadDevice, type Device } from '../../hardware/device/device.js';
import { dspsOfProduct } from '../../hardware/device/dsp.js';
import { Qs5Error, type ErrorCode } from '../../base/errors.js';
import { amountsOf } from '../../hardware/estimate/amounts.js';
import type { CalibrationPoint } from '../../hardware/estimate/calibration.js';
import { NO_CELLS } from '../synth/cells.js';
import { sha256 } from '../../hardware/folder/files.js';
import type { Store } from '../../jobs/store.js';
import {
  planRequest,
  synthesize,
  type SynthesisOptions,
  type SynthesisRequest,
} from '../synth/synthesize.js';
import { designText } from './designs.js';
import { withTemporaryFolder } from '../../tools/temporary_folder.js';

export interface RandomDesign {
  /** Number of the random config. Some configs are refused. */
  readonly index: number;
  readonly device: Device;
  readonly design: Design;
}

/** Codes of a refusal, in contrast to faults. */
const REFUSALS: ReadonlySet<ErrorCode> = new Set([
  'E_CONFIG_VALUE',
  'E_CONFIG_COMBINATION',
  'E_FOLDING',
  'E_UNSTABLE',
  'E_WIDTH',
]);

/** Limit on random configs per accepted design. Nearly all are accepted. */
const MOST_DRAWS = 20;

function tooFew(devices: readonly string[]): Qs5Error {
  return new Qs5Error('E_FOLDING', {
    subject: devices.join(', '),
    message: 'Hardly any random design can be built or accepted.',
    hint: 'name other devices.',
  });
}

export interface Drawing {
  readonly seed: number;
  readonly count: number;
  /** Devices in rotation. */
  readonly devices: readonly string[];
  /** True for the fastest designs of their device. */
  readonly folded?: boolean;
  readonly signal?: AbortSignal;
  /** Selects designs; default: all. */
  readonly accept?: (drawn: RandomDesign) => boolean;
}

/**
 * The first designs of a seed.
 *
 * @throws E_FOLDING if hardly any config is accepted
 */
export async function* randomDesigns({
  seed,
  count,
  devices,
  folded = false,
  signal,
  accept = () => true,
}: Drawing): AsyncGenerator<RandomDesign> {
  for (let index = 0, found = 0; found < count; index++) {
    if (index === MOST_DRAWS * count) throw tooFew(devices);
    // Lets a signal arrive between two designs.
    await setImmediate();
    signal?.throwIfAborted();
    const name = devices[found % devices.length] ?? '';
    try {
      const device = loadDevice(name);
      // Multipliers in LUTs take about half of the LUTs of a design.
      const small = folded || dspsOfProduct(device.dsp, 16, 16) === 0;
      const text = designText({ seed, index, device: name, small, folded });
      const design = await buildDesign(parseConfig(text, `design ${index} of seed ${seed}`));
      const drawn = { index, device, design };
      if (!accept(drawn)) continue;
      found += 1;
      yield drawn;
    } catch (error) {
      if (!(error instanceof Qs5Error) || !REFUSALS.has(error.code)) throw error;
    }
  }
}

/** Cells of each block of a design, from the store or by synthesis. */
export async function pointsOf(
  drawn: RandomDesign,
  options: SynthesisOptions & { readonly store: Store },
): Promise<CalibrationPoint[]> {
  const request = await planRequest(drawn.design.plan, false);
  const key = keyOf(request, drawn.device, options);
  const known = options.store.get(key);
  const cells = new Map(
    known === undefined ? await measured(drawn, request, options) : cellsSchema.parse(known),
  );
  if (known === undefined) await options.store.add(key, [...cells]);
  return pointsWith(drawn, (id) => cells.get(id) ?? NO_CELLS);
}

const cellsSchema = z.array(z.tuple([z.string(), z.object({ lut: z.int(), ff: z.int() })]));

/** Cells by block id. */
async function measured(
  { device }: RandomDesign,
  request: SynthesisRequest,
  options: SynthesisOptions,
): Promise<z.infer<typeof cellsSchema>> {
  return withTemporaryFolder(async (folder) => {
    const { blocks } = await synthesize(folder, request, device, options);
    return [...blocks].map(([id, { lut, ff }]) => [id, { lut, ff }]);
  });
}

/** Key that depends on Verilog, ROM images, device and Yosys. */
export function keyOf(
  { files, top, keep }: SynthesisRequest,
  device: Device,
  { yosys }: Pick<SynthesisOptions, 'yosys'>,
): string {
  return sha256(JSON.stringify([[...files], top, keep, device, yosys.version]));
}

/** The points of a design with known cells by block id. */
export function pointsWith(
  { index, device, design: { plan } }: RandomDesign,
  cellsOf: (block: string, module: string) => Pick<CalibrationPoint, 'lut' | 'ff'>,
): CalibrationPoint[] {
  const point = (block: string, module: string, amounts: CalibrationPoint['amounts']) => {
    const { lut, ff } = cellsOf(block, module);
    return { design: index, block, module, lut, ff, amounts };
  };
  return plan.blocks.map((block) => point(block.id, block.module, amountsOf(block, device)));
}
