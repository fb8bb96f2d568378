import { MAX_EXACT_WIDTH, fullRange, symmetricRange } from '../fixed/range.js';
import type {
  InputNode,
  IntegerNetwork,
  Node,
  RecurrenceNode,
  RequantizeNode,
} from '../network/types.js';
import type { PreparedLayer } from '../s5/prepare.js';
import type { CoreRanges } from './calibrate.js';
import { alignFeedthrough, feedthroughNode } from './feedthrough.js';
import { quantizeDelta, quantizeDirect } from './lambda.js';
import { checkExact, fitRows, matvecNode, requantizeNode, rowScales } from './nodes.js';
import { absMax, activationScale, fitMultipliers } from './scales.js';
import type { CoreSettings } from './settings.js';

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
  const bBase = rowScales(bRows, precision.b, settings.scales);
  const bFit = fitRows(
    bBase.map((scale, i) => (scale * uScale) / (partScale[i] ?? 1)),
    settings.scales,
  );
  const bScale = bBase.map((scale, i) => scale * (bFit.growth[i] ?? 1));
  const b = matvecNode(`${prefix}b`, norm, bRows, bScale, precision.b, uScale);
  const stateFormat = { width: precision.state, scale: partScale };
  const bu = requantizeNode(`${prefix}bu`, b, bFit, stateFormat, rounding.requantize);

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
  const x =
    dropped <= 0
      ? undefined
      : requantizeNode(
          `${prefix}x`,
          recurrence,
          { multiplier: [1], shift: dropped },
          { width: precision.ssm_act, scale: partScale.map((s) => s * 2 ** dropped) },
          rounding.requantize,
        );
  const state = x ?? recurrence;

  // C: columns take the scale of their state; D: at a power of two of the sum's scale.
  const cRows = interleavedColumns(core.layer.outputWeights, core.features, core.states).map(
    (row) => row.map((weight, n) => weight * (state.format.scale[n] ?? 1)),
  );
  const cBase = rowScales(cRows, precision.c, settings.scales);
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
    settings.scales,
  );
  const cScale = cBase.map((scale, h) => scale * (yFit.growth[h] ?? 1));
  const c = matvecNode(`${prefix}c`, state, cRows, cScale, precision.c, 1);
  const d = feedthroughNode(
    `${prefix}d`,
    core.layer.feedthrough,
    c,
    norm,
    cScale,
    alignment,
    precision.d,
  );
  const yFormat = { width: precision.non_ssm_act, scale: [yScale] };
  const y = requantizeNode(`${prefix}y`, d, yFit, yFormat, rounding.requantize);

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
  const format = { width, scale: [uScale] };
  return requantizeNode(id, source, fit, format, settings.rounding.requantize, core.affine?.offset);
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
