import { MAX_EXACT_WIDTH, fullRange, symmetricRange } from '../fixed/range.js';
import type {
  InputNode,
  IntegerNetwork,
  JoinNode,
  Node,
  RecurrenceNode,
  RequantizeNode,
  ReverseNode,
} from '../network/types.js';
import type { PreparedLayer, PreparedNorm } from '../s5/prepare.js';
import type { CoreRanges } from './calibrate.js';
import { alignFeedthrough, feedthroughNode } from './feedthrough.js';
import { quantizeDelta, quantizeDirect } from './lambda.js';
import { checkExact, fitRows, matvecNode, requantizeNode, rowScales } from './nodes.js';
import { normNodes } from './norm.js';
import { absMax, activationScale } from './scales.js';
import type { CoreSettings } from './settings.js';

/** The float core to be quantised. */
export interface FloatCore {
  /** H */
  readonly features: number;
  /** P */
  readonly states: number;
  /** Whether C also reads the states of a scan from the end of the sequence. */
  readonly bidirectional: boolean;
  readonly layer: Pick<
    PreparedLayer,
    'discrete' | 'inputWeights' | 'outputWeights' | 'feedthrough'
  >;
  /** The norm between the layer's input and u; undefined when u enters as is. */
  readonly norm?: PreparedNorm;
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
  const ssm = ssmNodes(core, ranges, settings, { node: input, backwards: false }, '');
  const nodes: Node[] = [input, ...ssm.nodes];
  nodes.forEach(checkExact);
  return { name: settings.name, nodes, output: ssm.y.id };
}

/** What enters an SSM core: a stream of steps, forwards or backwards in time. */
export interface CoreSource {
  readonly node: Node;
  readonly backwards: boolean;
}

/** The nodes of an SSM core. */
export interface SsmNodes {
  readonly nodes: readonly Node[];
  readonly y: RequantizeNode;
  /** The layer's input in the order in which y comes. */
  readonly skip: Node;
}

/**
 * The SSM core behind a source: norm, b, bu, recurrence, x, c, d, y, their ids after `prefix`.
 *
 * A bidirectional core scans the sequence as it comes, turns it round, and scans it again; its y
 * comes in the opposite order. What is turned round is the least that gives the rest: the layer's
 * input, bu and x.
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
  source: CoreSource,
  prefix: string,
): SsmNodes {
  const { precision, rounding } = settings;
  const uTarget = {
    width: precision.non_ssm_act,
    scale: activationScale(ranges.u, precision.non_ssm_act, settings.scales.kind),
  };
  const norm = (id: string, from: Node) =>
    normNodes(
      `${prefix}${id}`,
      core.norm,
      from,
      uTarget,
      settings.scales.multiplierBits,
      rounding.requantize,
    );
  const forward = norm('norm', source.node);
  const u = last(forward);
  const { b, bu } = driveNodes(core, ranges, settings, u, prefix);
  const recurrence = recurrenceNode(core, settings, bu, `${prefix}recurrence`, prefix);
  const x = stateNode(settings, recurrence, `${prefix}x`);
  const scan: readonly Node[] = [...forward, b, bu, recurrence, ...(x === recurrence ? [] : [x])];
  if (!core.bidirectional) {
    const out = outputNodes(core, ranges, settings, { state: x, u, backwards: false }, prefix);
    return { nodes: [...scan, ...out.nodes], y: out.y, skip: source.node };
  }

  const skip = reverseNode(`${prefix}skip_reversed`, source.node);
  const buBack = reverseNode(`${prefix}bu_reversed`, bu);
  const xBack = reverseNode(`${prefix}x_reversed`, x);
  const uBack = norm('norm_reversed', skip);
  const second = recurrenceNode(core, settings, buBack, `${prefix}recurrence_reversed`, prefix);
  const xSecond = stateNode(settings, second, `${prefix}x_second`);
  const joined = joinNode(`${prefix}states`, xBack, xSecond);
  const out = outputNodes(
    core,
    ranges,
    settings,
    { state: joined, u: last(uBack), backwards: source.backwards },
    prefix,
  );
  return {
    nodes: [
      ...[...scan, skip, buBack, xBack, ...uBack, second],
      ...[...(xSecond === second ? [] : [xSecond]), joined, ...out.nodes],
    ],
    y: out.y,
    skip,
  };
}

function last(nodes: readonly [...Node[], RequantizeNode]): RequantizeNode {
  return nodes[nodes.length - 1] as RequantizeNode;
}

/** B u, as an exact sum and in the format of the state. */
function driveNodes(
  core: FloatCore,
  ranges: CoreRanges,
  settings: CoreSettings,
  u: RequantizeNode,
  prefix: string,
) {
  const { precision, rounding } = settings;
  const stateScale = stateScales(sharedRanges(ranges.state, core), settings);
  const partScale = stateScale.flatMap((scale) => [scale, scale]);
  const uScale = u.format.scale[0] ?? 1;
  // Rows re and im of each state in turn.
  const bRows = interleavedRows(core.layer.inputWeights, core.states, core.features);
  const bBase = rowScales(bRows, precision.b, settings.scales);
  const bFit = fitRows(
    bBase.map((scale, i) => (scale * uScale) / (partScale[i] ?? 1)),
    settings.scales,
  );
  const bScale = bBase.map((scale, i) => scale * (bFit.growth[i] ?? 1));
  const b = matvecNode(`${prefix}b`, u, bRows, bScale, precision.b, uScale);
  const format = { width: precision.state, scale: partScale };
  const bu = requantizeNode(`${prefix}bu`, b, bFit, format, rounding.requantize);
  return { b, bu };
}

function recurrenceNode(
  core: FloatCore,
  settings: CoreSettings,
  bu: Node,
  id: string,
  prefix: string,
): RecurrenceNode {
  const { precision, rounding, lambdaForm } = settings;
  const subject = `${settings.name}: ${prefix}Lambda`;
  const { lambdaBarRe, lambdaBarIm } = core.layer.discrete;
  return {
    op: 'recurrence',
    id,
    source: bu.id,
    length: bu.length,
    lambda:
      lambdaForm === 'direct'
        ? quantizeDirect(lambdaBarRe, lambdaBarIm, precision.a, subject)
        : quantizeDelta(lambdaBarRe, lambdaBarIm, precision.a, precision.state, subject),
    rounding: rounding.loop,
    format: bu.format,
    range: symmetricRange(precision.state),
  };
}

/** The state as it enters C: fewer bits of the same register, if it has more. */
function stateNode(settings: CoreSettings, recurrence: RecurrenceNode, id: string): Node {
  const { precision, rounding } = settings;
  const dropped = precision.state - precision.ssm_act;
  if (dropped <= 0) return recurrence;
  const scale = recurrence.format.scale.map((s) => s * 2 ** dropped);
  return requantizeNode(
    id,
    recurrence,
    { multiplier: [1], shift: dropped },
    { width: precision.ssm_act, scale },
    rounding.requantize,
  );
}

function reverseNode(id: string, source: Node): ReverseNode {
  const { length, format, range } = source;
  return { op: 'reverse', id, source: source.id, length, format, range };
}

/** States a and b of two scans side by side, state by state. */
function joinNode(id: string, a: Node, b: Node): JoinNode {
  const scale = Array.from({ length: 2 * b.length }, (_, i) => {
    const from = i % 4 < 2 ? a : b;
    return from.format.scale[2 * Math.floor(i / 4) + (i % 2)] ?? 1;
  });
  return {
    op: 'join',
    id,
    source: b.id,
    input: a.id,
    length: 2 * b.length,
    format: { width: b.format.width, scale },
    range: b.range,
  };
}

/** C x + D u, and its requantisation to y. */
function outputNodes(
  core: FloatCore,
  ranges: CoreRanges,
  settings: CoreSettings,
  { state, u, backwards }: { readonly state: Node; readonly u: Node; readonly backwards: boolean },
  prefix: string,
) {
  const { precision, rounding } = settings;
  const uScale = u.format.scale[0] ?? 1;
  // C: columns take the scale of their state; D: at a power of two of the sum's scale.
  const cRows = outputRows(core, backwards).map((row) =>
    row.map((weight, n) => weight * (state.format.scale[n] ?? 1)),
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
  const yScale = activationScale(ranges.y, precision.non_ssm_act, settings.scales.kind);
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
    u,
    cScale,
    alignment,
    precision.d,
  );
  const yFormat = { width: precision.non_ssm_act, scale: [yScale] };
  const y = requantizeNode(`${prefix}y`, d, yFit, yFormat, rounding.requantize);
  return { nodes: [c, d, y], y };
}

function inputOf(core: FloatCore, ranges: CoreRanges, settings: CoreSettings): InputNode {
  const width = settings.precision.residual;
  const scale = activationScale(ranges.layerInput, width, settings.scales.kind);
  return {
    op: 'input',
    id: 'input',
    length: core.features,
    format: { width, scale: [scale] },
    unsigned: false,
    // Whatever drives the pins may send the code that the quantiser never makes.
    range: fullRange(width),
  };
}

/** Ranges of the P states; both scans share B u, so of each pair the larger. */
function sharedRanges(state: readonly number[], { states, bidirectional }: FloatCore): number[] {
  const forward = state.slice(0, states);
  if (!bidirectional) return forward;
  return forward.map((max, p) => Math.max(max, state[states + p] ?? 0));
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

/**
 * Rows of C, [H] rows, with columns as the states come: re, im of each state in turn; of each
 * state of two scans first that of the scan that came first.
 */
function outputRows(core: FloatCore, backwards: boolean): Float64Array[] {
  const { features, states, bidirectional, layer } = core;
  const read = bidirectional ? 2 * states : states;
  return Array.from({ length: features }, (_, h) => {
    const row = layer.outputWeights.subarray(h * 2 * read, (h + 1) * 2 * read);
    return Float64Array.from(row, (_w, n) => {
      const pair = Math.floor(n / 2);
      // The states of the scan forwards in time stand first in C.
      const state = bidirectional
        ? Math.floor(pair / 2) + ((pair % 2 === 1) === backwards ? 0 : states)
        : pair;
      return row[n % 2 === 0 ? state : read + state] ?? 0;
    });
  });
}
