import { setImmediate } from 'node:timers/promises';
import * as z from 'zod';
import { parseConfig } from '../config/load.js';
import { buildDesign, type Design } from '../design/build.js';
import { loadDevice, type Device } from '../device/device.js';
import { dspsOfProduct } from '../device/dsp.js';
import { Qs5Error, type ErrorCode } from '../errors.js';
import { amountsOf } from '../estimate/amounts.js';
import type { CalibrationPoint } from '../estimate/calibration.js';
import { NO_CELLS } from '../synth/cells.js';
import { sha256 } from '../simulate/files.js';
import type { Store } from '../sweep/store.js';
import {
  planRequest,
  synthesize,
  type SynthesisOptions,
  type SynthesisRequest,
} from '../synth/synthesize.js';
import { designText } from './designs.js';
import { withTemporaryFolder } from '../tools/temporary_folder.js';

export interface DrawnDesign {
  /** Number of the draw; some draws are no design. */
  readonly index: number;
  readonly device: Device;
  readonly design: Design;
}

/** What says that a draw is no design, rather than that something is wrong. */
const REFUSALS: ReadonlySet<ErrorCode> = new Set([
  'E_CONFIG_VALUE',
  'E_CONFIG_COMBINATION',
  'E_FOLDING',
  'E_UNSTABLE',
  'E_WIDTH',
]);

/** Draws for a design that is one; nearly all are. */
const MOST_DRAWS = 20;

function tooFew(devices: readonly string[]): Qs5Error {
  return new Qs5Error('E_FOLDING', {
    subject: devices.join(', '),
    message: 'Hardly any of the drawn designs can be built for it, or taken.',
    hint: 'name other devices.',
  });
}

export interface Drawing {
  readonly seed: number;
  readonly count: number;
  /** In turn. */
  readonly devices: readonly string[];
  /** Designs as fast as their device allows. */
  readonly folded?: boolean;
  readonly signal?: AbortSignal;
  /** Which designs are taken; all unless told. */
  readonly accept?: (drawn: DrawnDesign) => boolean;
}

/**
 * The first designs of a seed.
 *
 * @throws E_FOLDING where hardly any draw is a design
 */
export async function* drawDesigns({
  seed,
  count,
  devices,
  folded = false,
  signal,
  accept = () => true,
}: Drawing): AsyncGenerator<DrawnDesign> {
  for (let index = 0, found = 0; found < count; index++) {
    if (index === MOST_DRAWS * count) throw tooFew(devices);
    // So that a signal is heard between two.
    await setImmediate();
    signal?.throwIfAborted();
    const name = devices[found % devices.length] ?? '';
    try {
      const device = loadDevice(name);
      // Multipliers of look-up tables take as many of them as all else together.
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

/** What synthesis made of each block of a design; what is in the store is not synthesised again. */
export async function pointsOf(
  drawn: DrawnDesign,
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

/** By block id. */
async function measured(
  { device }: DrawnDesign,
  request: SynthesisRequest,
  options: SynthesisOptions,
): Promise<z.infer<typeof cellsSchema>> {
  return withTemporaryFolder(async (folder) => {
    const { blocks } = await synthesize(folder, request, device, options);
    return [...blocks].map(([id, { lut, ff }]) => [id, { lut, ff }]);
  });
}

/** The same for the same Verilog, ROM images, device and Yosys. */
export function keyOf(
  { files, top, keep }: SynthesisRequest,
  device: Device,
  { yosys }: Pick<SynthesisOptions, 'yosys'>,
): string {
  return sha256(JSON.stringify([[...files], top, keep, device, yosys.version]));
}

/** The points of a design whose cells are known, by block id. */
export function pointsWith(
  { index, device, design: { plan } }: DrawnDesign,
  cellsOf: (block: string, module: string) => Pick<CalibrationPoint, 'lut' | 'ff'>,
): CalibrationPoint[] {
  const point = (block: string, module: string, amounts: CalibrationPoint['amounts']) => {
    const { lut, ff } = cellsOf(block, module);
    return { design: index, block, module, lut, ff, amounts };
  };
  return plan.blocks.map((block) => point(block.id, block.module, amountsOf(block, device)));
}
