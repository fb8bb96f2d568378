import { Alias, isMap, isNode, isScalar, isSeq, LineCounter, parseDocument, visit } from 'yaml';
import type { Document, Node, YAMLError } from 'yaml';
import { Qs5Error } from '../base/errors.js';
import type { ConfigPath, Location } from '../base/errors.js';

/** A YAML text as plain data, with the place of each value. */
export interface YamlDocument {
  readonly value: unknown;
  /** Place of the value at a path, or of the nearest parent that exists. */
  readonly locate: (path: ConfigPath) => Location;
  /** Place of a key of a mapping, or of the mapping if it lacks the key. */
  readonly locateKey: (path: ConfigPath) => Location;
}

/** Parses one YAML document. Errors: E_CONFIG_SYNTAX, each with line and column. */
export function parseYaml(text: string, file: string): YamlDocument {
  const lines = new LineCounter();
  const at = (offset: number): Location => {
    const { line, col } = lines.linePos(offset);
    return { file, line: Math.max(line, 1), column: Math.max(col, 1) };
  };
  const document = parse(text, lines, at(0));
  const errors = [...document.errors, ...document.warnings].sort((a, b) => a.pos[0] - b.pos[0]);
  // The yaml package reports an overflow of its own stack as an error of the text.
  const overflow = errors.find(({ message }) => message.startsWith('Maximum call stack'));
  if (overflow !== undefined) throw tooDeep(at(overflow.pos[0]));
  const lineOf = (error: YAMLError) => at(error.pos[0]).line;
  const [first, ...rest] = errors
    // A second error on a line mostly follows from the first.
    .filter((error, i) => errors.findIndex((other) => lineOf(other) === lineOf(error)) === i)
    .map((error) => syntaxError(error, text, at(error.pos[0])));
  if (first) throw Qs5Error.together(first, ...rest);
  rejectDeepNesting(document, at);
  rejectBadAliases(document, at);
  const value = guarded(() => document.toJS() as unknown, at(0));
  return {
    value,
    locate: (path) => at(walk(document, path).offset),
    locateKey: (path) => at(walk(document, path).keyOffset),
  };
}

function parse(text: string, lineCounter: LineCounter, start: Location): Document {
  return guarded(
    () => parseDocument(text, { lineCounter, prettyErrors: false, logLevel: 'error' }),
    start,
  );
}

/** The yaml package throws plain errors for alias bombs and for nesting that overflows the stack. */
function guarded<T>(read: () => T, location: Location): T {
  try {
    return read();
  } catch (error) {
    if (error instanceof ReferenceError) {
      const message = 'Too many aliases: they expand to more data than a config can need.';
      throw new Qs5Error('E_CONFIG_SYNTAX', { message, hint: 'write the values out.', location });
    }
    if (error instanceof RangeError) throw tooDeep(location);
    throw error;
  }
}

/** Limit on nested lists and mappings. Configs have fewer than ten levels. */
const MAX_DEPTH = 64;

function tooDeep(location: Location): Qs5Error {
  return new Qs5Error('E_CONFIG_SYNTAX', {
    message: `The nesting is too deep: more than ${MAX_DEPTH} lists and mappings in each other.`,
    hint: 'check that the file is a config: those in configs/ have a few levels.',
    location,
  });
}

/** Without recursion, because deep nesting would overflow the stack. */
function rejectDeepNesting(document: Document, at: (offset: number) => Location): void {
  let level: unknown[] = [document.contents];
  for (let depth = 0; level.length > 0; depth++) {
    const deep = level.filter((node) => isMap(node) || isSeq(node));
    if (depth === MAX_DEPTH && deep.length > 0) throw tooDeep(at(startOf(deep[0]) ?? 0));
    level = deep.flatMap((node) =>
      isMap(node) ? node.items.flatMap(({ key, value }) => [key, value]) : node.items,
    );
  }
}

function syntaxError(error: YAMLError, text: string, location: Location): Qs5Error {
  const details = (message: string, hint?: string) =>
    new Qs5Error('E_CONFIG_SYNTAX', { message, location, ...(hint === undefined ? {} : { hint }) });
  if (error.code === 'TAB_AS_INDENT') {
    return details('YAML does not allow tabs as indentation.', 'use spaces.');
  }
  if (error.code === 'DUPLICATE_KEY') {
    const key = /^[^:\s]*/.exec(text.slice(error.pos[0]))?.[0] ?? '';
    return details(`Duplicate key ${key}.`, 'remove one of the two.');
  }
  if (error.code === 'MULTIPLE_DOCS') {
    return details('The file holds more than one YAML document.', 'keep one, without "---" lines.');
  }
  const plain = error.message.replace(/\.?$/, '.');
  return details(plain, 'check the indentation, colons, quotes and brackets around this place.');
}

/** An alias needs an earlier anchor. An anchor around its alias would be endless data. */
function rejectBadAliases(document: Document, at: (offset: number) => Location): void {
  visit(document, {
    Alias(_key, alias, above) {
      const target = alias.resolve(document);
      const location = at(alias.range?.[0] ?? 0);
      if (target && above.some((node) => node === target)) {
        const message = `The alias *${alias.source} is inside of its own anchor.`;
        throw new Qs5Error('E_CONFIG_SYNTAX', { message, hint: 'write the value out.', location });
      }
      if (target) return;
      const message = `The alias *${alias.source} has no anchor before it.`;
      const hint = `mark the value with &${alias.source}.`;
      throw new Qs5Error('E_CONFIG_SYNTAX', { message, hint, location });
    },
  });
}

interface Place {
  readonly node: unknown;
  readonly offset: number;
  readonly keyOffset: number;
}

/** Follows a path from the root; stops at the last node that exists. */
function walk(document: Document, path: ConfigPath): Place {
  const start = startOf(document.contents) ?? 0;
  let place: Place = { node: document.contents, offset: start, keyOffset: start };
  for (const key of path) {
    const next = step(document, place, key);
    if (!next) return place;
    place = next;
  }
  return place;
}

function step(document: Document, place: Place, key: string | number): Place | undefined {
  const node = place.node instanceof Alias ? place.node.resolve(document) : place.node;
  if (isSeq(node) && typeof key === 'number') {
    const item: unknown = node.items[key];
    const offset = startOf(item);
    return offset === undefined ? undefined : { node: item, offset, keyOffset: offset };
  }
  if (!isMap(node)) return undefined;
  const pair = node.items.find(
    (item) => isScalar(item.key) && String(item.key.value) === String(key),
  );
  if (!pair) return undefined;
  const keyOffset = startOf(pair.key) ?? place.offset;
  const hasValue = isNode(pair.value) && !(isScalar(pair.value) && pair.value.source === '');
  return {
    node: pair.value,
    offset: (hasValue ? startOf(pair.value) : undefined) ?? keyOffset,
    keyOffset,
  };
}

function startOf(node: unknown): number | undefined {
  return isNode(node) ? (node satisfies Node).range?.[0] : undefined;
}
