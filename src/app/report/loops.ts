import type { LoopReport } from '../../study/sensitivity/loops.js';
import { renderTable } from './table.js';

const number = (value: number) => (value >= 1000 ? value.toFixed(0) : value.toPrecision(3));

/** Table of the rounding in each recurrence, with warnings if rounding may hide a state. */
export function loopsText(loops: readonly LoopReport[], colour: boolean): string {
  if (loops.length === 0) return '';
  return [
    renderTable({
      head: [
        ...['loop', 'rounding', 'bias bound', 'largest', 'B u', 'smallest'],
        ...['state', 'smallest', 'poles moved'],
      ],
      align: [
        ...(['left', 'left', 'right', 'right', 'right', 'right'] as const),
        ...(['right', 'right', 'right'] as const),
      ],
      rows: loops.map(({ id, rounding, states, biasBound, drive, state, pushedOut }) => [
        id,
        rounding,
        number(biasBound.median),
        number(biasBound.largest),
        number(drive.median),
        number(drive.least),
        number(state.median),
        number(state.least),
        `${pushedOut} of ${states}`,
      ]),
      colour,
    }),
    'In LSB of the state: the median over the states, then the extreme. bias bound: largest error of a',
    'state by rounding. B u, state: root mean square on these sequences. poles moved: poles that plain',
    'rounding would put on or outside the unit circle.',
    ...loops.flatMap(warningOf),
    '',
  ].join('\n');
}

function warningOf({ id, hidden, states, bitsShort, rounding }: LoopReport): string[] {
  if (hidden === 0) return [];
  const other = rounding === 'toward_zero' ? ', or use rounding: { loop: half_even }' : '';
  return [
    `warning: rounding may hide ${hidden} of ${states} states of ${id}: their bias bound is above the state.`,
    `  hint: give precision.state ${bitsShort} more bits${other}.`,
  ];
}
