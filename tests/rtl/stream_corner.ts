import { expect } from 'vitest';
import {
  must,
  portOf,
  type Beat,
  type Block,
  type StepTag,
} from '../../src/hardware/blocks/block.js';
import { benchParameters, packBeat, packTag, put, toLines } from './corner.js';
import type { Corner, Field, Frames } from './corner.js';
import { createRandom } from './random.js';
import { RESET_CYCLES, resetsOf, scheduleSteps } from './schedule.js';
import type { ScheduledStep, ScheduleOptions } from './schedule.js';

/** Result of one time step. */
export interface StepResult {
  /** None where the step gives no result. */
  readonly out: readonly Beat[];
  /** Per beat: whether it raises the block's flag. */
  readonly clipped?: readonly boolean[];
}

/** Signals of a second input, besides `in`. */
export interface SideInput {
  readonly stimulus: readonly Field[];
  readonly expected: readonly Field[];
  readonly play: (stimulus: Frames, expected: Frames, step: ScheduledStep, index: number) => void;
}

export interface StreamCornerOptions {
  readonly name: string;
  readonly block: Block;
  /** Input beats per port and time step; the stream is `in`. */
  readonly steps: readonly Readonly<Record<string, readonly Beat[]>>[];
  /** A golden in the state after reset. */
  readonly createGolden: () => (
    inputs: Readonly<Record<string, readonly Beat[]>>,
    tag: StepTag,
  ) => StepResult;
  readonly side?: SideInput;
  /** Cycles from a beat to its flag; default 0. */
  readonly flagDelay?: number;
  readonly schedule?: ScheduleOptions;
}

/** A corner of a module with a stream in and a stream out. */
export function streamCorner(options: StreamCornerOptions): Corner {
  const { name, block, steps, createGolden, side, flagDelay = 0 } = options;
  const random = createRandom(name.length * 7919 + steps.length);
  const inPort = portOf(block, 'in');
  const outPort = portOf(block, 'out');
  const multiplies = block.ports.some((port) => port.type === 'multiply');
  const flag = block.ports.find((port) => port.type === 'flag')?.name;
  const [firstStep = {}] = steps;
  const beats = must(firstStep, 'in').length;
  const schedule = scheduleSteps(steps.length, beats, block.minInterval, random, options.schedule);

  const stimulus: Frames = new Map();
  const expected: Frames = new Map();
  const resets = [0, ...resetsOf(schedule)];
  for (const reset of resets) {
    for (let i = 0; i < RESET_CYCLES; i++) put(stimulus, reset + i, { rst: 1n });
  }

  let golden = createGolden();
  let outputs = 0;
  let firstOut = Infinity;
  let end = 0;
  const results: StepResult[] = [];
  const clips: number[] = [];
  schedule.forEach((step, index) => {
    const inputs = steps[index] ?? {};
    if (step.fresh) golden = createGolden();
    must(inputs, 'in').forEach((beat, b) => {
      const cycle = step.cycles[b] ?? 0;
      if (cycle > step.reset) return;
      const in_data = packBeat(beat, inPort.width);
      put(stimulus, cycle, { in_valid: 1n, in_tag: packTag(step.tag), in_data });
    });
    side?.play(stimulus, expected, step, index);
    const result = golden(inputs, step.tag);
    results.push(result);
    const { out: timing = [], mul = [] } = block.timing({ in: step.cycles }).outputs;
    for (const cycle of mul) if (cycle <= step.reset) put(expected, cycle, { mul_valid: 1n });
    if (result.out.length > 0) expect(timing).toHaveLength(result.out.length);
    result.out.forEach((beat, b) => {
      const cycle = timing[b] ?? 0;
      if (cycle > step.reset) return;
      outputs += 1;
      firstOut = Math.min(firstOut, cycle);
      end = Math.max(end, cycle);
      const out_data = packBeat(beat, outPort.width);
      put(expected, cycle, { out_valid: 1n, out_tag: packTag(step.tag), out_data });
      const raises = result.clipped?.[b] === true && cycle + flagDelay <= step.reset;
      if (raises) clips.push(cycle + flagDelay);
    });
  });

  const cycles = end + 10;
  if (flag !== undefined) playFlag(expected, flag, clips, resets, cycles);
  const stimulusFields: readonly Field[] = [
    { name: 'rst', width: 1 },
    { name: 'in_valid', width: 1 },
    { name: 'in_tag', width: 2, garbage: true },
    { name: 'in_data', width: inPort.lanes * inPort.width, garbage: true },
    ...(side?.stimulus ?? []),
  ];
  const expectedFields: readonly Field[] = [
    ...(multiplies ? [{ name: 'mul_valid', width: 1 }] : []),
    ...(flag === undefined ? [] : [{ name: flag, width: 1 }]),
    ...(side?.expected ?? []),
    { name: 'out_valid', width: 1 },
    { name: 'out_tag', width: 2 },
    { name: 'out_data', width: outPort.lanes * outPort.width },
  ];
  return {
    module: block.module,
    name,
    parameters: benchParameters(block),
    bench: { block, stimulus: stimulusFields, expected: expectedFields },
    stimulus: toLines(stimulusFields, stimulus, cycles, random),
    expected: toLines(expectedFields, expected, cycles, random),
    outputs,
    latency: firstOut - (schedule[0]?.cycles[0] ?? 0),
    checkContract() {
      checkMachine(block, schedule, steps, results, flag);
    },
  };
}

/** The sticky flag: from the first beat that raises it until the cycle after a reset begins. */
function playFlag(
  expected: Frames,
  flag: string,
  clips: readonly number[],
  resets: readonly number[],
  cycles: number,
): void {
  let raised = false;
  for (let cycle = 0; cycle < cycles; cycle++) {
    if (resets.includes(cycle - 1)) raised = false;
    if (clips.includes(cycle)) raised = true;
    put(expected, cycle, { [flag]: raised ? 1n : 0n });
  }
}

function checkMachine(
  block: Block,
  schedule: readonly ScheduledStep[],
  steps: readonly Readonly<Record<string, readonly Beat[]>>[],
  results: readonly StepResult[],
  flag: string | undefined,
): void {
  let machine = block.createMachine();
  let raised = false;
  schedule.forEach(({ tag, fresh }, index) => {
    if (fresh) {
      machine = block.createMachine();
      raised = false;
    }
    const result = results[index];
    const { out } = machine.step(steps[index] ?? {}, tag);
    expect(out, `step ${index}`).toEqual(result?.out);
    raised ||= result?.clipped?.includes(true) ?? false;
    expect(machine.flags(), `step ${index}`).toEqual(flag === undefined ? {} : { [flag]: raised });
  });
}
