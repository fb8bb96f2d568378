import { counted } from '../../base/counted.js';
import type { Calibration, Form } from '../../hardware/estimate/calibration.js';
import { renderTable } from './table.js';

/** The forms of a calibration as a table. */
export function calibrationText(calibration: Calibration, colour = false): string {
  const { family, designs, seed, devices, tool, error, modules } = calibration;
  const percent = (share: number) => `${(100 * share).toFixed(1)} %`;
  return [
    `${family}: ${counted(designs, 'design')} of seed ${seed} on ${devices.join(', ')}, Yosys ${tool.version}`,
    '',
    renderTable({
      head: ['module', 'instances', '+- LUT', '+- FF', 'LUT form', 'FF form'],
      align: ['left', 'right', 'right', 'right'],
      rows: Object.entries(modules).map(([module, { instances, lut, ff }]) => [
        module,
        instances,
        percent(lut.error),
        percent(ff.error),
        formText(lut),
        formText(ff),
      ]),
      colour,
    }),
    `whole designs, 9 of 10: LUT +- ${percent(error.lut)}, FF +- ${percent(error.ff)}`,
    '',
  ].join('\n');
}

/** The calibration with the number of its points. */
export function calibrationJson({ points, ...calibration }: Calibration) {
  return { ...calibration, points: points.length };
}

/** `12 + 0.98 adder + 1.1 mux` */
function formText({ coefficients }: Form): string {
  const terms = Object.entries(coefficients)
    .sort(([a], [b]) => Number(b === 'fixed') - Number(a === 'fixed'))
    .map(([name, value]) => (name === 'fixed' ? `${value}` : `${value} ${name}`));
  return terms.join(' + ') || '0';
}
