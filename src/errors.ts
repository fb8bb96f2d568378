/**
 * The one error type that users see, and the closed list of its codes.
 *
 * Exit codes: 1 the user's input, 3 a tool is missing or failed, 70 a bug in qs5 (any other
 * exception, printed with its stack). A mismatch that was found is a result, with exit code 2; so is
 * a design that does not fit its device, with exit code 4 (commands/fit.ts).
 */

/** Every code, with the exit code it leads to. A test per code asserts its message. */
export const ERROR_CODES = {
  /** A file named by the user is missing or unreadable. */
  E_FILE: 1,
  /** YAML that does not parse. */
  E_CONFIG_SYNTAX: 1,
  /** A key the schema does not know. */
  E_CONFIG_UNKNOWN_KEY: 1,
  /** A key the schema requires. */
  E_CONFIG_MISSING_KEY: 1,
  /** A value of the wrong type or outside its range. */
  E_CONFIG_VALUE: 1,
  /** Values that are each fine but cannot stand together, or not with this model. */
  E_CONFIG_COMBINATION: 1,
  /** A checkpoint file whose container is broken: truncated, lying header, overlapping tensors. */
  E_CHECKPOINT_FORMAT: 1,
  /** A tensor that is missing, unexpected, of the wrong shape or type, or not finite. */
  E_CHECKPOINT_TENSOR: 1,
  /** A file of an integer network that is broken, or not made from this config. */
  E_NETWORK: 1,
  /** A dataset file that is broken or does not fit the model. */
  E_DATASET: 1,
  /** A pole on or outside the unit circle that no neighbouring integer mends. */
  E_UNSTABLE: 1,
  /** A word length that exact arithmetic or the hardware library cannot carry. */
  E_WIDTH: 1,
  /** A folding that does not divide the network. */
  E_FOLDING: 1,
  /** A file or folder that is not ours to replace or cannot be written; the folder for temporary files. */
  E_OUTPUT: 1,
  /** Command-line usage. */
  E_USAGE: 1,
  /** An external program is not installed. */
  E_TOOL_MISSING: 3,
  /** An external program failed, or printed what we cannot trust. */
  E_TOOL_FAILED: 3,
  /** An external program took more time or memory than it may: no verdict on the design. */
  E_TOOL_LIMIT: 3,
} as const;

export type ErrorCode = keyof typeof ERROR_CODES;

/** A place in a text file; line and column count from 1. */
export interface Location {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

/** Path of a config value: keys and indices from the root, as in `['folding', 'b', 'pe']`. */
export type ConfigPath = readonly (string | number)[];

export interface ErrorDetails {
  /** What is wrong, in one or two sentences. */
  readonly message: string;
  /** What to do about it. */
  readonly hint?: string;
  /** Where in the config; a loaded config turns it into a location. */
  readonly path?: ConfigPath;
  readonly location?: Location;
  /** The file or tensor concerned, where it is not a place in the config. */
  readonly subject?: string;
  /** Further mistakes found in the same input, in its order; none has others of its own. */
  readonly others?: readonly Qs5Error[];
}

/** `folding.layers[0].lanes` from `['folding', 'layers', 0, 'lanes']`. */
export function formatPath(path: ConfigPath): string {
  return path
    .map((key, i) => (typeof key === 'number' ? `[${key}]` : i === 0 ? key : `.${key}`))
    .join('');
}

/**
 * Makes every check, also after one has failed.
 *
 * @throws Qs5Error with the errors of all; any other error at once.
 */
export async function checkAll(...checks: readonly (() => unknown)[]): Promise<void> {
  const errors: Qs5Error[] = [];
  for (const check of checks) {
    try {
      await check();
    } catch (error) {
      if (!(error instanceof Qs5Error)) throw error;
      errors.push(error);
    }
  }
  const [first, ...rest] = errors;
  if (first !== undefined) throw Qs5Error.together(first, ...rest);
}

/** Further errors that a text shows; JSON has all. */
const MAX_OTHERS = 30;

/** An error that is the user's to mend; everything else thrown is a bug in qs5. */
export class Qs5Error extends Error {
  override readonly name = 'Qs5Error';
  readonly code: ErrorCode;
  readonly details: ErrorDetails;

  constructor(code: ErrorCode, details: ErrorDetails) {
    super(details.message);
    this.code = code;
    this.details = details;
  }

  get exitCode(): number {
    return ERROR_CODES[this.code];
  }

  /** Several errors as one: the first, with the rest as its others. */
  static together(first: Qs5Error, ...rest: readonly Qs5Error[]): Qs5Error {
    const { others = [], ...details } = first.details;
    const flat = rest.flatMap((error) => {
      const { others: more = [], ...own } = error.details;
      return [new Qs5Error(error.code, own), ...more];
    });
    const all = [...others, ...flat];
    return all.length === 0 ? first : new Qs5Error(first.code, { ...details, others: all });
  }

  /** The same error at a place, and with it its others. */
  at(location: Location): Qs5Error {
    return this.placed(() => location);
  }

  /** The same error, and each of its others, where `place` says; as it was for undefined. */
  placed(place: (details: ErrorDetails) => Location | undefined): Qs5Error {
    const location = place(this.details);
    const others = this.details.others?.map((other) => other.placed(place));
    return new Qs5Error(this.code, {
      ...this.details,
      ...(location === undefined ? {} : { location }),
      ...(others === undefined ? {} : { others }),
    });
  }

  /**
   * The text a user sees:
   * ```
   * configs/tiny.yaml:14:12  E_FOLDING  folding.recurrence.lanes
   *   16 states do not divide into 5 lanes.
   *   hint: use 1, 2, 4, 8 or 16.
   * ```
   * The others follow in the same form, the first MAX_OTHERS of them.
   */
  format(): string {
    const { location, subject, path, hint, message, others = [] } = this.details;
    const where = location ? `${location.file}:${location.line}:${location.column}` : subject;
    const head = [where, this.code, path && path.length > 0 ? formatPath(path) : undefined];
    const lines = [head.filter((part) => part !== undefined).join('  ')];
    for (const line of message.split('\n')) lines.push(`  ${line}`);
    if (hint !== undefined) lines.push(`  hint: ${hint}`);
    for (const other of others.slice(0, MAX_OTHERS)) lines.push(other.format());
    const more = others.length - MAX_OTHERS;
    if (more > 0) lines.push(`and ${more} more problem${more === 1 ? '' : 's'}.`);
    return lines.join('\n');
  }

  toJSON(): object {
    const { path, others, ...rest } = this.details;
    return {
      code: this.code,
      ...rest,
      ...(path ? { path: formatPath(path) } : {}),
      ...(others ? { others } : {}),
    };
  }
}
