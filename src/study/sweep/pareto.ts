/** Merits of a design: a larger gain and smaller costs are better. */
export interface Merit {
  readonly gain: number;
  readonly costs: readonly number[];
}

/**
 * Marks designs that no other design beats. One design beats another if it is nowhere worse and
 * somewhere better.
 */
export function paretoSet(merits: readonly Merit[]): boolean[] {
  return merits.map((one) => !merits.some((other) => beats(other, one)));
}

function beats(a: Merit, b: Merit): boolean {
  const pairs = [[a.gain, b.gain], ...a.costs.map((cost, i) => [-cost, -(b.costs[i] ?? 0)])];
  return pairs.every(([x = 0, y = 0]) => x >= y) && pairs.some(([x = 0, y = 0]) => x > y);
}
