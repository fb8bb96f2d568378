/** What counts of a design; each is better when it is larger (gain) or smaller (cost). */
export interface Merit {
  readonly gain: number;
  readonly costs: readonly number[];
}

/** Which designs no other one beats: as good in everything, and better in something. */
export function paretoSet(merits: readonly Merit[]): boolean[] {
  return merits.map((one) => !merits.some((other) => beats(other, one)));
}

function beats(a: Merit, b: Merit): boolean {
  const pairs = [[a.gain, b.gain], ...a.costs.map((cost, i) => [-cost, -(b.costs[i] ?? 0)])];
  return pairs.every(([x = 0, y = 0]) => x >= y) && pairs.some(([x = 0, y = 0]) => x > y);
}
