import { Qs5Error } from '../../base/errors.js';

/** True if no further case can run, for lack of a tool or disk space. */
export function stopsAll(error: unknown): boolean {
  return error instanceof Qs5Error && ['E_TOOL_MISSING', 'E_OUTPUT'].includes(error.code);
}

/** Verdict of an error. A program over its limit on time or memory gives none. */
export function verdictOfError(error: unknown): {
  readonly kind: 'fail' | 'undecided';
  readonly reason: string;
} {
  if (!(error instanceof Qs5Error)) return { kind: 'fail', reason: String(error) };
  return { kind: error.code === 'E_TOOL_LIMIT' ? 'undecided' : 'fail', reason: error.format() };
}
