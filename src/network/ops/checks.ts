/** Checks that several operations share; each gives the mistake that it found. */
import { maxMagnitude, type Range } from '../../base/fixed/range.js';

type Problem = string | undefined;

export function sized(what: string, found: number, wanted: number): Problem {
  return found === wanted ? undefined : `${what} has ${found} elements instead of ${wanted}`;
}

export function oneOrAll(what: string, found: number, length: number): Problem {
  return found === 1 ? undefined : sized(what, found, length);
}

export function within(what: string, values: Int32Array, { lo, hi }: Range): Problem {
  return values.every((value) => value >= lo && value <= hi)
    ? undefined
    : `${what} leaves its width`;
}

/** Weights within their symmetric words. */
export function weightsWithin(weights: Int32Array, width: number): Problem {
  return within('weights', weights, { lo: -maxMagnitude(width), hi: maxMagnitude(width) });
}

export function sameRange(range: Range, found: Range): Problem {
  return found.lo === range.lo && found.hi === range.hi
    ? undefined
    : 'its range is not that of its sums';
}

/** Places of a table, ascending. */
export function placesOf({ length }: Int32Array, clipped: Int32Array | undefined): Problem {
  let before = -1;
  for (const place of clipped ?? []) {
    if (place <= before || place >= length) return 'a clipped entry is not in its table';
    before = place;
  }
  return undefined;
}

/** A vector as long as that of its source. */
export function alike({ length }: { length: number }, source: { length: number }): Problem {
  return sized('the vector', length, source.length);
}
