import { runCycleModel } from '../../hardware/cycle/model.js';
import { inputBeats, type Reset, type Stimulus } from '../../hardware/cycle/stimulus.js';
import type { Design } from '../../design/build.js';
import { inputNode } from '../../network/types.js';
import { randomStream, type RandomStream } from '../../base/random.js';
import { stallPatterns } from '../simulate/patterns.js';
import type { FuzzCase, FuzzReset, FuzzStimulus, LastFault } from './fuzz_case.js';

/** The stimulus of a case, for its design. */
export async function caseStimulus({ stimulus }: FuzzCase, design: Design): Promise<Stimulus> {
  const { plan } = design;
  const sequences = sequencesOf(stimulus, design, randomStream(stimulus.seed));
  const clean: Stimulus = {
    sequences,
    ...stallPatterns(stimulus.stalls, plan, stimulus.seed),
    resets: [],
    firstReset: stimulus.first_reset,
  };
  const wrongLast = wrongBeats(stimulus.last_faults, clean, plan.input);
  const base: Stimulus = wrongLast.length === 0 ? clean : { ...clean, wrongLast };
  if (stimulus.resets.length === 0) return base;
  const { cycles } = await runCycleModel(plan, base);
  return { ...base, resets: resetsOf(stimulus.resets, cycles) };
}

function sequencesOf(
  { content, lengths }: FuzzStimulus,
  { plan, network, words, sequences }: Design,
  random: RandomStream,
): Float64Array[][] {
  const { width, elements } = plan.input;
  const highest = 2 ** (width - 1) - 1;
  const lowest = inputNode(network).unsigned ? 0 : -highest - 1;
  // The extreme codes are far more frequent than at random.
  const extreme = content === 'rails' ? 0.45 : 0.1;
  const anyWord = (): number => {
    const draw = random.uniform();
    if (draw < extreme) return lowest;
    if (draw < 2 * extreme) return highest;
    return lowest + Math.floor(random.uniform() * (highest - lowest + 1));
  };
  return lengths.map((length, i) => {
    if (content !== 'data') {
      return Array.from({ length }, () => Float64Array.from({ length: elements }, anyWord));
    }
    // Too few or too short data are repeated.
    const data = words(i % sequences);
    return Array.from({ length }, (_, k) => data[k % data.length] ?? new Float64Array(elements));
  });
}

/** Numbers of the beats whose tlast is wrong. */
function wrongBeats(
  faults: readonly LastFault[],
  stimulus: Stimulus,
  { lanes, beats: perVector }: Design['plan']['input'],
): number[] {
  const beats = inputBeats(stimulus, lanes);
  const numbers = beats.map((_, n) => n);
  const isEnd = (n: number) => n % perVector === perVector - 1;
  const ends = numbers.filter((n) => beats[n]?.last === true);
  const inside = numbers.filter((n) => isEnd(n) && beats[n]?.last === false);
  const within = numbers.filter((n) => !isEnd(n));
  const wrong = new Set<number>();
  const at = (places: readonly number[], place: number) =>
    places.slice(Math.floor(place * places.length))[0];
  for (const { kind, place } of faults) {
    const places = { missing: ends, late: ends, early: inside, within }[kind];
    const beat = at(places, place);
    if (beat === undefined) continue;
    wrong.add(beat);
    if (kind === 'late' && beat + 1 < beats.length) wrong.add(beat + 1);
  }
  return [...wrong].sort((a, b) => a - b);
}

/** The resets in order of their start, no two in the same cycle. */
function resetsOf(resets: readonly FuzzReset[], cycles: number): Reset[] {
  const found = new Map<number, number>();
  let free = 1;
  for (const reset of resets) {
    const cycle =
      'place' in reset
        ? 1 + Math.floor(reset.place * cycles)
        : 'cycle' in reset
          ? reset.cycle
          : free + reset.gap;
    found.set(cycle, reset.cycles);
    free = cycle + reset.cycles;
  }
  return [...found]
    .map(([cycle, low]) => ({ cycle, cycles: low }))
    .sort((a, b) => a.cycle - b.cycle);
}
