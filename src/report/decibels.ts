/** A ratio of `decibels` as a cell of a table; undefined: there is none. */
export function decibelText(value: number | undefined): string {
  if (value === undefined) return '-';
  if (value === Infinity) return 'exact';
  // The float network has nothing but zeros there.
  return value === -Infinity ? 'noise only' : value.toFixed(1);
}
