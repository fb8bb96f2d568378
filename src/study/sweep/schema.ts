import * as z from 'zod';
import { errorFromIssues } from '../../config/problems.js';
import type { JsonSchema } from '../../config/json_schema.js';
import { parseYaml, type YamlDocument } from '../../config/yaml_document.js';
import type { ConfigPath } from '../../base/errors.js';

/** Values by config path, keys joined with dots: { "precision.a": 8 }. */
const overrides = z.record(z.string().min(1), z.unknown());

const sweepSchema = z
  .strictObject({
    base: z
      .string()
      .min(1)
      .meta({
        description: 'Base config of all points, relative to this file.',
        examples: ['../smnist.yaml'],
      }),
    samples: z
      .int()
      .min(1)
      .max(1_000_000)
      .exactOptional()
      .meta({
        description: 'Test sequences per point; default: all.',
        examples: [1500],
      }),
    set: overrides.default({}).meta({
      description: 'Changes of all points to the base config: values by config path.',
      examples: [{ 'calibration.sequences': 64 }],
    }),
    grid: z
      .record(z.string().min(1), z.array(z.unknown()).min(1))
      .default({})
      .meta({
        description:
          'Axes of a grid; every combination is run. An axis is a config path with values, or a name with maps from config paths to values.',
        examples: [{ 'precision.a': [16, 8] }],
      }),
    list: z
      .array(overrides)
      .default([])
      .meta({
        description: 'Further points, each a map from config paths to values.',
        examples: [[{ lambda_form: 'direct' }]],
      }),
  })
  .superRefine(({ grid, list }, context) => {
    if (Object.keys(grid).length + list.length > 0) return;
    context.addIssue({
      code: 'custom',
      path: [],
      message: 'The sweep has no point.',
      params: { hint: 'add a grid, a list, or both.' },
    });
  });

/** A checked sweep file. */
export type Sweep = z.infer<typeof sweepSchema>;

/** Changes of one point to the base config. */
export type Overrides = Readonly<Record<string, unknown>>;

/** A point of a sweep, and its place in the file. */
export interface Point {
  readonly overrides: Overrides;
  readonly path: ConfigPath;
}

export interface LoadedSweep {
  readonly sweep: Sweep;
  readonly points: readonly Point[];
  readonly document: YamlDocument;
}

/**
 * Checks the text of a sweep file, and lists its points: first the grid, with the last axis
 * fastest, then the list.
 *
 * @throws E_CONFIG_* with the place in the file.
 */
export function parseSweep(text: string, file: string): LoadedSweep {
  const document = parseYaml(text, file);
  const result = sweepSchema.safeParse(document.value ?? {});
  if (!result.success) throw errorFromIssues(result.error.issues, document, jsonSchema());
  const sweep = result.data;
  return { sweep, document, points: [...gridPoints(sweep), ...listPoints(sweep)] };
}

function jsonSchema(): JsonSchema {
  return z.toJSONSchema(sweepSchema, { io: 'input', target: 'draft-7' });
}

function gridPoints({ grid }: Sweep): Point[] {
  const axes = Object.entries(grid);
  if (axes.length === 0) return [];
  const start: Point[] = [{ overrides: {}, path: ['grid'] }];
  return axes.reduce(
    (points, [name, values]) =>
      points.flatMap((point) =>
        values.map((value, i) => ({
          overrides: { ...point.overrides, ...(isMap(value) ? value : { [name]: value }) },
          path: ['grid', name, i],
        })),
      ),
    start,
  );
}

function listPoints({ list }: Sweep): Point[] {
  return list.map((entry, i) => ({ overrides: entry, path: ['list', i] }));
}

function isMap(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
