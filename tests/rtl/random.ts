/** A seeded source of integers 0 .. bound-1, bound <= 2^53: same seed, same vectors. */
export type Random = (bound: number) => number;

/** mulberry32, two draws per number. */
export function createRandom(seed: number): Random {
  let state = seed >>> 0;
  const draw = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let z = Math.imul(state ^ (state >>> 15), state | 1);
    z ^= z + Math.imul(z ^ (z >>> 7), z | 61);
    return (z ^ (z >>> 14)) >>> 0;
  };
  return (bound) => {
    const high = draw() >>> 11;
    return Math.floor(((high * 2 ** 32 + draw()) / 2 ** 53) * bound);
  };
}

/** A signed word, every code equally likely. */
export function randomWord(random: Random, width: number): number {
  return random(2 ** width) - 2 ** (width - 1);
}

/** `count` words, one in eight of them at full scale. */
export function randomWords(random: Random, count: number, width: number): number[] {
  const ends = [-(2 ** (width - 1)), 2 ** (width - 1) - 1];
  return Array.from({ length: count }, () =>
    random(8) === 0 ? (ends[random(2)] ?? 0) : randomWord(random, width),
  );
}

/** `bits` random bits. */
export function randomBits(random: Random, bits: number): bigint {
  let word = 0n;
  for (let at = 0; at < bits; at += 32) word = (word << 32n) | BigInt(random(2 ** 32));
  return BigInt.asUintN(bits, word);
}
