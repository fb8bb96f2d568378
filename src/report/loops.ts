import type { LoopReport } from '../sensitivity/loops.js';
import { renderTable } from './table.js';

const number = (value: number) => (value >= 1000 ? value.toFixed(0) : value.toPrecision(3));

/** Rounding in the recurrences for a person, with a warning where rounding may hide a state. */
export function loopsText(loops: readonly LoopReport[], colour: boolean): string {
  if (loops.length === 0) return '';
  return [
    renderTable({
      head: [
        ...['loop', 'rounding', 'bias bound', 'of slowest', 'B u', 'of least'],
        ...['state', 'of least', 'poles moved'],
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
    'In LSB of the state; medians of all states beside the extreme one. bias bound: error that rounding',
    'can leave in a state. B u, state: root mean square on these sequences. poles moved: plain rounding',
    'would have put the pole on or outside the unit circle.',
    ...loops.flatMap(warningOf),
    '',
  ].join('\n');
}

function warningOf({ id, hidden, states, bitsShort, rounding }: LoopReport): string[] {
  if (hidden === 0) return [];
  const other = rounding === 'toward_zero' ? ', or take rounding: { loop: half_even }' : '';
  return [
    `warning: in ${hidden} of ${states} states of ${id} rounding may hide the state: its bias bound is above the state.`,
    `  hint: give precision.state ${bitsShort} more bits${other}.`,
  ];
}
