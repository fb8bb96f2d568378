import { maxMagnitude } from '../../base/fixed/range.js';

/** True if the nearest integer of a value, ties to even, is beyond a word of that width. */
export function isClipped(exact: number, width: number): boolean {
  // The largest word is odd, so half a step above it goes up.
  return Math.abs(exact) >= maxMagnitude(width) + 0.5;
}

/** Places of the values that a word of that width clips, ascending; undefined where it clips none. */
export function clippedPlaces(exact: Float64Array, width: number): Int32Array | undefined {
  const places: number[] = [];
  exact.forEach((value, place) => {
    if (isClipped(value, width)) places.push(place);
  });
  return places.length === 0 ? undefined : Int32Array.from(places);
}
