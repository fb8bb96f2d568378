/**
 * A power over that of the noise, dB. Infinity: there is no noise, so all is exact, with or without
 * a signal. -Infinity: there is noise where the signal is zero.
 */
export function decibels(signal: number, noise: number): number {
  return noise === 0 ? Infinity : 10 * Math.log10(signal / noise);
}
