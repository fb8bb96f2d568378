import * as z from 'zod';
import type { Cells } from '../../hardware/device/cells.js';
import type { Device } from '../../hardware/device/device.js';
import { familyOf } from '../../hardware/device/families/index.js';
import { Qs5Error } from '../../base/errors.js';
import { addCells, NO_CELLS, timesCells } from './cells.js';

const use = z.object({ used: z.int().min(0), available: z.int().min(0) });
const reportSchema = z.object({
  fmax: z.record(z.string(), z.object({ achieved: z.number().positive() })),
  utilization: z.record(z.string(), use),
});

/** Contents of `nextpnr --report`, for any family. */
export interface NextpnrReport {
  readonly fmaxMhz: number;
  readonly utilization: z.infer<typeof reportSchema>['utilization'];
  readonly total: Cells;
}

/**
 * Reads the report of `nextpnr --report`.
 *
 * @param subject file or program for errors
 * @throws E_TOOL_FAILED unless it is a report of one clock on this device
 */
export function parseNextpnrReport(text: string, device: Device, subject: string): NextpnrReport {
  const refuse = (message: string) =>
    new Qs5Error('E_TOOL_FAILED', {
      subject,
      message,
      hint: 'run the tool on the files of qs5 generate, to see all its output.',
    });
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    const what = text.trim() === '' ? 'the file is empty' : 'invalid or truncated JSON';
    throw refuse(`Its report cannot be read: ${what}.`);
  }
  const result = reportSchema.safeParse(value);
  if (!result.success) {
    throw refuse(`Its report cannot be read: ${z.prettifyError(result.error)}`);
  }
  const { fmax, utilization } = result.data;
  const clocks = Object.values(fmax);
  const [clock] = clocks;
  if (clock === undefined || clocks.length > 1) {
    const names = Object.keys(fmax).join(', ');
    throw refuse(
      `Its report has ${clocks.length} clocks${names === '' ? '' : ` (${names})`}, but the design has one.`,
    );
  }
  const { placer, title } = familyOf(device.family);
  const missing = (placer?.always ?? []).filter((kind) => utilization[kind] === undefined);
  if (missing.length > 0) {
    throw refuse(`Its report does not belong to ${title}: it lacks ${missing.join(', ')}.`);
  }
  let total = NO_CELLS;
  let brams = 0;
  for (const [kind, { used, available }] of Object.entries(utilization)) {
    const rule = placer?.used.find(({ type }) => type.test(kind));
    total = addCells(total, timesCells({ ...NO_CELLS, ...rule?.cells }, used));
    brams += available * (rule?.cells.bram ?? 0);
  }
  if (brams !== device.block_ram.count) {
    throw refuse(
      `Its report belongs to another device: it has ${brams} block RAMs, ${device.name} has ${device.block_ram.count}.`,
    );
  }
  return { fmaxMhz: clock.achieved, utilization, total };
}
