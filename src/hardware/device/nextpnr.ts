import type { Device } from './device.js';
import { familyOf } from './families/index.js';

/** Requested clock, MHz: above the reach of any design, so that the design is always the limit. */
export const ASKED_MHZ = 300;

/** Arguments with which nextpnr of any family places a netlist and reports. */
export function nextpnrArguments(
  device: Device,
  { netlist, report, seed }: { netlist: string; report: string; seed: number | string },
): string[] {
  return [
    ...(device.nextpnr ?? []),
    ...(familyOf(device.family).placer?.arguments ?? []),
    ...['--json', netlist, '--report', report, '--seed', String(seed)],
    ...['--freq', String(ASKED_MHZ), '--timing-allow-fail'],
  ];
}
