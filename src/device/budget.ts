import type { Device } from './device.js';

/** What designs use of a device. */
export interface Usage {
  readonly lut: number;
  readonly ff: number;
  readonly dsp: number;
  readonly bram: number;
}

export type Resource = keyof Usage;

export const RESOURCES = ['lut', 'ff', 'dsp', 'bram'] as const;

const NAMES: Readonly<Record<Resource, string>> = {
  lut: 'LUT',
  ff: 'flip-flops',
  dsp: 'DSP',
  bram: 'block RAM',
};

/** What a device has. */
export function availableOn({ luts, flip_flops, dsp, block_ram }: Device): Usage {
  return { lut: luts, ff: flip_flops, dsp: dsp.count, bram: block_ram.count };
}

/** What a design needs more of than there is: `block RAM: 56 of 50`. */
export function overBudget(used: Usage, device: Device): string[] {
  const there = availableOn(device);
  return RESOURCES.filter((key) => used[key] > there[key]).map(
    (key) => `${NAMES[key]}: ${used[key]} of ${there[key]}`,
  );
}

/** The resource of which the largest share is in use: `DSP: 8 of 8`. */
export function scarcest(used: Usage, device: Device): string {
  const there = availableOn(device);
  const share = (key: Resource) =>
    there[key] === 0 ? (used[key] === 0 ? 0 : Infinity) : used[key] / there[key];
  const [first = 'lut'] = [...RESOURCES].sort((a, b) => share(b) - share(a));
  return `${NAMES[first]}: ${used[first]} of ${there[first]}`;
}
