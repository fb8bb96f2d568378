import type { Device } from '../hardware/device/device.js';
import { familyOf } from '../hardware/device/families/index.js';

/**
 * Warnings of Yosys that mean a wrong netlist, whatever its exit code says: a pattern of one line, as
 * grep -E has it. A log has such words in its notes too ("No latch inferred"), so the line must be
 * a warning. Latches are not in the pattern: the script itself asserts that there are none.
 */
export const WRONG_NETLIST = `warning: .*(${[
  'driver-driver conflict',
  'multiple conflicting drivers',
  'is used but has no driver',
  'is connected to constants',
  'found logic loop',
].join('|')})`;

/** Input of a synthesis by Yosys. */
export interface YosysScript {
  readonly sources: readonly string[];
  readonly top: string;
  /** Modules that stay apart from what they are in. */
  readonly keep: readonly string[];
  /** True if `top` is placed with pads on its ports. */
  readonly pads: boolean;
  readonly device: Device;
}

/** The commands by which Yosys reads and synthesises a module for a device. */
export function yosysScript({ sources, top, keep, pads, device }: YosysScript): string[] {
  const { synthesis, pads: padsOf } = familyOf(device.family);
  return [
    `read_verilog ${sources.join(' ')}`,
    `hierarchy -check -top ${top}`,
    // Modules with parameters have names that end in their own.
    `setattr -mod -set keep_hierarchy 1 ${keep.map((name) => `*${name}`).join(' ')}`,
    // Later a latch becomes cells that depend on the family; here it still has a type of its own.
    'proc',
    'select -assert-none t:$dlatch t:$dlatchsr t:$adlatch',
    ...synthesis(top, device.dsp.count > 0),
    ...(pads ? (padsOf?.(top) ?? []) : []),
    'check -assert',
    // Notes of where a cell came from, which nextpnr takes for cells.
    'delete */t:$scopeinfo',
  ];
}
