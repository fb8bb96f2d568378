/** Parsers and options that commands share. */
import { InvalidArgumentError, Option } from 'commander';
import { Qs5Error } from '../../base/errors.js';

/** `--json`, an option of every command. */
export function jsonOption(): Option {
  return new Option('--json', 'print one JSON document instead of text').default(false);
}

/** Parser of an option's integer value in [min, max]; anything else is E_USAGE. */
export function integerOption(min: number, max: number): (text: string) => number {
  return (text) => {
    const value = /^[+-]?\d+$/.test(text) ? Number(text) : NaN;
    if (value >= min && value <= max) return value;
    throw new InvalidArgumentError(`It must be an integer from ${min} to ${max}.`);
  };
}

/** Seeds 1 to n of a placer. */
export function seedsUpTo(n: number): number[] {
  return Array.from({ length: n }, (_, i) => i + 1);
}

/** @throws E_USAGE for an option that requires another */
export function checkNeeds(option: string, given: unknown, other: string, present: boolean): void {
  if (given === undefined || present) return;
  throw new Qs5Error('E_USAGE', {
    message: `${option} requires ${other}.`,
    hint: `add ${other}, or omit ${option}.`,
  });
}
