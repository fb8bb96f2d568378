/** Parsers and options that commands share. */
import { InvalidArgumentError, Option } from 'commander';

/** `--json`, which every command takes. */
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
