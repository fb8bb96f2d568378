import { signedWidth, unsignedWidth, type Range } from '../fixed/range.js';
import type { Rounding } from '../fixed/rounding.js';
import { delayed, flagPort, must, streamPort, type Beat, type Block } from './block.js';
import { lazy } from './lazy.js';
import { multiplyClient, type OperandWidths } from './multiply_port.js';
import { packFields, roundBy, roundingCode, saturateTo, wrapTo } from './words.js';

/** The coefficients of a recurrence as its ROM wants them. */
export interface RecurrenceCoefficients {
  /** Whether the coefficient is 1 - lambda_bar. */
  readonly delta: boolean;
  /** Bits of re and of im as quantised. */
  readonly width: number;
  /** Fraction bits of lambda_bar. */
  readonly frac: number;
  /** [P] */
  readonly re: Int32Array;
  readonly im: Int32Array;
  /** Left shift of each part's products, [P]; empty without delta. */
  readonly reShift: Int32Array;
  readonly imShift: Int32Array;
}

export interface RecurrenceParameters {
  readonly id: string;
  /** P, and states per beat. */
  readonly states: number;
  readonly lanes: number;
  /** Multipliers per complex product. */
  readonly multipliers: 3 | 4;
  readonly stateWidth: number;
  readonly buWidth: number;
  readonly coefficients: RecurrenceCoefficients;
  /** Exact bounds of lambda_bar * x at 2^-frac. */
  readonly accRange: Range;
  readonly rounding: Rounding;
  /** Widths of the multipliers that serve it; of its own operands unless told. */
  readonly served?: OperandWidths;
}

/** One ROM field and its width. */
interface Field {
  readonly value: number;
  readonly width: number;
}

/** Cycles of the shortest update loop. */
export const SHORTEST_LOOP = 6;

/** Contract of qs5_recurrence. */
export function recurrenceBlock(p: RecurrenceParameters): Block {
  const { id, states, lanes, multipliers, stateWidth, buWidth, coefficients, rounding } = p;
  const { delta, frac } = coefficients;
  const slots = states / lanes;
  const latency = SHORTEST_LOOP + (multipliers === 3 || delta ? 1 : 0);
  const accWidth = Math.max(signedWidth(p.accRange), frac + 1);
  const layout = multipliers === 3 ? threeProducts(coefficients) : fourProducts(coefficients);
  const { coefWidth, shiftWidth, maxShift } = layout;
  // a + b of three products takes a bit more than a state; all are made alike.
  const operands = {
    count: lanes * multipliers,
    aBits: multipliers === 3 ? stateWidth + 1 : stateWidth,
    bBits: coefWidth,
  };
  const mul = multiplyClient(operands, p.served);
  const operandsAfter = multipliers === 3 ? 2 : 1;
  const laneWidth = layout.fields(0).reduce((sum, field) => sum + field.width, 0);
  const file = `rom/${id}_lambda.hex`;
  const words = lazy(() =>
    Array.from({ length: slots }, (_, slot) =>
      packFields(Array.from({ length: lanes }, (_l, l) => layout.fields(slot * lanes + l)).flat()),
    ),
  );
  return {
    id,
    module: 'qs5_recurrence',
    parameters: [
      { name: 'STATES', value: states },
      { name: 'LANES', value: lanes },
      { name: 'DELTA', value: delta ? 1 : 0 },
      { name: 'PRODUCTS', value: multipliers },
      { name: 'X_W', value: stateWidth },
      { name: 'BU_W', value: buWidth },
      { name: 'COEF_W', value: coefWidth },
      { name: 'SHIFT_W', value: shiftWidth },
      { name: 'MAX_SHIFT', value: maxShift },
      { name: 'FRAC', value: frac },
      { name: 'ACC_W', value: accWidth },
      { name: 'ROUNDING', value: roundingCode(rounding) },
      ...mul.parameters,
      { name: 'LAMBDA_FILE', value: file },
    ],
    ports: [
      streamPort('in', 'in', 2 * lanes, buWidth),
      streamPort('out', 'out', 2 * lanes, stateWidth),
      flagPort('saturated'),
      mul.port,
    ],
    roms: [
      {
        file,
        width: lanes * laneWidth,
        get words() {
          return words();
        },
        layout: `${lanes} x ${layout.text}, lowest lane lowest`,
      },
    ],
    multipliers: [],
    operands: mul.operands,
    memories: [
      { name: 'rom', kind: 'rom', depth: slots, width: lanes * laneWidth },
      { name: 'state', kind: 'ram', depth: slots, width: 2 * lanes * stateWidth },
    ],
    products: multipliers * states,
    minInterval: Math.max(slots, latency),
    limit:
      slots >= latency
        ? `recurrence: ${states} states on ${lanes} ${lanes === 1 ? 'lane' : 'lanes'}`
        : `recurrence: update loop of ${latency} cycles, ${latency - slots} of them bubbles`,
    timing(inputs) {
      const beats = must(inputs, 'in');
      const outputs = { out: delayed(beats, latency), mul: delayed(beats, operandsAfter) };
      return { outputs, reads: {} };
    },
    createMachine() {
      const rom = words().map((word) =>
        Array.from({ length: lanes }, (_, l) => layout.decode(word >> BigInt(l * laneWidth))),
      );
      const memory = new Array<number>(2 * states).fill(0);
      const wrap = wrapTo(accWidth);
      const round = roundBy(frac, rounding);
      const saturate = saturateTo(stateWidth);
      const unit = 2 ** frac;
      let saturated = false;
      const update = (product: number, x: number, bu: number): number => {
        const acc = wrap(delta ? x * unit - product : product);
        const sum = round(acc) + bu;
        const next = saturate(sum);
        saturated ||= next !== sum;
        return next;
      };
      return {
        step(inputs, { first }) {
          const out = must(inputs, 'in').map((beat, slot): Beat => {
            const next: number[] = [];
            for (let l = 0; l < lanes; l++) {
              const at = 2 * (slot * lanes + l);
              const a = first ? 0 : (memory[at] ?? 0);
              const b = first ? 0 : (memory[at + 1] ?? 0);
              const product = rom[slot]?.[l]?.(a, b) ?? { re: 0, im: 0 };
              memory[at] = update(product.re, a, beat[2 * l] ?? 0);
              memory[at + 1] = update(product.im, b, beat[2 * l + 1] ?? 0);
              next.push(memory[at] ?? 0, memory[at + 1] ?? 0);
            }
            return next;
          });
          return { out };
        },
        flags: () => ({ saturated }),
      };
    },
  };
}

/** coefficient * x for one state, as the datapath computes it. */
type Product = (a: number, b: number) => { re: number; im: number };

interface CoefficientLayout {
  readonly coefWidth: number;
  readonly shiftWidth: number;
  readonly maxShift: number;
  readonly text: string;
  readonly fields: (p: number) => Field[];
  /** The product that the low bits of a ROM word stand for. */
  readonly decode: (word: bigint) => Product;
}

function reader(word: bigint) {
  let at = 0n;
  return (width: number, signed: boolean): number => {
    const field = word >> at;
    at += BigInt(width);
    return Number(signed ? BigInt.asIntN(width, field) : BigInt.asUintN(width, field));
  };
}

/** {s, c}, and with delta the exponents above them. */
function fourProducts(coefficients: RecurrenceCoefficients): CoefficientLayout {
  const { delta, width, re, im, reShift, imShift } = coefficients;
  const maxShift = delta ? Math.max(0, ...reShift, ...imShift) : 0;
  const shiftWidth = delta ? unsignedWidth(maxShift) : 0;
  return {
    coefWidth: width,
    shiftWidth,
    maxShift,
    text: delta
      ? `{im_shift:${shiftWidth}, re_shift:${shiftWidth}, im:${width}, re:${width}}`
      : `{im:${width}, re:${width}}`,
    fields: (p) => [
      { value: re[p] ?? 0, width },
      { value: im[p] ?? 0, width },
      { value: reShift[p] ?? 0, width: shiftWidth },
      { value: imShift[p] ?? 0, width: shiftWidth },
    ],
    decode(word) {
      const next = reader(word);
      const c = next(width, true);
      const s = next(width, true);
      const cUnit = 2 ** next(shiftWidth, false);
      const sUnit = 2 ** next(shiftWidth, false);
      return (a, b) => ({
        re: c * a * cUnit - s * b * sUnit,
        im: s * a * sUnit + c * b * cUnit,
      });
    },
  };
}

/** {c + s, s - c, c} with the exponents worked in. */
function threeProducts(coefficients: RecurrenceCoefficients): CoefficientLayout {
  const { re, im, reShift, imShift } = coefficients;
  const sums = Array.from(re, (mantissa, p) => {
    const c = mantissa * 2 ** (reShift[p] ?? 0);
    const s = (im[p] ?? 0) * 2 ** (imShift[p] ?? 0);
    return [c, s - c, c + s] as const;
  });
  const all = sums.flat();
  const width = Math.max(2, signedWidth({ lo: Math.min(...all), hi: Math.max(...all) }));
  return {
    coefWidth: width,
    shiftWidth: 0,
    maxShift: 0,
    text: `{re + im:${width}, im - re:${width}, re:${width}}`,
    fields: (p) => (sums[p] ?? []).map((value) => ({ value, width })),
    decode(word) {
      const next = reader(word);
      const c = next(width, true);
      const sMinusC = next(width, true);
      const cPlusS = next(width, true);
      return (a, b) => {
        const k1 = c * (a + b);
        return { re: k1 - cPlusS * b, im: k1 + sMinusC * a };
      };
    },
  };
}
