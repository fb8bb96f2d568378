import { RETURN_LATENCY } from '../../blocks/axis_out.js';
import { START_LATENCY } from '../../blocks/step_pacer.js';
import { check, type Check } from '../facts.js';
import { lastOutput } from '../last_output.js';
import { blockById, parameterOf } from '../types.js';
import type { Claims } from './claims.js';

/** An element is read after it was written, and its bank is not written before it was read. */
export function* buffers(plan: Claims): Generator<Check> {
  const { interval, lifetimes } = plan;
  if (interval === undefined) return;
  for (const [id, { banks, from, to, slack }] of lifetimes ?? []) {
    yield check(
      { name: 'slack', subject: id, bound: 1, found: slack },
      slack >= 1,
      () => `${id}: read before it is written`,
    );
    yield check(
      { name: 'last read', subject: id, bound: from + banks * interval - 1, found: to },
      from + banks * interval > to,
      () => `${id}: overwritten before it is read`,
    );
    const given = parameterOf(blockById(plan, id), 'BANKS');
    yield check(
      { name: 'banks', subject: id, bound: banks, found: given },
      given === banks,
      () => `${id}: ${String(given)} banks instead of ${banks}`,
    );
  }
}

/** A step has a slot of the output from its start until its result has left. */
export function* outputSlots({ slots, interval, timing, blocks }: Claims): Generator<Check> {
  if (slots === undefined || interval === undefined || timing === undefined) return;
  const output = blocks.find(({ ports }) => ports.some(({ type }) => type === 'm_axis'));
  if (output === undefined) throw new Error('the plan has no output');
  const needed = lastOutput(timing, output.id) + RETURN_LATENCY + START_LATENCY;
  yield check(
    { name: 'slots', subject: output.id, bound: slots * interval, found: needed },
    slots * interval >= needed,
    () => 'too few output slots for the interval',
  );
}
