import { cyclonev } from './cyclonev.js';
import { ecp5 } from './ecp5.js';
import type { Family } from './family.js';
import { gowin } from './gowin.js';
import { ice40 } from './ice40.js';
import { xc7 } from './xc7.js';
import { xcup } from './xcup.js';

/** Every family. A new one is a further file in this folder. */
export const FAMILIES = { ice40, ecp5, xc7, xcup, gowin, cyclonev } as const satisfies Readonly<
  Record<string, Family>
>;

export type FamilyName = keyof typeof FAMILIES;

export const FAMILY_NAMES = Object.keys(FAMILIES) as FamilyName[];

export function familyOf(name: FamilyName): Family {
  return FAMILIES[name];
}
