/** Descriptions of a found value, and of the values that the schema allows. */
import type { ConfigPath } from '../base/errors.js';
import type { JsonSchema } from './json_schema.js';

type Schema = JsonSchema | boolean;

/** Description of a value in the file: `the text "abc"`, `the number 3.5`, `a list`. */
export function describeFound(value: unknown): string {
  if (value === null || value === undefined) return 'nothing';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'string') {
    const short = value.length > 40 ? `${value.slice(0, 40)}...` : value;
    return `the text ${JSON.stringify(short)}`;
  }
  if (typeof value === 'object') return 'a mapping';
  return typeof value === 'number' ? `the number ${value}` : JSON.stringify(value);
}

/** The schemas that may apply at a path; several below an `anyOf`. */
export function schemasAt(root: Schema, path: ConfigPath): JsonSchema[] {
  let here = expand(root);
  for (const key of path) {
    here = here.flatMap((node) => {
      if (typeof key === 'number') return Array.isArray(node.items) ? [] : expand(node.items);
      return expand(node.properties?.[key]);
    });
  }
  return here;
}

function expand(node: Schema | undefined): JsonSchema[] {
  if (node === undefined || typeof node === 'boolean') return [];
  return [node, ...(node.anyOf ?? []).flatMap(expand)];
}

/** Keys that a mapping at the path may have. */
export function keysAt(root: Schema, path: ConfigPath): string[] {
  return schemasAt(root, path).flatMap((node) => Object.keys(node.properties ?? {}));
}

/** Description of the allowed values at a path: `an integer from 2 to 24`, `direct or delta`. */
export function describeAllowed(root: Schema, path: ConfigPath): string {
  const nodes = schemasAt(root, path).filter((node) => !node.anyOf);
  return or(nodes.flatMap(allowedHere));
}

function allowedHere(node: JsonSchema): string[] {
  if (node.enum) return node.enum.map(String);
  if (node.const !== undefined) return [String(node.const)];
  if (node.type === 'integer') return [`an integer${range(node)}`];
  if (node.type === 'number') return [`a number${range(node)}`];
  if (node.type === 'boolean') return ['true', 'false'];
  if (node.type === 'array') return ['a list'];
  if (node.type === 'object')
    return [`a mapping { ${Object.keys(node.properties ?? {}).join(', ')} }`];
  const form = node.pattern === undefined ? '' : ` of the form ${node.pattern}`;
  const length = node.maxLength === undefined ? '' : `, up to ${node.maxLength} characters,`;
  return [`text${form}${length}`];
}

function range(node: JsonSchema): string {
  const { minimum, maximum, exclusiveMinimum } = node;
  const above = typeof exclusiveMinimum === 'number' ? ` greater than ${exclusiveMinimum}` : '';
  const to = maximum === undefined ? '' : ` up to ${maximum}`;
  if (minimum === undefined) return above && to ? `${above} and${to}` : above + to;
  return maximum === undefined ? ` of at least ${minimum}` : ` from ${minimum} to ${maximum}`;
}

/** `a, b or c`. */
export function or(words: readonly string[]): string {
  const last = words.at(-1) ?? '';
  return words.length < 2 ? last : `${words.slice(0, -1).join(', ')} or ${last}`;
}

/** Description of the value at a path in the schema: the first one found. */
export function descriptionAt(root: Schema, path: ConfigPath): string | undefined {
  return schemasAt(root, path).find((node) => node.description !== undefined)?.description;
}

/** A valid value at the path, as YAML on one line. */
export function exampleAt(root: Schema, path: ConfigPath): string {
  const node = schemasAt(root, path)[0];
  return node ? flow(exampleOf(node)) : '...';
}

function exampleOf(node: JsonSchema): unknown {
  const first: unknown = node.examples?.[0] ?? node.default ?? node.enum?.[0] ?? node.const;
  if (first !== undefined) return first;
  if (node.type === 'object') {
    const required = (node.required ?? []).map((key) => {
      const child = node.properties?.[key];
      return [key, typeof child === 'object' ? exampleOf(child) : '...'] as const;
    });
    return Object.fromEntries(required);
  }
  return node.minimum ?? 1;
}

function flow(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(flow).join(', ')}]`;
  if (typeof value === 'object' && value !== null) {
    const entries = Object.entries(value).map(([key, item]) => `${key}: ${flow(item)}`);
    return entries.length === 0 ? '{}' : `{ ${entries.join(', ')} }`;
  }
  return String(value);
}
