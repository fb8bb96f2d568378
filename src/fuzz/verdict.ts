import { Qs5Error } from '../errors.js';

/** Whether no case can be run any more: a tool or the disk is missing. */
export function stopsAll(error: unknown): boolean {
  return error instanceof Qs5Error && ['E_TOOL_MISSING', 'E_OUTPUT'].includes(error.code);
}

/** What an error says of a case: a program that took too much time or memory decides nothing. */
export function verdictOfError(error: unknown): {
  readonly kind: 'fail' | 'undecided';
  readonly reason: string;
} {
  if (!(error instanceof Qs5Error)) return { kind: 'fail', reason: String(error) };
  return { kind: error.code === 'E_TOOL_LIMIT' ? 'undecided' : 'fail', reason: error.format() };
}
