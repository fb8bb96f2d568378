import { Qs5Error } from '../../base/errors.js';
import {
  ARCHITECTURE_KEYS,
  defaultsFor,
  GUESSED_KEYS,
  KEY_READERS,
  type Architecture,
  type ArchitectureKey,
  type ArchitectureValue,
  type Stated,
} from './architecture.js';
import { meantKey, NOT_BUILT, SIZE_KEYS, TRANSLATIONS, type SizeKey } from './foreign_keys.js';

/** A choice of the architecture, and where it comes from. */
export interface ArchitectureFact {
  readonly value: ArchitectureValue;
  readonly from: 'config' | 'metadata' | 'default';
  /** The key of the metadata, where it is S5's own name. */
  readonly as?: string;
}

/** The architecture of a checkpoint but for what its tensors tell. */
export interface ReadArchitecture {
  readonly architecture: Architecture;
  readonly facts: Readonly<Record<ArchitectureKey, ArchitectureFact>>;
  /** Sizes that the metadata states; the tensors must have them. */
  readonly sizes: Readonly<Partial<Record<SizeKey, number>>>;
  /** Keys of the metadata that say nothing about the network. */
  readonly ignored: readonly string[];
}

/** The choices that are guesses: nobody stated them. */
export function guessedKeys({ facts }: Pick<ReadArchitecture, 'facts'>): ArchitectureKey[] {
  return GUESSED_KEYS.filter((key) => facts[key].from === 'default');
}

/** One key of the metadata and its value. */
interface Statement {
  readonly key: ArchitectureKey;
  readonly value: ArchitectureValue;
  readonly name: string;
}

/** How Python and JSON print that there is no value. */
const NOTHING = new Set(['', 'None', 'none', 'null']);
const OPTIONAL: ReadonlySet<string> = new Set(['norm_eps', 'step_rescale', 'bandlimit']);

/**
 * The architecture that a checkpoint's metadata and the config state together. Absent keys take
 * the defaults of S5's command line and of flax. S5's own names of keys are read as qs5's.
 *
 * @param stated facts that the config states.
 * @throws Qs5Error with all mistakes. E_CHECKPOINT_FORMAT: an invalid value, a probable slip of a
 * key that the config does not settle, an unsupported option, or two keys that disagree.
 * E_CONFIG_COMBINATION: the config states something else.
 */
export function readArchitecture(
  metadata: Readonly<Record<string, string>>,
  file: string,
  stated: Stated = {},
): ReadArchitecture {
  const errors: Qs5Error[] = [];
  const fail = (message: string, hint: string) => {
    errors.push(new Qs5Error('E_CHECKPOINT_FORMAT', { message, hint, subject: file }));
  };
  const statements: Statement[] = [];
  const sizes: Partial<Record<SizeKey, number>> = {};
  const ignored: string[] = [];
  for (const [name, text] of Object.entries(metadata)) {
    if (name === 'architecture') {
      if (text.toLowerCase() !== 's5') {
        fail(`The metadata has architecture "${text}"; it can be s5.`, 'qs5 builds S5 alone.');
      }
      continue;
    }
    const size = SIZE_KEYS.find((key) => key === name);
    if (size !== undefined) {
      sizes[size] = Number(text);
      continue;
    }
    const notBuilt = NOT_BUILT.get(name);
    if (notBuilt !== undefined) {
      if (text.toLowerCase() !== 'false') fail(`The metadata has ${name} "${text}".`, notBuilt);
      continue;
    }
    const known = statement(name, text);
    if (known === 'wrong') fail(...wrongValue(name, text));
    else if (known !== undefined) statements.push(known);
    else if (isKnown(name)) continue;
    else {
      const meant = meantKey(name);
      if (meant === undefined || stated[meant] !== undefined) ignored.push(name);
      else {
        fail(
          `The metadata has the key ${name}, which qs5 does not know; ${meant} is probably meant.`,
          `call it ${meant}, ${KEY_READERS[meant].allowed}, or state ${meant} in the config: model: { ${meant}: ... }.`,
        );
      }
    }
  }
  errors.push(...contradictions(statements, stated, file));
  const [first, ...rest] = errors;
  if (first !== undefined) throw Qs5Error.together(first, ...rest);
  return { ...choose(statements, stated), sizes, ignored };
}

function isKnown(name: string): boolean {
  return TRANSLATIONS.has(name) || ARCHITECTURE_KEYS.some((key) => key === name);
}

/** The statement of a key of the metadata; undefined for a key without one. */
function statement(name: string, text: string): Statement | 'wrong' | undefined {
  const key = ARCHITECTURE_KEYS.find((known) => known === name);
  if (key !== undefined) {
    if (OPTIONAL.has(key) && NOTHING.has(text)) return undefined;
    const value = KEY_READERS[key].read(text);
    return value === undefined ? 'wrong' : { key, value, name };
  }
  const translation = TRANSLATIONS.get(name);
  if (translation === undefined) return undefined;
  const { key: meant, words } = translation;
  const word = words === undefined ? text : wordOf(words, text);
  if (word === '') return undefined;
  const value = word === undefined ? undefined : KEY_READERS[meant].read(word);
  return value === undefined ? 'wrong' : { key: meant, value, name };
}

/** As S5 or Python prints it. */
function wordOf(words: Readonly<Record<string, string>>, text: string): string | undefined {
  return Object.entries(words).find(([word]) => word === text.toLowerCase())?.[1];
}

/** Message and hint. */
function wrongValue(name: string, text: string): [string, string] {
  const key = ARCHITECTURE_KEYS.find((known) => known === name) ?? TRANSLATIONS.get(name)?.key;
  if (key === undefined) throw new Error(`no key ${name}`);
  const words = TRANSLATIONS.get(name)?.words;
  const allowed = words === undefined ? KEY_READERS[key].allowed : Object.keys(words).join(' or ');
  const hint =
    key === 'gelu'
      ? 'write tanh for the tanh approximation, the default of JAX and flax, or erf for the error function, the default of PyTorch.'
      : 'write the value that the network was trained with; qs5 builds these alone.';
  return [`The metadata has ${name} "${text}"; it can be ${allowed}.`, hint];
}

/** Keys of the metadata that disagree with each other, and with the config. */
function contradictions(
  statements: readonly Statement[],
  stated: Stated,
  file: string,
): readonly Qs5Error[] {
  return statements.flatMap((statement) => {
    const { key, value, name } = statement;
    const before = statements.find((other) => other.key === key) ?? statement;
    if (before.value !== value) {
      return new Qs5Error('E_CHECKPOINT_FORMAT', {
        subject: file,
        message: `The metadata has ${before.name}, which says ${key} ${String(before.value)}, and ${name}, which says ${String(value)}.`,
        hint: 'keep the one that is true.',
      });
    }
    const wanted = stated[key];
    if (wanted === undefined || wanted === value || before !== statement) return [];
    const as = name === key ? '' : ` (${name})`;
    return new Qs5Error('E_CONFIG_COMBINATION', {
      path: ['model', key],
      message: `The config says ${key} ${String(wanted)}; the metadata of ${file} says ${String(value)}${as}.`,
      hint: 'leave the key out of the config, or correct the metadata.',
    });
  });
}

function choose(
  statements: readonly Statement[],
  stated: Stated,
): Pick<ReadArchitecture, 'architecture' | 'facts'> {
  const fact = (key: ArchitectureKey, standard: ArchitectureValue): ArchitectureFact => {
    const found = statements.find((one) => one.key === key);
    if (found !== undefined) {
      const as = found.name === key ? {} : { as: found.name };
      return { value: found.value, from: 'metadata', ...as };
    }
    const wanted = stated[key];
    return wanted === undefined
      ? { value: standard, from: 'default' }
      : { value: wanted, from: 'config' };
  };
  // norm_eps depends on the norm, and nothing else on anything.
  const norm = fact('norm', defaultsFor('batch').norm).value === 'layer' ? 'layer' : 'batch';
  const defaults = defaultsFor(norm);
  const facts = Object.fromEntries(
    ARCHITECTURE_KEYS.map((key) => [key, fact(key, defaults[key])]),
  ) as unknown as Record<ArchitectureKey, ArchitectureFact>;
  const values = Object.fromEntries(ARCHITECTURE_KEYS.map((key) => [key, facts[key].value]));
  return { facts, architecture: values as unknown as Architecture };
}
