import { at } from '../../base/at.js';
import type { StepTag } from '../blocks/block.js';
import { sequenceLatency, type Plan } from '../plan/types.js';
import { createDatapath } from './datapath.js';
import { createInputEdge } from './input_edge.js';
import { createOutputEdge, type OutputBeat } from './output_edge.js';
import { createPacing } from './pacing.js';
import { createReplay } from './replay.js';
import { createSource } from './source.js';
import type { Step } from './step.js';
import { RESET_LATENCY } from '../blocks/reset.js';
import { inputBeats, RESET_CYCLES, type Stimulus } from './stimulus.js';

/** A result beat at its handshake. */
export interface TimedOutput extends OutputBeat {
  readonly cycle: number;
}

/** The starts of one segment, in order. */
export type SegmentStarts = readonly Start[];

export interface Start {
  readonly cycle: number;
  /** True if the step began a sequence. */
  readonly first: boolean;
}

export interface CycleRun {
  readonly outputs: readonly TimedOutput[];
  /** Cycle after the last handshake. */
  readonly cycles: number;
  /** Cycles from the first input handshake to the end of the first result; -1 without one. */
  readonly latency: number;
  /** Steps that started, of each segment; a list for each reset, that at the beginning included. */
  readonly starts: readonly (readonly SegmentStarts[])[];
  /** Sticky flags at the end, by `block.port`. */
  readonly flags: ReadonlyMap<string, boolean>;
  /** For each reset, the index of the input beat with which the source goes on. */
  readonly resumed: readonly number[];
}

/** Time steps between two calls of `pause`. */
const STEPS_PER_PAUSE = 64;

/** Cycles without any handshake after which a run is over: nothing can move any more. */
export function patience(plan: Plan, stimulus: Stimulus): number {
  const lengths = stimulus.sequences.map((steps) => steps.length);
  // Without its tlast a sequence goes on in the next.
  const merged = (stimulus.wrongLast ?? []).length > 0;
  const longest = merged ? lengths.reduce((a, b) => a + b, 0) : Math.max(1, ...lengths);
  const silence = sequenceLatency(plan, longest) + plan.interval;
  const resets = [firstReset(stimulus), ...stimulus.resets.map(({ cycles }) => cycles)];
  const waits = longestWait(stimulus.validPattern) + longestWait(stimulus.readyPattern);
  return silence + waits + Math.max(...resets) + RESET_LATENCY;
}

/** Most cycles from one to the next in which a pattern that repeats lets something move. */
function longestWait(pattern: readonly boolean[]): number {
  const moves = pattern.flatMap((on, i) => (on ? [i] : []));
  const gaps = moves.map((at, i) => at - (moves[i - 1] ?? (moves.at(-1) ?? 0) - pattern.length));
  return Math.max(0, ...gaps);
}

function firstReset({ firstReset: cycles = RESET_CYCLES }: Stimulus): number {
  return cycles;
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
  const noStarts = () => plan.segments.map((): Start[] => []);
  const starts = [noStarts()];
  let steps = 0;
  const resumed: number[] = [];
  const limit = patience(plan, stimulus);
  let design = reset(plan);
  /** Cycles until aresetn is high; below 0 until the blocks have seen it. */
  let resetLeft = firstReset(stimulus);
  const resets = new Map(stimulus.resets.map((reset) => [reset.cycle, reset.cycles]));
  let firstInput = -1;
  let latency = -1;
  let idle = 0;
  /** Steps that each replay takes in at the end of the cycle. */
  const stores: (Step | undefined)[] = plan.segments.map(() => undefined);
  let cycle = 0;

  for (; idle <= limit; cycle++) {
    const phase = cycle % validPattern.length;
    const running = resetLeft === -RESET_LATENCY;
    let accepted = false;
    let moved = false;
    if (running) {
      const { input, output, inFlight, datapath, replays } = design;
      const offered = source.offered();
      const taken = offered !== undefined && input.ready() ? offered : undefined;
      const result = output.offered();
      const delivered = result !== undefined && readyPattern[phase] === true;

      if (taken !== undefined && firstInput < 0) firstInput = cycle;
      if (result !== undefined && delivered) {
        outputs.push({ ...result, cycle });
        if (outputs.length === plan.output.beats) latency = cycle - firstInput;
      }
      // Every segment decides by the registers of its sink who starts in the next cycle.
      const { started } = design;
      const starting = plan.segments.map((_, segment): Step | undefined => {
        const waiting = (segment === 0 ? input : replays[segment - 1])?.waiting();
        const sink = replays[segment] ?? output;
        return waiting !== undefined && sink.room(waiting.tag) ? waiting : undefined;
      });
      let promised: StepTag | undefined;
      started.forEach((step, segment) => {
        const behind = replays[segment];
        if (step === undefined) return;
        starts.at(-1)?.[segment]?.push({ cycle, first: step.tag.first });
        datapath.step(segment, step);
        if (behind !== undefined) {
          stores[segment] = { ...step, beats: datapath.stored(segment) };
          return;
        }
        promised = step.tag;
        datapath.result().forEach((words, i, all) => {
          const last = i === all.length - 1 && (plan.emit !== 'step' || step.tag.last);
          const { sequence } = step;
          inFlight.set(cycle + at(arrivals, i), {
            words,
            last,
            sequence,
            step: step.step,
            beat: i,
          });
        });
      });
      if (started[0] !== undefined) {
        steps += 1;
        if (steps % STEPS_PER_PAUSE === 0) await pause?.(steps);
      }
      output.clock(promised, inFlight.get(cycle), delivered);
      inFlight.delete(cycle);
      replays.forEach((replay, i) => {
        replay.clock(stores[i], started[i + 1] !== undefined, starting[i + 1] !== undefined);
        stores[i] = undefined;
      });
      input.clock(taken, started[0] !== undefined, starting[0] !== undefined);
      design.started = starting;
      accepted = taken !== undefined;
      moved = accepted || delivered;
    }
    const resetCycles = resets.get(cycle + 1);
    // A reset counts as a move, so that several resets in a row do not end the run.
    idle = moved || resetCycles !== undefined ? 0 : idle + 1;

    if (resetCycles !== undefined) {
      resumed.push(source.restart());
      design = reset(plan);
      starts.push(noStarts());
      stores.fill(undefined);
      resetLeft = resetCycles;
    } else {
      // The source sees aresetn itself, the blocks some cycles later.
      if (resetLeft <= 0) source.clock(accepted, validPattern[phase] === true);
      if (!running) resetLeft -= 1;
    }
  }
  return {
    outputs,
    cycles: cycle - limit - 1,
    latency,
    starts,
    flags: new Map([
      ...design.datapath.flags(),
      [`${plan.input.block}.protocol`, design.input.protocol()],
    ]),
    resumed,
  };
}

function reset(plan: Plan) {
  const pacing = (segment: number) =>
    createPacing(plan.interval, plan.segments[segment] ?? { aligned: false });
  return {
    input: createInputEdge(
      plan.input.block,
      plan.input.beats,
      plan.network.maxLength ?? 0,
      pacing(0),
    ),
    replays: [...plan.replays.values()].map((size, i) => createReplay(size, pacing(i + 1))),
    output: createOutputEdge(plan.slots, plan.output.beats, plan.emit),
    datapath: createDatapath(plan),
    /** The step of each segment that starts in this cycle, if any. */
    started: plan.segments.map((): Step | undefined => undefined),
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
