/** A ratio of `decibels` as a cell of a table; undefined: no ratio. */
export function decibelText(value: number | undefined): string {
  if (value === undefined) return '-';
  if (value === Infinity) return 'exact';
  // -Infinity: the float network has only zeros.
  return value === -Infinity ? 'noise only' : value.toFixed(1);
}
