import { clockOf, type ClockCalibration } from '../../hardware/estimate/clock.js';
import { median } from '../../base/median.js';
import { renderTable } from './table.js';

/** A calibration of a clock as a table. */
export function clockText(clock: ClockCalibration, colour = false): string {
  const { device, tool, yosys, delays, error, points, seeds, left_out } = clock;
  return [
    `${device}: ${tool.name} ${tool.version} after Yosys ${yosys}, ${seeds.length} seeds`,
    '',
    renderTable({
      head: ['design', 'LUT', 'MHz', 'fitted'],
      align: ['right', 'right', 'right', 'right'],
      rows: points.map(({ design, lut, mhz, paths }) => [
        design,
        lut,
        median(mhz)?.toFixed(1) ?? '-',
        paths.length === 0 ? '-' : clockOf(delays, paths, lut).toFixed(1),
      ]),
      colour,
    }),
    ...(left_out > 0 ? [`skipped designs, too large or not placed in time: ${left_out}`] : []),
    `delays, ns: ${Object.entries(delays)
      .map(([name, value]) => `${name} ${value}`)
      .join(', ')}; +- ${(100 * error).toFixed(1)} % for 9 of 10 runs of designs`,
    '',
  ].join('\n');
}

/** The calibration with the number of its points. */
export function clockJson({ points, ...clock }: ClockCalibration) {
  return { ...clock, points: points.length };
}
