import { MAX_EXACT_WIDTH, fullRange, signedWidth, symmetricRange } from '../fixed/range.js';
import type { Rounding } from '../fixed/rounding.js';
import { Qs5Error } from '../errors.js';
import { feedthroughRange, isExact, matvecRange } from '../network/bounds.js';
import type {
  FeedthroughNode,
  InputNode,
  IntegerNetwork,
  MatvecNode,
  Node,
  RecurrenceNode,
  RequantizeNode,
} from '../network/types.js';
import type { PreparedLayer } from '../s5/prepare.js';
import type { CoreRanges } from './calibrate.js';
import { quantizeDelta, quantizeDirect } from './lambda.js';
import {
  absMax,
  absorbMultipliers,
  activationScale,
  fitMultipliers,
  quantizeValue,
  weightScale,
  type ScaleKind,
} from './scales.js';

/** Word lengths that the SSM core needs, bits; names as in Q-S5. */
export interface CorePrecision {
  readonly a: number;
  readonly b: number;
  readonly c: number;
  readonly d: number;
  readonly ssm_act: number;
  readonly non_ssm_act: number;
  readonly state: number;
  readonly residual: number;
}

export interface CoreSettings {
  readonly name: string;
  readonly precision: CorePrecision;
  readonly lambdaForm: 'direct' | 'delta';
  readonly rounding: { readonly loop: Rounding; readonly requantize: Rounding };
  readonly scales: {
    readonly kind: ScaleKind;
    readonly perChannel: boolean;
    readonly balancedStates: boolean;
    readonly multiplierBits: number;
  };
}

/** The float core to be quantised. */
export interface FloatCore {
  /** H */
  readonly features: number;
  /** P */
  readonly states: number;
  readonly layer: Pick<
    PreparedLayer,
    'discrete' | 'inputWeights' | 'outputWeights' | 'feedthrough'
  >;
  /** Batch norm before the SSM: u = gain * layer input + offset; undefined when u enters as is. */
  readonly affine?: { readonly gain: Float64Array; readonly offset: Float64Array };
}

/**
 * The SSM core of one layer as an integer network:
 * input -> norm -> b -> bu -> recurrence -> x -> c -> d -> y.
 *
 * @throws E_UNSTABLE, E_WIDTH
 */
export function quantizeCore(
  core: FloatCore,
  ranges: CoreRanges,
  settings: CoreSettings,
): IntegerNetwork {
  const input = inputOf(core, ranges, settings);
  const ssm = ssmNodes(core, ranges, settings, input, '');
  const nodes: Node[] = [input, ...ssm.nodes];
  nodes.forEach(checkExact);
  return { name: settings.name, nodes, output: ssm.y.id };
}

/** The nodes of an SSM core, and the one that yields y. */
export interface SsmNodes {
  readonly nodes: readonly Node[];
  readonly y: RequantizeNode;
}

/**
 * The SSM core behind a source: norm, b, bu, recurrence, x, c, d, y, their ids after `prefix`.
 *
 * Follows the number contract: static scales from calibration, balanced states, one rounding per
 * complex sum, exact accumulators. Where a weight row has a scale of its own, that scale is made
 * to fit an exact multiplier, so requantisation adds no error in gain.
 *
 * @throws E_UNSTABLE
 */
export function ssmNodes(
  core: FloatCore,
  ranges: CoreRanges,
  settings: CoreSettings,
  source: Node,
  prefix: string,
): SsmNodes {
  const { precision, rounding } = settings;
  const { kind } = settings.scales;
  const norm = normOf(core, ranges, settings, source, `${prefix}norm`);

  const stateScale = stateScales(ranges.state, settings);
  const partScale = stateScale.flatMap((scale) => [scale, scale]);
  const uScale = norm.format.scale[0] ?? 1;

  // B: rows re and im of each state in turn.
  const bRows = interleavedRows(core.layer.inputWeights, core.states, core.features);
  const bBase = rowScales(bRows, precision.b, kind, settings.scales.perChannel);
  const bFit = fitRows(
    bBase.map((scale, i) => (scale * uScale) / (partScale[i] ?? 1)),
    settings,
  );
  const bScale = bBase.map((scale, i) => scale * (bFit.growth[i] ?? 1));
  const b = matvecNode(`${prefix}b`, norm, bRows, bScale, precision.b, uScale);
  const bu: RequantizeNode = {
    op: 'requantize',
    id: `${prefix}bu`,
    source: b.id,
    length: b.length,
    multiplier: bFit.multiplier,
    offset: [0],
    shift: bFit.shift,
    rounding: rounding.requantize,
    format: { width: precision.state, scale: partScale },
    range: symmetricRange(precision.state),
  };

  const subject = `${settings.name}: ${prefix}Lambda`;
  const { lambdaBarRe, lambdaBarIm } = core.layer.discrete;
  const recurrence: RecurrenceNode = {
    op: 'recurrence',
    id: `${prefix}recurrence`,
    source: bu.id,
    length: bu.length,
    lambda:
      settings.lambdaForm === 'direct'
        ? quantizeDirect(lambdaBarRe, lambdaBarIm, precision.a, subject)
        : quantizeDelta(lambdaBarRe, lambdaBarIm, precision.a, precision.state, subject),
    rounding: rounding.loop,
    format: bu.format,
    range: symmetricRange(precision.state),
  };

  // The state as it enters C: fewer bits of the same register, if it has more.
  const dropped = precision.state - precision.ssm_act;
  const x: RequantizeNode | undefined =
    dropped <= 0
      ? undefined
      : {
          op: 'requantize',
          id: `${prefix}x`,
          source: recurrence.id,
          length: recurrence.length,
          multiplier: [1],
          offset: [0],
          shift: dropped,
          rounding: rounding.requantize,
          format: { width: precision.ssm_act, scale: partScale.map((s) => s * 2 ** dropped) },
          range: symmetricRange(precision.ssm_act),
        };
  const state = x ?? recurrence;

  // C: columns take the scale of their state; D: at a power of two of the sum's scale.
  const cRows = interleavedColumns(core.layer.outputWeights, core.features, core.states).map(
    (row) => row.map((weight, n) => weight * (state.format.scale[n] ?? 1)),
  );
  const cBase = rowScales(cRows, precision.c, kind, settings.scales.perChannel);
  const sumWidth = precision.c + state.format.width + Math.ceil(Math.log2(state.length));
  const alignment = alignFeedthrough(
    core.layer.feedthrough,
    cBase,
    uScale,
    precision.d,
    MAX_EXACT_WIDTH - 2 - sumWidth,
  );
  const yScale = activationScale(ranges.y, precision.non_ssm_act, kind);
  const yFit = fitRows(
    cBase.map((scale) => (scale * 2 ** -alignment.sumShift) / yScale),
    settings,
  );
  const cScale = cBase.map((scale, h) => scale * (yFit.growth[h] ?? 1));
  const c = matvecNode(`${prefix}c`, state, cRows, cScale, precision.c, 1);
  const d = feedthroughNode(`${prefix}d`, core, c, norm, cScale, alignment, precision.d);
  const y: RequantizeNode = {
    op: 'requantize',
    id: `${prefix}y`,
    source: d.id,
    length: d.length,
    multiplier: yFit.multiplier,
    offset: [0],
    shift: yFit.shift,
    rounding: rounding.requantize,
    format: { width: precision.non_ssm_act, scale: [yScale] },
    range: symmetricRange(precision.non_ssm_act),
  };

  return { nodes: [norm, b, bu, recurrence, ...(x ? [x] : []), c, d, y], y };
}

function inputOf(core: FloatCore, ranges: CoreRanges, settings: CoreSettings): InputNode {
  const width = settings.precision.residual;
  const scale = activationScale(ranges.layerInput, width, settings.scales.kind);
  return {
    op: 'input',
    id: 'input',
    length: core.features,
    format: { width, scale: [scale] },
    // Whatever drives the pins may send the code that the quantiser never makes.
    range: fullRange(width),
  };
}

/** The norm before the SSM, folded into the requantisation of the residual stream to u. */
function normOf(
  core: FloatCore,
  ranges: CoreRanges,
  settings: CoreSettings,
  source: Node,
  id: string,
): RequantizeNode {
  const { kind, multiplierBits } = settings.scales;
  const width = settings.precision.non_ssm_act;
  const uScale = activationScale(ranges.u, width, kind);
  const inputScale = source.format.scale[0] ?? 1;
  const gains = core.affine?.gain ?? new Float64Array(1).fill(1);
  const fit = fitMultipliers(
    Array.from(gains, (gain) => (gain * inputScale) / uScale),
    multiplierBits,
  );
  const offset = Array.from(core.affine?.offset ?? [0], (b) =>
    Math.round((b / uScale) * 2 ** fit.shift),
  ).map((b) => b + 0);
  return {
    op: 'requantize',
    id,
    source: source.id,
    length: core.features,
    multiplier: fit.multiplier,
    offset: offset.every((b) => b === 0) ? [0] : offset,
    shift: fit.shift,
    rounding: settings.rounding.requantize,
    format: { width, scale: [uScale] },
    range: symmetricRange(width),
  };
}

/** One power of two per state (balanced), or the largest for all. */
function stateScales(absMaxima: readonly number[], settings: CoreSettings): number[] {
  const scales = absMaxima.map((max) =>
    activationScale(max, settings.precision.state, 'power_of_two'),
  );
  if (settings.scales.balancedStates) return scales;
  const common = activationScale(absMax(absMaxima), settings.precision.state, 'power_of_two');
  return scales.map(() => common);
}

export function rowScales(
  rows: readonly Float64Array[],
  width: number,
  kind: ScaleKind,
  perChannel: boolean,
): number[] {
  const common = absMax(rows.map((row) => absMax(row)));
  return rows.map((row) => weightScale(perChannel ? absMax(row) : common, width, kind));
}

/**
 * Multipliers for the rows of a matrix. With one scale per row each absorbs the rounding of its
 * own multiplier; with one scale for all the multipliers are the nearest ones.
 */
export function fitRows(ratios: readonly number[], settings: Pick<CoreSettings, 'scales'>) {
  const { kind, perChannel, multiplierBits } = settings.scales;
  if (perChannel) return absorbMultipliers(ratios, multiplierBits, kind);
  return { ...fitMultipliers(ratios, multiplierBits), growth: ratios.map(() => 1) };
}

export function matvecNode(
  id: string,
  source: Node,
  rows: readonly Float64Array[],
  scale: readonly number[],
  width: number,
  inputScale: number,
): MatvecNode {
  const cols = source.length;
  const weights = Int32Array.from(
    rows.flatMap((row, m) => Array.from(row, (w) => quantizeValue(w, scale[m] ?? 1, width))),
  );
  const range = matvecRange(weights, cols, source.range);
  return {
    op: 'matvec',
    id,
    source: source.id,
    length: rows.length,
    cols,
    weights,
    weightWidth: width,
    format: { width: signedWidth(range), scale: scale.map((s) => s * inputScale) },
    range,
  };
}

interface Alignment {
  readonly sumShift: number;
  readonly productShift: number;
}

/** Deepest shift of the sums that makes D any better worth having. */
const MAX_SUM_SHIFT = 8;

/**
 * D as integers at 2^k of the sum's scale, k as small as the word allows: k > 0 shifts the
 * product up to the sum, k < 0 the sum up to the product, by at most `room` bits.
 */
function alignFeedthrough(
  d: Float64Array,
  sumScale: readonly number[],
  uScale: number,
  width: number,
  room: number,
): Alignment {
  const largest = absMax(Array.from(d, (value, h) => (value * uScale) / (sumScale[h] ?? 1)));
  if (largest === 0) return { sumShift: 0, productShift: 0 };
  const deepest = Math.max(0, Math.min(MAX_SUM_SHIFT, room));
  const k = Math.max(Math.log2(weightScale(largest, width, 'power_of_two')), -deepest);
  return k >= 0 ? { sumShift: 0, productShift: k } : { sumShift: -k, productShift: 0 };
}

function feedthroughNode(
  id: string,
  core: FloatCore,
  sum: MatvecNode,
  u: Node,
  sumScale: readonly number[],
  { sumShift, productShift }: Alignment,
  width: number,
): FeedthroughNode {
  const uScale = u.format.scale[0] ?? 1;
  const unit = 2 ** (productShift - sumShift);
  const weights = Int32Array.from(core.layer.feedthrough, (value, h) =>
    quantizeValue(value * uScale, (sumScale[h] ?? 1) * unit, width),
  );
  const range = feedthroughRange(sum.range, sumShift, weights, u.range, productShift);
  return {
    op: 'feedthrough',
    id,
    source: sum.id,
    input: u.id,
    length: core.features,
    weights,
    weightWidth: width,
    sumShift,
    productShift,
    format: {
      width: signedWidth(range),
      scale: sum.format.scale.map((scale) => scale * 2 ** -sumShift),
    },
    range,
  };
}

/** Rows of B in the order re, im, re, im ...: [2P] rows of [H]. */
function interleavedRows(matrix: Float64Array, states: number, cols: number): Float64Array[] {
  const row = (i: number) => matrix.slice(i * cols, (i + 1) * cols);
  return Array.from({ length: 2 * states }, (_, i) =>
    row(i % 2 === 0 ? i / 2 : states + (i - 1) / 2),
  );
}

/** Rows of C with columns in the order re, im, re, im ...: [H] rows of [2P]. */
function interleavedColumns(matrix: Float64Array, rows: number, states: number): Float64Array[] {
  return Array.from({ length: rows }, (_, h) => {
    const row = matrix.subarray(h * 2 * states, (h + 1) * 2 * states);
    return Float64Array.from(row, (_w, n) => row[n % 2 === 0 ? n / 2 : states + (n - 1) / 2] ?? 0);
  });
}

/** Every word that a node makes on its way must be exact in a `number`. */
export function checkExact(node: Node): void {
  if (isExact(node.range)) return;
  throw new Qs5Error('E_WIDTH', {
    subject: node.id,
    message: `The sums of ${node.id} take ${signedWidth(node.range)} bits; up to ${MAX_EXACT_WIDTH - 1} are exact.`,
    hint: 'use fewer bits for its weights or for the activations that enter it.',
  });
}
