/** One rule of prose with examples of sentences that break it and that do not. */
export interface Rule {
  readonly name: string;
  readonly wrong: readonly string[];
  readonly right: readonly string[];
  /** The kind of prose that the examples are tried as; `comment` by default. */
  readonly kind?: string;
}

export interface Fault {
  readonly line: number;
  readonly name: string;
  readonly hint: string;
  readonly text: string;
}

export const RULES: readonly Rule[];
export function check(piece: {
  readonly kind: string;
  readonly text: string;
  readonly lineAt: (offset: number) => number;
}): Fault[];
