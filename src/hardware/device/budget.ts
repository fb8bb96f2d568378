import type { Device } from './device.js';

/** Resources of a device that a design uses. */
export interface Usage {
  readonly lut: number;
  readonly ff: number;
  readonly dsp: number;
  readonly bram: number;
}

export type Resource = keyof Usage;

export const RESOURCES = ['lut', 'ff', 'dsp', 'bram'] as const;

export const RESOURCE_NAMES: Readonly<Record<Resource, string>> = {
  lut: 'LUT',
  ff: 'flip-flops',
  dsp: 'DSP',
  bram: 'block RAM',
};

/** Resources of a device. */
export function availableOn({ luts, flip_flops, dsp, block_ram }: Device): Usage {
  return { lut: luts, ff: flip_flops, dsp: dsp.count, bram: block_ram.count };
}

/** A resource of a design and of the device. */
export interface Need {
  readonly resource: Resource;
  readonly need: number;
  readonly available: number;
}

/** The fit of a design on a device. */
export interface Fit {
  /** null: every resource with an estimate fits, but some have none. */
  readonly fits: boolean | null;
  /** Resources that the device lacks, the scarcest first. */
  readonly lacking: readonly Need[];
  /** Resources without an estimate. */
  readonly unknown: readonly Resource[];
}

export function fitOf(used: Readonly<Record<Resource, number | null>>, device: Device): Fit {
  const there = availableOn(device);
  const unknown = RESOURCES.filter((resource) => used[resource] === null);
  const lacking = RESOURCES.map((resource): Need => {
    return { resource, need: used[resource] ?? 0, available: there[resource] };
  })
    .filter(({ need, available }) => need > available)
    .sort((a, b) => (shareOf(a) === shareOf(b) ? 0 : shareOf(b) - shareOf(a)));
  return { fits: lacking.length > 0 ? false : unknown.length > 0 ? null : true, lacking, unknown };
}

function shareOf({ need, available }: Need): number {
  return available === 0 ? (need === 0 ? 0 : Infinity) : need / available;
}

/** Resources of which a design needs more than are available: `block RAM: 56 of 50`. */
export function overBudget(used: Usage, device: Device): string[] {
  const there = availableOn(device);
  return RESOURCES.filter((key) => used[key] > there[key]).map(
    (key) => `${RESOURCE_NAMES[key]}: ${used[key]} of ${there[key]}`,
  );
}

/** The resource of which the largest share is in use: `DSP: 8 of 8`. */
export function scarcest(used: Usage, device: Device): string {
  const there = availableOn(device);
  const share = (resource: Resource) =>
    shareOf({ resource, need: used[resource], available: there[resource] });
  const first = RESOURCES.reduce((a, b) => (share(b) > share(a) ? b : a));
  return `${RESOURCE_NAMES[first]}: ${used[first]} of ${there[first]}`;
}
