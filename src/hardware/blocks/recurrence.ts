import { delayed, must, type Block } from './block.js';
import { coefficientWords } from './lambda_words.js';
import { lazy } from './lazy.js';
import { multiplyClient } from './multiply_port.js';
import {
  recurrenceCore,
  type ComplexProduct,
  type RecurrenceParameters,
  recurrenceSummary,
} from './recurrence_core.js';
import { complexSumAmounts, levelsOf } from './recurrence_structure.js';
import { unpackFields } from './words.js';

export interface SharedRecurrenceParameters extends RecurrenceParameters {
  /** Multipliers per complex product. */
  readonly multipliers: 3 | 4;
}

/** Cycles from a state through four products, back into the memory and to its next beat. */
const LOOP = 6;

/** Contract of qs5_recurrence. */
export function recurrenceBlock(p: SharedRecurrenceParameters): Block {
  const { id, states, lanes, multipliers, stateWidth } = p;
  const core = recurrenceCore(p, false);
  const three = multipliers === 3;
  const words = coefficientWords(
    core.lambda.map(({ re, im }) => (three ? [re, im - re, 0 - (re + im)] : [re, im, 0 - im])),
    three ? ['re', 'im - re', '-(re + im)'] : ['re', 'im', '-im'],
  );
  // a + b of three products takes a bit more than a state; all are made alike.
  const operands = {
    count: lanes * multipliers,
    aBits: three ? stateWidth + 1 : stateWidth,
    bBits: words.width,
  };
  const mul = multiplyClient(operands, p.served);
  const state = core.structure(LOOP - 2 + (three ? 1 : 0));
  // Rounding half up looks at nothing below the half.
  const unused = p.rounding === 'half_up' ? Math.max(0, p.coefficients.frac - 1) : 0;
  const sum = complexSumAmounts(operands.aBits + operands.bBits, core.accWidth, unused);
  const width = lanes * words.fields * words.width;
  const romStyle = p.place?.({ kind: 'rom', depth: core.slots, width: width }) ?? 'auto';
  const file = `rom/${id}_lambda.hex`;
  const image = lazy(() =>
    Array.from({ length: core.slots }, (_, slot) => words.word(slot, lanes)),
  );
  return {
    id,
    module: 'qs5_recurrence',
    summary: recurrenceSummary(p),
    parameters: [
      ...core.parameters,
      { name: 'PRODUCTS', value: multipliers },
      { name: 'COEF_W', value: words.width },
      ...mul.parameters,
      { name: 'ROM_STYLE', value: romStyle },
      { name: 'LAMBDA_FILE', value: file },
    ],
    ports: [...core.ports, mul.port],
    roms: [
      {
        file,
        width,
        get words() {
          return image();
        },
        layout: `${lanes} x ${words.layout}, lowest lane lowest`,
      },
    ],
    multipliers: [],
    operands: mul.operands,
    memories: [
      { name: 'rom', kind: 'rom', style: romStyle, depth: core.slots, width },
      core.memory,
    ],
    structure: {
      ...state,
      // Both sums of three products have the first one: its upper half waits once.
      register:
        (state['register'] ?? 0) +
        2 * lanes * sum.register +
        (three ? 1 - lanes * Math.ceil(core.accWidth / 2) : 0),
      adder: (state['adder'] ?? 0) + 2 * lanes * sum.adder + (three ? lanes * operands.aBits : 0),
      ...(three ? { operandRegister: lanes * (3 * stateWidth + 1 + 3 * words.width) } : {}),
    },
    paths: [
      ...core.paths.filter(({ from }) => from !== 'multiplier'),
      { from: 'multiplier', levels: 1, carry: Math.floor(core.accWidth / 2) + 1 },
      { from: 'register', levels: 1, carry: Math.ceil(core.accWidth / 2) + 1 },
      { from: 'register', levels: levelsOf(core.others / 2), carry: 0 },
      ...(three ? [{ from: 'register', levels: 1, carry: operands.aBits } as const] : []),
    ],
    products: multipliers * states,
    ...core.interval(core.latency + LOOP + (three ? 1 : 0)),
    timing(inputs) {
      const beats = must(inputs, 'in');
      const out = delayed(beats, core.latency);
      return { outputs: { out, mul: delayed(beats, core.latency + (three ? 1 : 0)) }, reads: {} };
    },
    createMachine() {
      const products = image().flatMap((word) => {
        const fields = unpackFields(word, lanes * words.fields, words.width);
        return Array.from({ length: lanes }, (_, l): ComplexProduct => {
          const [c = 0, second = 0, third = 0] = fields.slice(l * words.fields);
          if (!three) return (a, b) => ({ re: c * a + third * b, im: second * a + c * b });
          return (a, b) => ({ re: c * (a + b) + third * b, im: c * (a + b) + second * a });
        });
      });
      return core.machine(products);
    },
  };
}
