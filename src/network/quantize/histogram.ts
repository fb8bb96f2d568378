import { at } from '../../float/s5/vector.js';
const BINS = 2048;

/** Counts of magnitudes in equal bins whose width doubles whenever a larger value comes. */
export interface Histogram {
  readonly counts: Float64Array;
  /** Width of a bin; 0 as long as only zeros came. */
  readonly binWidth: number;
  readonly absMax: number;
}

/** A histogram that grows with `add`. */
export function createHistogram(): Histogram & { add(data: Float64Array): void } {
  const counts = new Float64Array(BINS);
  let binWidth = 0;
  let absMax = 0;
  const cover = (magnitude: number) => {
    absMax = magnitude;
    // A power of two, so that bins of different widths nest.
    if (binWidth === 0) binWidth = 2 ** Math.ceil(Math.log2(magnitude)) / BINS;
    while (magnitude >= binWidth * BINS) {
      for (let i = 0; i < BINS / 2; i++) counts[i] = at(counts, 2 * i) + at(counts, 2 * i + 1);
      counts.fill(0, BINS / 2);
      binWidth *= 2;
    }
  };
  return {
    counts,
    get binWidth() {
      return binWidth;
    },
    get absMax() {
      return absMax;
    },
    add(data) {
      for (let i = 0; i < data.length; i++) {
        const magnitude = Math.abs(at(data, i));
        if (magnitude > absMax) cover(magnitude);
        const bin = binWidth === 0 ? 0 : Math.floor(magnitude / binWidth);
        counts[bin] = at(counts, bin) + 1;
      }
    },
  };
}

/** Least limit that holds `percent` of the values, to a bin; at most the largest magnitude. */
export function percentileLimit({ counts, binWidth, absMax }: Histogram, percent: number): number {
  const wanted = (counts.reduce((sum, count) => sum + count, 0) * percent) / 100;
  let seen = 0;
  for (const [bin, count] of counts.entries()) {
    seen += count;
    if (seen >= wanted) return Math.min((bin + 1) * binWidth, absMax);
  }
  return absMax;
}

/** Limits tried, as parts of the largest magnitude. */
const LIMIT_STEPS = 128;

/**
 * The limit that gives words of +-`steps` the least squared error: a twelfth of a squared step
 * for each value within it, the squared distance for each beyond.
 */
export function leastErrorLimit({ counts, binWidth, absMax }: Histogram, steps: number): number {
  let best = { limit: absMax, error: Infinity };
  for (let part = LIMIT_STEPS; part > 0 && absMax > 0; part--) {
    const limit = (absMax * part) / LIMIT_STEPS;
    const noise = (limit / steps) ** 2 / 12;
    let error = 0;
    counts.forEach((count, bin) => {
      if (count === 0) return;
      const beyond = Math.min((bin + 0.5) * binWidth, absMax) - limit;
      error += count * (beyond > 0 ? noise + beyond * beyond : noise);
    });
    if (error < best.error) best = { limit, error };
  }
  return best.limit;
}
