import { maxMagnitude } from '../../base/fixed/range.js';
import { createHistogram, leastErrorLimit, percentileLimit, type Histogram } from './histogram.js';
import { absMax } from './scales.js';

/** How the range of an activation follows from the values seen. */
export type RangeMethod =
  /** The largest magnitude. */
  | { readonly kind: 'abs_max' }
  /** The limit that `percentile` percent of the values keep. */
  | { readonly kind: 'percentile'; readonly percentile: number }
  /** The limit with the least squared error. */
  | { readonly kind: 'mse' };

/** The magnitude that a word of `width` bits should cover. */
export type RangeLimit = (width: number) => number;

/** Values of many tensors, by name, as far as their ranges go. */
export interface RangeFinder {
  see(name: string, data: Float64Array): void;
  /** Largest magnitude, times the margin; 0 for a name never seen. */
  absMax(name: string): number;
  /** By the method, times the margin. */
  limit(name: string): RangeLimit;
}

/** @param margin factor on every range, > 0. */
export function createRangeFinder(method: RangeMethod, margin: number): RangeFinder {
  const maxima = new Map<string, number>();
  const histograms = new Map<string, ReturnType<typeof createHistogram>>();
  const largest = (name: string) => (maxima.get(name) ?? 0) * margin;
  return {
    see(name, data) {
      maxima.set(name, Math.max(maxima.get(name) ?? 0, absMax(data)));
      if (method.kind === 'abs_max') return;
      const histogram = histograms.get(name) ?? createHistogram();
      histograms.set(name, histogram);
      histogram.add(data);
    },
    absMax: largest,
    limit(name) {
      const histogram = histograms.get(name);
      if (histogram === undefined) return () => largest(name);
      return (width) => limitOf(histogram, method, width) * margin;
    },
  };
}

function limitOf(histogram: Histogram, method: RangeMethod, width: number): number {
  switch (method.kind) {
    case 'abs_max':
      return histogram.absMax;
    case 'percentile':
      return percentileLimit(histogram, method.percentile);
    case 'mse':
      return leastErrorLimit(histogram, maxMagnitude(width));
  }
}
