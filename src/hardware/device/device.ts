import { readdirSync, readFileSync } from 'node:fs';
import * as z from 'zod';
import { Qs5Error, type ConfigPath } from '../../base/errors.js';
import { parseYaml } from '../../config/yaml_document.js';
import { FAMILY_NAMES, familyOf } from './families/index.js';
import type { Adders, BlockRam, DistributedRam, Dsp } from './families/family.js';

const count = z.int().min(0);
const size = z.int().min(1);
const mhz = z.number().positive();

const deviceSchema = z.strictObject({
  name: z.string(),
  family: z.enum(FAMILY_NAMES),
  luts: size,
  flip_flops: size,
  /** Multipliers, and block RAMs, in the unit of the family. */
  dsps: count,
  block_rams: size,
  /** Memory that cannot be initialised and is used by no design of qs5 so far. */
  spram: z.strictObject({ count: size, width: size, depth: size }).exactOptional(),
  /** The fastest clocks of the data sheet, MHz; absent where it gives none. */
  clock_mhz: z
    .strictObject({
      /** A multiplier with all its registers. */
      dsp: mhz.exactOptional(),
      block_ram: mhz.exactOptional(),
      global: mhz.exactOptional(),
      speed_grade: z.string(),
      source: z.string().min(1),
    })
    .exactOptional(),
  /** Arguments of the family's nextpnr for this device, where nextpnr supports it. */
  nextpnr: z.array(z.string()).exactOptional(),
  /** The vendor's name of the part, with package and speed grade, for its own tools. */
  part: z.string().exactOptional(),
  /** Source of the numbers. */
  source: z.string().min(1),
});

type DeviceFile = z.infer<typeof deviceSchema>;

/** The resources of an FPGA, in the units of its data sheet: its file, and those of its family. */
export interface Device extends Omit<DeviceFile, 'dsps' | 'block_rams'> {
  /** Inputs of one LUT. */
  readonly lut_inputs: 4 | 6;
  readonly dsp: Dsp & { readonly count: number };
  readonly adders: Adders;
  readonly shift_registers: boolean;
  readonly block_ram: BlockRam & { readonly count: number };
  readonly distributed_ram?: DistributedRam;
}

const folder = new URL('../../../configs/devices/', import.meta.url);

/** Names that `device` in a config may have, sorted. */
export function deviceNames(): string[] {
  return readdirSync(folder)
    .filter((file) => file.endsWith('.yaml'))
    .map((file) => file.slice(0, -'.yaml'.length))
    .sort();
}

/** The device of that name. Errors: E_CONFIG_VALUE at `path`, with all known names. */
export function loadDevice(name: string, path: ConfigPath = ['device']): Device {
  const names = deviceNames();
  if (!names.includes(name)) {
    throw new Qs5Error('E_CONFIG_VALUE', {
      message: `There is no device ${JSON.stringify(name)}.`,
      hint: `use one of ${names.join(', ')}.`,
      path,
    });
  }
  const file = `configs/devices/${name}.yaml`;
  return parseDevice(readFileSync(new URL(`${name}.yaml`, folder), 'utf8'), file);
}

/** A device from the text of its file. Errors: E_CONFIG_VALUE, with the mistake in the file. */
export function parseDevice(text: string, file: string): Device {
  const result = deviceSchema.safeParse(parseYaml(text, file).value);
  if (!result.success) {
    throw new Qs5Error('E_CONFIG_VALUE', {
      message: z.prettifyError(result.error),
      hint: 'compare it with the other files in that folder.',
      subject: file,
    });
  }
  const { dsps, block_rams: blockRams, ...own } = result.data;
  const family = familyOf(own.family);
  return {
    ...own,
    lut_inputs: family.lutInputs,
    dsp: { ...family.dsp, count: dsps },
    adders: family.adders,
    shift_registers: family.shiftRegisters,
    block_ram: { ...family.blockRam, count: blockRams },
    ...(family.distributedRam === undefined ? {} : { distributed_ram: family.distributedRam }),
  };
}
