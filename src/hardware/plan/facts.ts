/** One promise of a plan that was checked. */
export interface Fact {
  /** Name of the promise: `interval`. */
  readonly name: string;
  /** Block, port, node or file that it is about. */
  readonly subject: string;
  /** The bound to keep, and what was found. */
  readonly bound: number | string;
  readonly found: number | string;
}

/** A fact, or the description of its violation. */
export interface Check extends Fact {
  /** undefined where the promise is kept. */
  readonly problem: string | undefined;
}

/** A check of a promise: `problem` describes its violation, and counts unless it `holds`. */
export function check(fact: Fact, holds: boolean, problem: () => string): Check {
  return { ...fact, problem: holds ? undefined : problem() };
}
