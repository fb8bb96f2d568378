/**
 * The error type for users, and the closed list of its codes.
 *
 * Exit codes: 1 the user's input, 3 a tool is missing or failed, 70 a bug in qs5 (any other
 * exception, printed with its stack). Two results have their own exit codes: 2 for a mismatch, 4
 * for a design larger than its device (commands/fit.ts).
 */

/** Every code with its exit code. A test per code asserts its message. */
export const ERROR_CODES = {
  /** A file named by the user is missing or unreadable. */
  E_FILE: 1,
  /** YAML that does not parse. */
  E_CONFIG_SYNTAX: 1,
  /** A key that is not in the schema. */
  E_CONFIG_UNKNOWN_KEY: 1,
  /** A missing key that the schema requires. */
  E_CONFIG_MISSING_KEY: 1,
  /** A value of the wrong type or outside its range. */
  E_CONFIG_VALUE: 1,
  /** Valid values that contradict each other or the model. */
  E_CONFIG_COMBINATION: 1,
  /** A checkpoint with a broken container: truncated, wrong header, overlapping tensors. */
  E_CHECKPOINT_FORMAT: 1,
  /** A tensor that is missing, unexpected, of the wrong shape or type, or not finite. */
  E_CHECKPOINT_TENSOR: 1,
  /** A network file that is broken, or belongs to another config. */
  E_NETWORK: 1,
  /** A dataset file that is broken or does not fit the model. */
  E_DATASET: 1,
  /** A pole on or outside the unit circle without a stable neighbour. */
  E_UNSTABLE: 1,
  /** A word length beyond exact arithmetic or the hardware library. */
  E_WIDTH: 1,
  /** A folding that does not divide the network. */
  E_FOLDING: 1,
  /**
   * A file or folder that cannot be written, or that qs5 must not replace; the folder for temporary
   * files.
   */
  E_OUTPUT: 1,
  /** A training that diverged, or a folder of another training. */
  E_TRAINING: 1,
  /** Command-line usage. */
  E_USAGE: 1,
  /** An external program is not installed. */
  E_TOOL_MISSING: 3,
  /** An external program failed, or its output is unusable. */
  E_TOOL_FAILED: 3,
  /** An external program exceeded its limit on time or memory: no verdict on the design. */
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
  /** The mistake, in one or two sentences. */
  readonly message: string;
  /** The remedy. */
  readonly hint?: string;
  /** Path in the config; a loaded config turns it into a location. */
  readonly path?: ConfigPath;
  readonly location?: Location;
  /** The file or tensor, for a mistake outside of the config. */
  readonly subject?: string;
  /** Further mistakes of the same input, in its order, without others of their own. */
  readonly others?: readonly Qs5Error[];
}

/** `folding.layers[0].lanes` from `['folding', 'layers', 0, 'lanes']`. */
export function formatPath(path: ConfigPath): string {
  return path
    .map((key, i) => (typeof key === 'number' ? `[${key}]` : i === 0 ? key : `.${key}`))
    .join('');
}

/**
 * Runs every check, also after a failure.
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

/** Limit on further errors in a text. JSON has all. */
const MAX_OTHERS = 30;

/** An error that the user can fix. Any other exception is a bug in qs5. */
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

  /** Merges errors into one: the first, with the rest as its others. */
  static together(first: Qs5Error, ...rest: readonly Qs5Error[]): Qs5Error {
    const { others = [], ...details } = first.details;
    const flat = rest.flatMap((error) => {
      const { others: more = [], ...own } = error.details;
      return [new Qs5Error(error.code, own), ...more];
    });
    const all = [...others, ...flat];
    return all.length === 0 ? first : new Qs5Error(first.code, { ...details, others: all });
  }

  /** The error at a place, including its others. */
  at(location: Location): Qs5Error {
    return this.placed(() => location);
  }

  /** The error and each of its others at the place from `place`; unchanged for undefined. */
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
