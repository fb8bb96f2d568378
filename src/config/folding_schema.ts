import * as z from 'zod';
import { acrossKeys, integer, MAX_SIZE, oneOf, positive } from './fields.js';

const auto = z.literal('auto');

const stream = (edge: string) =>
  z
    .union([
      auto,
      z.strictObject({ lanes: integer(1, MAX_SIZE, `Elements per AXI beat ${edge}.`, 1) }),
    ])
    .default('auto')
    .describe(`The stream ${edge}: { lanes }, or auto.`);

const matvec = (matrix: string) =>
  z
    .union([
      auto,
      z.strictObject({
        pe: integer(1, MAX_SIZE, `Outputs of ${matrix} per cycle; a divisor of their number.`, 2),
        simd: integer(1, MAX_SIZE, `Inputs of ${matrix} per cycle; a divisor of their number.`, 8),
      }),
    ])
    .default('auto')
    .describe(`The engine for ${matrix}: { pe, simd }, or auto.`);

const recurrence = z
  .union([
    auto,
    z.strictObject({
      lanes: integer(1, MAX_SIZE, 'States updated per cycle; a divisor of the state size.', 1),
      multipliers: z
        .union([z.literal(1), z.literal(3), z.literal(4)])
        .default(4)
        .describe(
          'Multipliers per complex product: 4, 3, or 1 for the four products in series (lanes is then 1).',
        ),
    }),
  ])
  .default('auto')
  .describe('The engine for x = Lambda-bar x + B u: { lanes, multipliers }, or auto.');

export const folding = z
  .union([
    auto,
    z.strictObject({
      input: stream('in'),
      encoder: matvec('the encoder'),
      b: matvec('B'),
      recurrence,
      c: matvec('C'),
      gate: matvec('the gate and of the value'),
      decoder: matvec('the decoder'),
      output: stream('out'),
    }),
  ])
  .default('auto')
  .describe('Parallelism of each engine; auto chooses it from target and device.');

export const sharing = oneOf(
  ['auto', 'never', 'always'],
  'Sharing of multipliers by engines that never multiply in the same cycle. auto shares only if the design becomes faster within its budget, because sharing costs LUTs.',
).default('auto');

export interface TargetKeys {
  readonly interval: number;
  readonly steps_per_second: number;
  readonly clock_mhz: number;
  readonly multipliers: number;
  readonly device: string;
}
export type Only<K extends keyof TargetKeys> = Pick<TargetKeys, K> & {
  readonly [Other in Exclude<keyof TargetKeys, K>]?: never;
};

/** Goal of `auto`: a rate, or the fastest design within a budget. */
export type Target =
  Only<'interval'> | Only<'steps_per_second' | 'clock_mhz'> | Only<'multipliers'> | Only<'device'>;

/** Keys of a target, in alphabetical order. */
const TARGETS = ['interval', 'clock_mhz,steps_per_second', 'multipliers', 'device'];

export const target = z
  .strictObject({
    interval: integer(
      1,
      1_000_000_000,
      'Initiation interval (II): clock cycles from step to step.',
      64,
    ).exactOptional(),
    steps_per_second: positive(
      0.001,
      1e9,
      'Time steps per second; needs clock_mhz.',
    ).exactOptional(),
    clock_mhz: positive(0.001, 1000, 'Clock, MHz, 0.001 to 1000.').exactOptional(),
    multipliers: integer(
      1,
      1_000_000,
      'The fastest design with at most this number of multipliers.',
      64,
    ).exactOptional(),
    device: z
      .string()
      .min(1)
      .exactOptional()
      .describe('The fastest design that fits the DSPs and block RAMs of this device.'),
  })
  .superRefine(
    ...acrossKeys(z.record(z.string(), z.unknown()), (value, context) => {
      const keys = Object.keys(value);
      if (TARGETS.some((target) => keys.toSorted().join() === target)) return;
      context.addIssue({
        code: 'custom',
        path: [],
        params: {
          hint: 'use "{ interval: 64 }", "{ steps_per_second: 1000000, clock_mhz: 100 }", "{ multipliers: 64 }" or "{ device: xc7a35t }".',
        },
        message: `target needs one of interval, steps_per_second with clock_mhz, multipliers, and device; it has ${keys.join(', ') || 'nothing'}.`,
      });
    }),
  )
  .transform((value): Target => {
    const { interval, steps_per_second, clock_mhz, multipliers, device } = value;
    if (interval !== undefined) return { interval };
    if (multipliers !== undefined) return { multipliers };
    if (device !== undefined) return { device };
    if (steps_per_second !== undefined && clock_mhz !== undefined) {
      return { steps_per_second, clock_mhz };
    }
    throw new Error('a target without a key passed its check');
  })
  .meta({
    description:
      'Goal of auto folding: interval (the II), or steps_per_second and clock_mhz, or the fastest design within a number of multipliers or on a device.',
    oneOf: [
      { required: ['interval'] },
      { required: ['steps_per_second', 'clock_mhz'] },
      { required: ['multipliers'] },
      { required: ['device'] },
    ],
  });
