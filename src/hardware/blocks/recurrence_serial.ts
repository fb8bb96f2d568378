import { counted } from '../../base/counted.js';
import { at } from '../../base/at.js';
import { flagPort, must, ram, streamPort, type Beat, type Block, type Timing } from './block.js';
import { coefficientWords } from './lambda_words.js';
import { lazy } from './lazy.js';
import {
  recurrenceCore,
  recurrenceLatency,
  type ComplexProduct,
  type RecurrenceParameters,
  recurrenceSummary,
} from './recurrence_core.js';
import { levelsOf, updateAmounts, updatePaths } from './recurrence_structure.js';
import { unpackFields } from './words.js';

/** Products of a state, one a cycle. */
const PRODUCTS = 4;

/** States below which the queue has room for two steps. */
const FEW_STATES = 4;

/** Cycles from the start of a state to the sum that becomes its re. */
const SUM = 6;

/** Least cycles per step of `states` states. */
export function serialCycles(states: number): number {
  return Math.max(PRODUCTS * states, SUM + recurrenceLatency(true) + 1);
}

/** Contract of qs5_recurrence_serial. */
export function recurrenceSerialBlock(p: Omit<RecurrenceParameters, 'served' | 'lanes'>): Block {
  const { id, states, stateWidth, buWidth, place } = p;
  const core = recurrenceCore({ ...p, lanes: 1 }, p.rounding === 'half_up');
  const latency = SUM + core.latency;
  // One state alone takes the room of two.
  const room = Math.max(2, states);
  const coefficients = Array.from({ length: room }, (_, state) => {
    const { re, im } = core.lambda[state] ?? { re: 0, im: 0 };
    return [re, im, 0 - im, re].map((word) => [word]);
  }).flat();
  const words = coefficientWords(coefficients, ['re, im, -im, re in turn']);
  const slots = states < FEW_STATES ? 2 * states : states;
  const slotBits = Math.ceil(Math.log2(slots));
  const depth = PRODUCTS * room;
  const romStyle = place?.({ kind: 'rom', depth, width: words.width }) ?? 'auto';
  const memory = ram('state', 2 * room, stateWidth, place);
  const queue = ram('queue', 2 * slots, buWidth, place);
  const file = `rom/${id}_lambda.hex`;
  const image = lazy(() => Array.from({ length: depth }, (_, i) => words.word(i, 1)));
  const update = updateAmounts(core.update);
  const busy = PRODUCTS * states;
  const loop = latency + 1;
  return {
    id,
    module: 'qs5_recurrence_serial',
    summary: recurrenceSummary(p),
    parameters: [
      ...core.parameters.filter(({ name }) => name !== 'LANES' && name !== 'RAM_STYLE'),
      { name: 'COEF_W', value: words.width },
      { name: 'RAM_STYLE', value: memory.style },
      { name: 'QUEUE_STYLE', value: queue.style },
      { name: 'ROM_STYLE', value: romStyle },
      { name: 'LAMBDA_FILE', value: file },
    ],
    ports: [
      streamPort('in', 'in', 1, buWidth),
      streamPort('out', 'out', 1, stateWidth),
      flagPort('saturated'),
    ],
    roms: [
      {
        file,
        width: words.width,
        get words() {
          return image();
        },
        layout: words.layout,
      },
    ],
    multipliers: [{ count: 1, aBits: stateWidth, bBits: words.width, sumBits: core.accWidth }],
    memories: [
      { name: 'rom', kind: 'rom', style: romStyle, depth, width: words.width },
      memory,
      queue,
    ],
    structure: {
      // Two slot numbers, slot and tag of three states in flight, ages, control.
      register:
        update.register +
        core.update.floorWidth +
        (core.update.increment ? 1 : 0) +
        core.accWidth +
        (5 * slotBits + 8 + latency + 3) +
        (core.update.saturates ? 1 : 0),
      adder: update.adder,
      check: core.others + (core.update.saturates ? stateWidth : 0),
      counter: 2 * slotBits,
    },
    paths: [
      ...updatePaths(core.update, 'memory'),
      ...updatePaths(core.update, 'register'),
      { from: 'memory', levels: 0, carry: 0, to: 'multiplier' },
      { from: 'multiplier', levels: levelsOf(core.others + 1), carry: 0 },
      { from: 'register', levels: levelsOf(2 * slotBits) + 1, carry: 0 },
    ],
    products: busy,
    minInterval: Math.max(busy, loop),
    limit:
      busy >= loop
        ? `recurrence: ${counted(states, 'state')} on one multiplier`
        : `recurrence: update loop of ${loop} cycles, ${loop - busy} of them bubbles`,
    timing(inputs) {
      const starts = startsOf(must(inputs, 'in'));
      const out = starts.flatMap((start) => [start + latency, start + latency + 1]);
      // When it multiplies: in no cycle of two steps, which the plan is checked for.
      const products = starts.flatMap((start) => [0, 1, 2, 3].map((cycle) => start + cycle));
      return { outputs: { out, products }, reads: {} };
    },
    createMachine() {
      const rom = image().flatMap((word) => unpackFields(word, 1, words.width));
      const products = Array.from({ length: states }, (_, state): ComplexProduct => {
        const [c = 0, s = 0, minusS = 0, c2 = 0] = rom.slice(PRODUCTS * state);
        return (a, b) => ({ re: c * a + minusS * b, im: s * a + c2 * b });
      });
      const pairs = core.machine(products);
      return {
        step(inputs, tag) {
          const beats = must(inputs, 'in');
          const states = beats.flatMap((re, i): Beat[] =>
            i % 2 === 0 ? [[...re, ...(beats[i + 1] ?? [])]] : [],
          );
          const out = must(pairs.step({ in: states }, tag), 'out');
          return { out: out.flatMap((state) => state.map((word) => [word])) };
        },
        flags: () => pairs.flags(),
      };
    },
  };
}

/** When states start: each in the cycle after its im came, or when that before is through. */
function startsOf(beats: Timing): number[] {
  const starts: number[] = [];
  for (let i = 1; i < beats.length; i += 2) {
    const there = at(beats, i) + 1;
    starts.push(Math.max(there, (starts.at(-1) ?? -Infinity) + PRODUCTS));
  }
  return starts;
}
