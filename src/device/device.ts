import { readdirSync, readFileSync } from 'node:fs';
import * as z from 'zod';
import { Qs5Error, type ConfigPath } from '../errors.js';
import { parseYaml } from '../config/yaml_document.js';

const count = z.int().min(0);
const size = z.int().min(1);

/** Families of devices that synthesis is known for. */
export const FAMILIES = ['ice40', 'ecp5', 'xc7'] as const;

const deviceSchema = z.strictObject({
  name: z.string(),
  family: z.enum(FAMILIES),
  luts: size,
  flip_flops: size,
  /** Inputs of one look-up table. */
  lut_inputs: z.union([z.literal(4), z.literal(6)]),
  dsp: z.strictObject({
    count,
    /** Operand widths of one multiplier, bits, sign included. */
    a_bits: count,
    b_bits: count,
    /** Bits that one multiplier takes of an operand wider than its own: less a sign, or not. */
    slice_bits: count,
    /** Synthesis leaves products narrower than this to look-up tables. */
    min_product_bits: size.exactOptional(),
    /** The same for either operand. */
    min_operand_bits: size.exactOptional(),
    /** Bits of the adder behind a multiplier, where synthesis uses it. */
    adder_bits: size.exactOptional(),
    /** Most multipliers to be chained by their adders: what a column of them has room for. */
    chain: size.exactOptional(),
  }),
  block_ram: z.strictObject({
    count,
    /** Capacity of one, bits. */
    bits: size,
    /** [width, depth] of each way to use one. */
    shapes: z.array(z.tuple([size, size])).min(1),
  }),
  /** Memory in look-up tables, one write port and one read port; none where absent. */
  distributed_ram: z
    .strictObject({
      /** Look-up tables that one takes. */
      luts: size,
      /** [width, depth] of each way to use them. */
      shapes: z.array(z.tuple([size, size])).min(1),
    })
    .exactOptional(),
  /** Arguments that make nextpnr of this family place on this device; where that is supported. */
  nextpnr: z.array(z.string()).exactOptional(),
  /** Where the numbers are from. */
  source: z.string().min(1),
});

/** What an FPGA has, in the units of its own data sheet. */
export type Device = z.infer<typeof deviceSchema>;

const folder = new URL('../../configs/devices/', import.meta.url);

/** Names that `device` in a config may have, sorted. */
export function deviceNames(): string[] {
  return readdirSync(folder)
    .filter((file) => file.endsWith('.yaml'))
    .map((file) => file.slice(0, -'.yaml'.length))
    .sort();
}

/** The device of that name. Errors: E_CONFIG_VALUE at `path`, with the names there are. */
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
  const { value } = parseYaml(readFileSync(new URL(`${name}.yaml`, folder), 'utf8'), file);
  const result = deviceSchema.safeParse(value);
  if (result.success) return result.data;
  throw new Qs5Error('E_CONFIG_VALUE', {
    message: z.prettifyError(result.error),
    hint: 'compare it with the other files in that folder.',
    subject: file,
  });
}
