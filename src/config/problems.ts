/** From issues of zod to the user's error: every problem with its place. */
import type * as z from 'zod';
import { formatPath, Qs5Error } from '../base/errors.js';
import type { ConfigPath, ErrorCode, Location } from '../base/errors.js';
import { nearest } from '../base/nearest.js';
import {
  describeAllowed,
  describeFound,
  descriptionAt,
  exampleAt,
  keysAt,
  or,
} from './describe.js';
import type { JsonSchema } from './json_schema.js';
import type { YamlDocument } from './yaml_document.js';

type Issue = z.core.$ZodIssue;

interface Problem {
  readonly code: ErrorCode;
  readonly path: ConfigPath;
  readonly location: Location;
  readonly message: string;
  readonly hint?: string;
}

/** The error to throw for a set of zod issues: the first in file order, the rest as its others. */
export function errorFromIssues(
  issues: readonly Issue[],
  document: YamlDocument,
  schema: JsonSchema,
): Qs5Error {
  const problems = issues
    .flatMap((issue) => resolveUnion(issue, document.value, []))
    .flatMap((issue) => toProblems(issue, document, schema));
  const [first, ...rest] = withoutMisspelt(problems, schema)
    .sort(byPlace)
    .map(({ code, ...details }) => new Qs5Error(code, details));
  if (!first) throw new Error('zod failed without an issue');
  return Qs5Error.together(first, ...rest);
}

/** Sorts in file order. A missing key has no place and is last. */
function byPlace(a: Problem, b: Problem): number {
  const missing = (problem: Problem) => Number(problem.code === 'E_CONFIG_MISSING_KEY');
  if (missing(a) !== missing(b)) return missing(a) - missing(b);
  return a.location.line - b.location.line || a.location.column - b.location.column;
}

/**
 * Drops problems that follow from a misspelt key: the missing intended key, and a mapping that
 * lacks one of several keys.
 */
function withoutMisspelt(problems: readonly Problem[], schema: JsonSchema): Problem[] {
  const unknown = problems.filter(({ code }) => code === 'E_CONFIG_UNKNOWN_KEY');
  const meant = new Set(
    unknown.map(({ path }) => {
      const parent = path.slice(0, -1);
      const near = nearest(String(path.at(-1)), keysAt(schema, parent));
      return near === undefined ? '' : formatPath([...parent, near]);
    }),
  );
  const mappings = new Set(unknown.map(({ path }) => formatPath(path.slice(0, -1))));
  return problems.filter(({ code, path }) => {
    if (code === 'E_CONFIG_MISSING_KEY') return !meant.has(formatPath(path));
    return code !== 'E_CONFIG_COMBINATION' || !mappings.has(formatPath(path));
  });
}

function keysOf(path: readonly PropertyKey[]): (string | number)[] {
  return path.map((key) => (typeof key === 'symbol' ? key.toString() : key));
}

/** Value at a path of plain data, if it exists. */
function valueAt(root: unknown, path: ConfigPath): { found: boolean; value: unknown } {
  let value = root;
  for (const key of path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) {
      return { found: false, value: undefined };
    }
    value = Reflect.get(value, key) as unknown;
  }
  return { found: true, value };
}

/** Replaces the issue of a union by the issues of the intended branch, if that branch is clear. */
function resolveUnion(issue: Issue, root: unknown, above: ConfigPath): Issue[] {
  const path = [...above, ...keysOf(issue.path)];
  const placed: Issue = { ...issue, path };
  if (issue.code !== 'invalid_union') return [placed];
  const { value } = valueAt(root, path);
  const deep = issue.errors.find(
    (branch) => branch.length > 0 && branch.every((one) => isInside(one, value)),
  );
  return deep ? deep.flatMap((one) => resolveUnion(one, root, path)) : [placed];
}

/** True if an issue of a branch concerns a part of the value, not its type. */
function isInside(issue: Issue, value: unknown): boolean {
  if (issue.path.length > 0 || issue.code === 'unrecognized_keys') return true;
  return issue.code === 'custom' && typeof value === 'object';
}

function toProblems(issue: Issue, document: YamlDocument, schema: JsonSchema): Problem[] {
  const path = keysOf(issue.path);
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => unknownKey([...path, key], document, schema));
  }
  if (issue.code === 'custom') {
    const location = document.locate(path);
    const hint: unknown = issue.params?.['hint'];
    const { message } = issue;
    const extra = typeof hint === 'string' ? { hint } : {};
    return [{ code: 'E_CONFIG_COMBINATION', path, location, message, ...extra }];
  }
  const { found, value } = valueAt(document.value, path);
  return [found ? wrongValue(path, value, document, schema) : missingKey(path, document, schema)];
}

function unknownKey(path: ConfigPath, document: YamlDocument, schema: JsonSchema): Problem {
  const parent = path.slice(0, -1);
  const key = String(path.at(-1));
  const known = keysAt(schema, parent);
  const near = nearest(key, known);
  const place = parent.length === 0 ? 'a config' : formatPath(parent);
  return {
    code: 'E_CONFIG_UNKNOWN_KEY',
    path,
    location: document.locateKey(path),
    message: `Unknown key ${key} in ${place}.`,
    hint: near === undefined ? `the keys here are ${or(known)}.` : `did you mean ${near}?`,
  };
}

function missingKey(path: ConfigPath, document: YamlDocument, schema: JsonSchema): Problem {
  const key = String(path.at(-1) ?? '');
  const about = descriptionAt(schema, path);
  return {
    code: 'E_CONFIG_MISSING_KEY',
    path,
    location: document.locate(path),
    message: `The key ${key} is missing.${about === undefined ? '' : ` ${about}`}`,
    hint: `add it, for example "${key}: ${exampleAt(schema, path)}".`,
  };
}

function wrongValue(
  path: ConfigPath,
  value: unknown,
  document: YamlDocument,
  schema: JsonSchema,
): Problem {
  const about = descriptionAt(schema, path);
  const allowed = describeAllowed(schema, path);
  return {
    code: 'E_CONFIG_VALUE',
    path,
    location: document.locate(path),
    message: `Found ${describeFound(value)} where ${allowed} is allowed.`,
    ...(about === undefined ? {} : { hint: about }),
  };
}
