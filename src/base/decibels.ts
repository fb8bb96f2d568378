/**
 * Signal power / noise power, dB. Infinity: exact, with or without a signal. -Infinity: noise
 * without a signal.
 */
export function decibels(signal: number, noise: number): number {
  return noise === 0 ? Infinity : 10 * Math.log10(signal / noise);
}
