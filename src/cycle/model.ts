import type { Plan } from '../plan/types.js';
import { createDatapath } from './datapath.js';
import { createInputEdge } from './input_edge.js';
import { createOutputEdge, type OutputBeat } from './output_edge.js';
import { createSource } from './source.js';
import { inputBeats, RESET_CYCLES, type Stimulus } from './stimulus.js';

/** A result beat at its handshake. */
export interface TimedOutput extends OutputBeat {
  readonly cycle: number;
}

export interface CycleRun {
  readonly outputs: readonly TimedOutput[];
  /** Cycle after the last handshake. */
  readonly cycles: number;
  /** Cycles from the first input handshake to the end of the first result; -1 without one. */
  readonly latency: number;
  /** Cycles in which a step started; a list for each reset, the one at the beginning included. */
  readonly starts: readonly (readonly number[])[];
  /** Sticky flags at the end, by `block.port`. */
  readonly flags: ReadonlyMap<string, boolean>;
  /** For each reset, the index of the input beat with which the source goes on. */
  readonly resumed: readonly number[];
}

/** Time steps between two calls of `pause`. */
const STEPS_PER_PAUSE = 64;

/** Cycles without any handshake after which a run is over: nothing can move any more. */
export function patience(plan: Plan, stimulus: Stimulus): number {
  return plan.latency + plan.interval + 2 * stimulus.validPattern.length + RESET_CYCLES;
}

/**
 * Runs the plan cycle by cycle: the edges by their handshakes, all between them by the schedule,
 * in machine words. Cycle 0 is the first clock edge, aresetn low.
 *
 * @param pause awaited now and then with the number of steps so far: for progress and interrupts.
 */
export async function runCycleModel(
  plan: Plan,
  stimulus: Stimulus,
  pause?: (steps: number) => Promise<void>,
): Promise<CycleRun> {
  const { validPattern, readyPattern } = stimulus;
  const beats = inputBeats(stimulus, plan.input.lanes);
  const source = createSource(beats);
  const arrivals = arrivalTimes(plan);

  const outputs: TimedOutput[] = [];
  const starts: number[][] = [[]];
  let steps = 0;
  const resumed: number[] = [];
  const limit = patience(plan, stimulus);
  let design = reset(plan);
  let resetLeft = RESET_CYCLES;
  let firstInput = -1;
  let latency = -1;
  let idle = 0;
  let cycle = 0;

  for (; idle <= limit; cycle++) {
    const phase = cycle % validPattern.length;
    const running = resetLeft === 0;
    let moved = false;
    if (running) {
      const { input, output, inFlight, datapath } = design;
      const offered = source.offered();
      const taken = offered !== undefined && input.ready() ? offered : undefined;
      const step = input.starts(output.room());
      const result = output.offered();
      const delivered = result !== undefined && readyPattern[phase] === true;

      if (taken !== undefined && firstInput < 0) firstInput = cycle;
      if (result !== undefined && delivered) {
        outputs.push({ ...result, cycle });
        if (outputs.length === plan.output.beats) latency = cycle - firstInput;
      }
      if (step !== undefined) {
        starts.at(-1)?.push(cycle);
        steps += 1;
        datapath.step(step.beats, step.tag).forEach((words, i, all) => {
          const at = cycle + (arrivals[i] ?? 0);
          const last = step.tag.last && i === all.length - 1;
          inFlight.set(at, {
            words,
            last,
            sequence: step.sequence,
            step: step.step,
            beat: i,
          });
        });
        if (steps % STEPS_PER_PAUSE === 0) await pause?.(steps);
      }
      output.clock(step !== undefined, inFlight.get(cycle), delivered);
      inFlight.delete(cycle);
      input.clock(taken, step !== undefined);
      moved = taken !== undefined || delivered;
      if (!stimulus.resets.includes(cycle + 1)) {
        source.clock(taken !== undefined, validPattern[phase] === true);
      }
    }
    idle = moved ? 0 : idle + 1;

    if (stimulus.resets.includes(cycle + 1)) {
      resumed.push(source.restart());
      design = reset(plan);
      starts.push([]);
      resetLeft = RESET_CYCLES;
    } else if (resetLeft > 0) {
      resetLeft -= 1;
    }
  }
  return {
    outputs,
    cycles: cycle - limit - 1,
    latency,
    starts,
    flags: design.datapath.flags(),
    resumed,
  };
}

function reset(plan: Plan) {
  return {
    input: createInputEdge(plan.input.beats, plan.interval),
    output: createOutputEdge(plan.slots, plan.output.beats),
    datapath: createDatapath(plan),
    /** Beats on their way to the output edge, by the cycle of their arrival. */
    inFlight: new Map<number, OutputBeat>(),
  };
}

/** Cycles in which the output edge receives its beats, from the start of a step. */
function arrivalTimes(plan: Plan): readonly number[] {
  const feeding = plan.connections.find(
    ({ to }) => to.block === plan.output.block && to.port === 'in',
  );
  return plan.timing.get(`${feeding?.from.block ?? ''}.${feeding?.from.port ?? ''}`) ?? [];
}
