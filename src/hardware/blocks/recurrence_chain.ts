import { delayed, must, type Block } from './block.js';
import { coefficientWords } from './lambda_words.js';
import { lazy } from './lazy.js';
import {
  recurrenceCore,
  type ComplexProduct,
  type RecurrenceParameters,
  recurrenceSummary,
} from './recurrence_core.js';
import { unpackFields } from './words.js';

/** Multipliers of a lane. */
const PRODUCTS = 4;

/** Cycles from a state through the chain (4), back into the memory and to its next beat. */
const LOOP = 6;

/** Contract of qs5_recurrence_chain. */
export function recurrenceChainBlock(p: Omit<RecurrenceParameters, 'served'>): Block {
  const { id, states, lanes, stateWidth } = p;
  const core = recurrenceCore(p, p.rounding === 'half_up');
  const words = coefficientWords(
    core.lambda.map(({ re, im }) => [re, im, 0 - im]),
    ['re', 'im', '-im'],
  );
  const width = lanes * words.fields * words.width;
  const romStyle = p.place?.({ kind: 'rom', depth: core.slots, width: width }) ?? 'auto';
  const file = `rom/${id}_lambda.hex`;
  const image = lazy(() =>
    Array.from({ length: core.slots }, (_, slot) => words.word(slot, lanes)),
  );
  return {
    id,
    module: 'qs5_recurrence_chain',
    summary: recurrenceSummary(p),
    parameters: [
      ...core.parameters,
      { name: 'COEF_W', value: words.width },
      { name: 'ROM_STYLE', value: romStyle },
      { name: 'LAMBDA_FILE', value: file },
    ],
    ports: core.ports,
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
    multipliers: [
      {
        ...{ count: PRODUCTS * lanes, aBits: stateWidth, bBits: words.width },
        sumBits: core.accWidth,
      },
    ],
    memories: [
      { name: 'rom', kind: 'rom', style: romStyle, depth: core.slots, width },
      core.memory,
    ],
    structure: {
      ...core.structure(LOOP - 2),
      // The second link's operands.
      operandRegister: lanes * (stateWidth + 2 * words.width),
    },
    paths: core.paths,
    products: PRODUCTS * states,
    ...core.interval(core.latency + LOOP),
    timing(inputs) {
      const out = delayed(must(inputs, 'in'), core.latency);
      return { outputs: { out }, reads: {} };
    },
    createMachine() {
      const products = image().flatMap((word) => {
        const fields = unpackFields(word, lanes * words.fields, words.width);
        return Array.from({ length: lanes }, (_, l): ComplexProduct => {
          const [c = 0, s = 0, minusS = 0] = fields.slice(l * words.fields);
          return (a, b) => ({ re: c * a + minusS * b, im: s * a + c * b });
        });
      });
      return core.machine(products);
    },
  };
}
