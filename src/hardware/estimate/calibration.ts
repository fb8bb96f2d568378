import * as z from 'zod';
import type { Device } from '../device/device.js';
import { parseStored, storedReader, type StoredKind } from './stored.js';

/** Amounts or coefficients by the names of `amountsOf`. */
const amounts = z.record(z.string(), z.number());

/** A form fitted to synthesis results: sum of coefficient x amount. */
const form = z.strictObject({
  coefficients: amounts,
  /** Share of the figure by which 90 % of the designs that were left out of the fit differ. */
  error: z.number().min(0),
});

const moduleFit = z.strictObject({
  /** Instances that were measured. */
  instances: z.int().min(1),
  lut: form,
  ff: form,
});

const calibrationSchema = z.strictObject({
  family: z.string(),
  /** The devices that were synthesised for, in turn. */
  devices: z.array(z.string()).min(1),
  tool: z.strictObject({ name: z.string(), version: z.string() }),
  /** Random designs, and their seed. */
  designs: z.int().min(1),
  seed: z.int(),
  /** The same as `error` of a form, for whole designs. */
  error: z.strictObject({ lut: z.number().min(0), ff: z.number().min(0) }),
  modules: z.record(z.string(), moduleFit),
  points: z.array(
    z.strictObject({
      design: z.int().min(0),
      /** Id of the block in the design; empty for the logic around the blocks. */
      block: z.string(),
      module: z.string(),
      lut: z.int().min(0),
      ff: z.int().min(0),
      amounts,
    }),
  ),
});

export type Form = z.infer<typeof form>;
export type ModuleFit = z.infer<typeof moduleFit>;
/** Synthesis results of the library's modules on one family, and forms fitted to them. */
export type Calibration = z.infer<typeof calibrationSchema>;
export type CalibrationPoint = Calibration['points'][number];

const KIND: StoredKind<Calibration> = {
  schema: calibrationSchema,
  otherwise: 'no calibration',
  writer: 'qs5 dev calibrate',
};

const read = storedReader(KIND);

/**
 * The calibration of a family; undefined where there is none.
 *
 * @throws E_FILE for a file that is none
 */
export function loadCalibration(family: Device['family']): Calibration | undefined {
  return read(`${family}.json`);
}

/** @throws E_FILE for an invalid calibration */
export function parseCalibration(text: string, file: string): Calibration {
  return parseStored(KIND, text, file);
}

/** The text of a calibration: one line per point. */
export function printCalibration({
  points,
  ...head
}: { readonly points: readonly unknown[] } & Readonly<Record<string, unknown>>): string {
  const lines = points.map((point) => `    ${JSON.stringify(point)}`);
  const start = JSON.stringify(head, undefined, 2).replace(/\n}$/, '');
  return `${start},\n  "points": [\n${lines.join(',\n')}\n  ]\n}\n`;
}

/** The value of a form for amounts. */
export function applyForm({ coefficients }: Pick<Form, 'coefficients'>, of: Amounts): number {
  return Object.entries(of).reduce(
    (sum, [name, amount]) => sum + (coefficients[name] ?? 0) * amount,
    0,
  );
}

type Amounts = Readonly<Record<string, number>>;
