import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64';
import { mersenne } from 'pure-rand/generator/mersenne';

/** A stream of random numbers. Its state is its only effect. */
export interface RandomStream {
  /** Uniform in [0, 1). */
  readonly uniform: () => number;
  /** N(0, 1). */
  readonly normal: () => number;
  /** N(0, 1) truncated to +-2 and scaled to variance 1, as in the initialisers of JAX. */
  readonly truncatedNormal: () => number;
}

/** Standard deviation of N(0, 1) truncated to +-2. Source: jax.nn.initializers. */
const TRUNCATED_DEVIATION = 0.87962566103423978;

/** @param seed Any integer of 32 bits. */
export function randomStream(seed: number): RandomStream {
  const generator = mersenne(seed);
  const uniform = (): number => uniformFloat64(generator);
  // Box and Muller; 1 - u is in (0, 1], so the logarithm is finite.
  const normal = (): number => {
    const radius = Math.sqrt(-2 * Math.log(1 - uniform()));
    return radius * Math.cos(2 * Math.PI * uniform());
  };
  const truncatedNormal = (): number => {
    let value = normal();
    while (Math.abs(value) > 2) value = normal();
    return value / TRUNCATED_DEVIATION;
  };
  return { uniform, normal, truncatedNormal };
}

/** `count` values, in order, of `draw` times `deviation`. */
export function draws(count: number, deviation: number, draw: () => number): Float64Array {
  return Float64Array.from({ length: count }, () => deviation * draw());
}
