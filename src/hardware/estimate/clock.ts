import * as z from 'zod';
import type { Block, Multiplier, Path } from '../blocks/block.js';
import type { Device } from '../device/device.js';
import { outerSumBits, partsOfProduct } from '../device/dsp.js';
import { parseStored, storedReader, type StoredKind } from './stored.js';

const path = z.strictObject({
  from: z.enum(['register', 'memory', 'multiplier', 'product']),
  levels: z.number().min(0),
  carry: z.number().min(0),
  to: z.literal('multiplier').exactOptional(),
});

const delays = z.strictObject({
  /** From a register through one connection to the next, ns. */
  start: z.number().min(0),
  /** The same from a memory, from a multiplier, and through one without registers, beyond `start`. */
  memory: z.number().min(0),
  multiplier: z.number().min(0),
  product: z.number().min(0),
  /** A LUT and a connection. */
  level: z.number().min(0),
  /** Into a carry chain and out of it; a bit of it. */
  adder: z.number().min(0),
  carry: z.number().min(0),
  /** Into a multiplier, beyond the connection to a register. */
  into: z.number().min(0),
  /** Added by every doubling of the LUTs: connections become longer. */
  doubling: z.number().min(0),
});

const clockSchema = z.strictObject({
  device: z.string(),
  tool: z.strictObject({ name: z.string(), version: z.string() }),
  yosys: z.string(),
  /** Seed of the random designs. */
  seed: z.int(),
  /** Seeds of the placer. */
  seeds: z.array(z.int()).min(1),
  delays,
  /** Random designs that were too large for the device, or not placed in time. */
  left_out: z.int().min(0),
  /** Share by which 90 % of the clocks that were left out of the fit differ. */
  error: z.number().min(0),
  points: z.array(
    z.strictObject({
      design: z.int().min(0),
      lut: z.int().min(0),
      paths: z.array(path),
      /** One per seed. */
      mhz: z.array(z.number().gt(0)).min(1),
    }),
  ),
});

/** Delays of a device, ns, fitted to nextpnr results of designs. */
export type ClockCalibration = z.infer<typeof clockSchema>;
export type Delays = z.infer<typeof delays>;
export type ClockPoint = ClockCalibration['points'][number];

const KIND: StoredKind<ClockCalibration> = {
  schema: clockSchema,
  otherwise: 'no calibration of a clock',
  writer: 'qs5 dev calibrate-clock',
};

const read = storedReader(KIND);

/** The delays of a device; undefined where none were measured. */
export function loadClock(device: string): ClockCalibration | undefined {
  return read(`clock-${device}.json`);
}

/** @throws E_FILE for an invalid calibration of a clock */
export function parseClock(text: string, file: string): ClockCalibration {
  return parseStored(KIND, text, file);
}

/** The number of times that each delay occurs in a path through a design of `lut` LUTs. */
export function termsOf(path: Path, lut: number): Record<keyof Delays, number> {
  const { from, levels, carry, to } = path;
  const is = (what: Path['from']) => Number(from === what);
  const adder = Math.min(1, carry);
  return {
    start: 1,
    memory: is('memory'),
    multiplier: is('multiplier'),
    product: is('product'),
    level: levels - adder,
    adder,
    carry,
    into: Number(to === 'multiplier'),
    doubling: Math.log2(Math.max(1, lut)),
  };
}

/** Names of the delays. */
export const DELAYS = delays.keyof().options;

/** Delay of a path through a design of `lut` LUTs, ns. */
export function pathDelay(given: Delays, path: Path, lut: number): number {
  const terms = termsOf(path, lut);
  return DELAYS.reduce((sum, name) => sum + given[name] * terms[name], 0);
}

/** The clock that the slowest path leaves, MHz. */
export function clockOf(delays: Delays, paths: readonly Path[], lut: number): number {
  const slowest = Math.max(...paths.map((one) => pathDelay(delays, one, lut)));
  return 1000 / slowest;
}

/** All candidates for the slowest path of some blocks on a device, each kind once. */
export function pathsOf(
  blocks: readonly Pick<Block, 'paths' | 'multipliers'>[],
  device: Pick<Device, 'dsp'>,
): Path[] {
  const distinct = new Map<string, Path>();
  for (const { paths, multipliers } of blocks)
    for (const one of [...paths, ...multipliers.flatMap((kind) => productPaths(device, kind))])
      distinct.set(JSON.stringify(termsOf(one, 1)), one);
  return [...distinct.values()].filter(
    (one) => ![...distinct.values()].some((other) => other !== one && covers(other, one)),
  );
}

/**
 * The paths through a product of several multipliers, and through a sum outside of multipliers. A
 * part in LUTs is rows of bit products: full adders leave two rows, and a carry chain leaves one.
 * The parts are added last.
 */
function productPaths({ dsp }: Pick<Device, 'dsp'>, product: Multiplier): Path[] {
  const { aBits, bBits } = product;
  const { pieces, left } = partsOfProduct(dsp, aBits, bBits);
  const paths: Path[] = [];
  const outer = outerSumBits(dsp, product);
  if (outer > 0) paths.push({ from: 'multiplier', levels: 1, carry: outer });
  if (pieces <= 1 && left.length === 0) return paths;
  const sums = Math.ceil(Math.log2(pieces + left.length));
  const whole = aBits + bBits;
  // Late bits go into the upper half of a chain.
  for (const { a, b } of left) {
    const reduced = reductions(Math.min(a, b));
    // A part that is reduced is added last, to all others, and is short.
    const [added, carry] = reduced > 0 ? [Math.min(1, sums), a + b] : [sums, whole];
    const levels = 2 + 2 * reduced + added;
    paths.push({ from: 'register', levels, carry: Math.ceil(carry / 2) });
  }
  if (pieces > 0) paths.push({ from: 'product', levels: sums, carry: whole - dsp.a_bits });
  return paths;
}

/** Steps in which full adders, three to two, leave two rows; each is two tables, as its bits are products. */
function reductions(rows: number): number {
  return rows <= 2 ? 0 : 1 + reductions(rows - Math.floor(rows / 3));
}

/** Path a is at least as slow as b, for any delays. */
function covers(a: Path, b: Path): boolean {
  const [slow, fast] = [termsOf(a, 1), termsOf(b, 1)];
  return DELAYS.every((name) => slow[name] >= fast[name]);
}
