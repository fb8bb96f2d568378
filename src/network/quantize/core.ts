import { at } from '../../base/at.js';
import { fullRange, maxMagnitude, symmetricRange } from '../../base/fixed/range.js';
import type {
  InputNode,
  JoinNode,
  Node,
  NodeName,
  RecurrenceNode,
  RequantizeNode,
  ReverseNode,
} from '../types.js';
import type { PreparedLayer, PreparedNorm } from '../../float/s5/prepare.js';
import type { CoreRanges } from './calibrate.js';
import { addFeedthrough, alignRows, feedthroughNode } from './feedthrough.js';
import { createBuilder, type NetworkBuilder, type Quantized } from './builder.js';
import type { LinearMap, WeightFit } from './fit.js';
import { quantizeDelta, quantizeDirect, type QuantizedLambda } from './lambda.js';
import { nameOf, prefixOf } from './names.js';
import { addMatvec, fitRows, requantizeNode, rowScales } from './nodes.js';
import { addNorm } from './norm.js';
import { largestNormed, largestStates, largestSum } from './real_bounds.js';
import { absMax, activationScale } from './scales.js';
import { liveStates } from './dead_states.js';
import type { CoreSettings } from './settings.js';

/** The float core to be quantised. */
export interface FloatCore {
  /** H */
  readonly features: number;
  /** P */
  readonly states: number;
  /** True if C also reads the states of a scan from the end of the sequence. */
  readonly bidirectional: boolean;
  /** Its number in the network, from 0. */
  readonly index: number;
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
  fit: WeightFit,
): Quantized {
  const builder = createBuilder(fit);
  const input = builder.add(inputOf(core, ranges, settings));
  const { y } = addSsm(builder, core, ranges, settings, { node: input, backwards: false });
  const { nodes, ideals } = builder;
  return { network: { name: settings.name, nodes, output: y.id }, ideals };
}

/** Input of an SSM core: a stream of steps, forwards or backwards in time. */
export interface CoreSource {
  readonly node: Node;
  readonly backwards: boolean;
}

/** Results of an SSM core. */
export interface SsmResult {
  readonly y: RequantizeNode;
  /** The layer's input in the order in which y comes. */
  readonly skip: Node;
}

/**
 * The SSM core behind a source: norm, b, bu, recurrence, x, c, d, y.
 *
 * A bidirectional core scans the sequence, reverses it, and scans it again; its y is in the opposite
 * order. Only the layer's input, bu and x are reversed: all else follows from them.
 *
 * Follows the number contract: static scales from calibration, balanced states, one rounding per
 * complex sum, exact accumulators. Where a weight row has a scale of its own, that scale is made
 * to fit an exact multiplier, so requantisation adds no error in gain.
 *
 * @param layer its number; undefined for a network of one core.
 * @throws E_UNSTABLE
 */
export function addSsm(
  builder: NetworkBuilder,
  core: FloatCore,
  ranges: CoreRanges,
  settings: CoreSettings,
  source: CoreSource,
  layer?: number,
): SsmResult {
  const { precision, rounding, scales, proof } = settings;
  const uLimit = proof.tensors.has('u')
    ? largestNormed(core.norm, source.node, proof)
    : ranges.u(precision.non_ssm_act);
  const uTarget = {
    width: precision.non_ssm_act,
    scale: activationScale(uLimit, precision.non_ssm_act, scales.kind, source.node.format.scale[0]),
  };
  const norm = (role: 'norm' | 'norm_reversed', from: Node) =>
    addNorm(
      builder,
      { role, layer, tensor: 'u' },
      core.norm,
      from,
      uTarget,
      scales.multiplierBits,
      rounding.requantize,
    );
  const lambda = lambdaOf(core, settings, layer);
  const u = norm('norm', source.node);
  const bu = addDrive(builder, core, ranges, settings, lambda, u, layer);
  const scan = (
    from: Node,
    recurrence: 'recurrence' | 'recurrence_reversed',
    x: 'x' | 'x_second',
  ) =>
    addState(builder, core, settings, lambda, from, {
      recurrence: nameOf(recurrence, layer, 'states'),
      x: nameOf(x, layer),
    });
  const x = scan(bu, 'recurrence', 'x');
  if (!core.bidirectional) {
    const end = { state: x, u, backwards: false };
    const y = addOutput(builder, core, ranges, settings, end, layer);
    return { y, skip: source.node };
  }

  const reverse = (role: 'skip_reversed' | 'bu_reversed' | 'x_reversed', from: Node) =>
    builder.add(reverseNode(nameOf(role, layer), from));
  const skip = reverse('skip_reversed', source.node);
  const buBack = reverse('bu_reversed', bu);
  const xBack = reverse('x_reversed', x);
  const uBack = norm('norm_reversed', skip);
  const xSecond = scan(buBack, 'recurrence_reversed', 'x_second');
  const end = {
    state: builder.add(joinNode(nameOf('states', layer), xBack, xSecond)),
    u: uBack,
    backwards: source.backwards,
  };
  return { y: addOutput(builder, core, ranges, settings, end, layer), skip };
}

/** Lambda-bar at its word length, and the factor that makes up for it. */
function lambdaOf(
  core: FloatCore,
  settings: CoreSettings,
  layer: number | undefined,
): QuantizedLambda {
  const { precision, lambdaForm, poles } = settings;
  const subject = `${settings.name}: ${prefixOf(layer)}Lambda`;
  const { lambdaBarRe, lambdaBarIm } = core.layer.discrete;
  return lambdaForm === 'direct'
    ? quantizeDirect(lambdaBarRe, lambdaBarIm, precision.a, poles, subject)
    : quantizeDelta(lambdaBarRe, lambdaBarIm, precision.a, precision.state, poles, subject);
}

/** B u, as an exact sum and then in the format of the state, which is returned. */
function addDrive(
  builder: NetworkBuilder,
  core: FloatCore,
  ranges: CoreRanges,
  settings: CoreSettings,
  { lambda, gainRe, gainIm }: QuantizedLambda,
  u: RequantizeNode,
  layer: number | undefined,
): RequantizeNode {
  const { precision, rounding, scales, proof } = settings;
  const map: LinearMap = {
    source: u,
    reads: { tensor: 'u', layer: core.index },
    rows: drivingRows(core, gainRe, gainIm),
  };
  const rows = builder.fit.rows(map, precision.b);
  const limits = proof.tensors.has('states')
    ? largestStates(rows, u, lambda, precision.state, proof)
    : sharedRanges(ranges.state, core);
  const partScale = stateScales(liveStates(limits, rows, u), settings).flatMap((s) => [s, s]);
  const fit = fitRows(rowScales(rows, precision.b, scales), partScale, scales);
  const { node: b, missing } = addMatvec(
    builder,
    nameOf('b', layer),
    map,
    rows,
    fit.scale,
    precision.b,
  );
  const format = { width: precision.state, scale: partScale };
  const name = nameOf('bu', layer, 'states');
  return builder.add(requantizeNode(name, b, fit, format, rounding.requantize, missing));
}

/** The recurrence, and the state as it enters C: fewer bits of the same register, if it has more. */
function addState(
  builder: NetworkBuilder,
  core: FloatCore,
  { precision, rounding }: CoreSettings,
  { lambda, gainRe, gainIm, pushedOut }: QuantizedLambda,
  bu: Node,
  names: { readonly recurrence: NodeName; readonly x: NodeName },
): Node {
  const { lambdaBarRe: re, lambdaBarIm: im } = core.layer.discrete;
  const recurrence = builder.add<RecurrenceNode>(
    {
      op: 'recurrence',
      ...names.recurrence,
      source: bu.id,
      length: bu.length,
      lambda,
      rounding: rounding.loop,
      format: bu.format,
      range: symmetricRange(precision.state),
    },
    { kind: 'poles', re, im, gainRe, gainIm, pushedOut },
  );
  const dropped = precision.state - precision.ssm_act;
  if (dropped <= 0) return recurrence;
  const scale = recurrence.format.scale.map((s) => s * 2 ** dropped);
  const format = { width: precision.ssm_act, scale };
  const fit = { multiplier: [1], shift: dropped };
  return builder.add(requantizeNode(names.x, recurrence, fit, format, rounding.requantize));
}

function reverseNode(name: NodeName, source: Node): ReverseNode {
  const { length, format, range } = source;
  return { op: 'reverse', ...name, source: source.id, length, format, range };
}

/** States a and b of two scans side by side, state by state. */
function joinNode(name: NodeName, a: Node, b: Node): JoinNode {
  const scale = Array.from({ length: 2 * b.length }, (_, i) => {
    const from = i % 4 < 2 ? a : b;
    return at(from.format.scale, 2 * Math.floor(i / 4) + (i % 2));
  });
  return {
    op: 'join',
    ...name,
    source: b.id,
    input: a.id,
    length: 2 * b.length,
    format: { width: b.format.width, scale },
    range: b.range,
  };
}

/** C x + D u, and its requantisation to y. */
function addOutput(
  builder: NetworkBuilder,
  core: FloatCore,
  ranges: CoreRanges,
  settings: CoreSettings,
  { state, u, backwards }: { readonly state: Node; readonly u: Node; readonly backwards: boolean },
  layer: number | undefined,
): RequantizeNode {
  const { precision, rounding, scales, proof } = settings;
  const { feedthrough } = core.layer;
  const uScale = at(u.format.scale, 0);
  const map: LinearMap = {
    source: state,
    reads: { tensor: 'states', layer: core.index },
    column: (word) => stateColumn(core, backwards, word),
    rows: outputRows(core, backwards),
  };
  // C over words: columns take the scale of their state.
  const rows = builder.fit.rows(map, precision.c);
  const { alignment, wanted } = alignRows({
    rows: rowScales(rows, precision.c, scales),
    d: feedthrough.map((value) => value * uScale),
    columns: state.length,
    widths: { c: precision.c, x: state.format.width, d: precision.d, u: u.format.width },
    scales,
  });
  const uLargest = maxMagnitude(u.format.width) * uScale;
  const yLimit = proof.tensors.has('y')
    ? largestSum(rows, state, proof, (h) => Math.abs(at(feedthrough, h)) * uLargest)
    : ranges.y(precision.non_ssm_act);
  const yScale = activationScale(yLimit, precision.non_ssm_act, scales.kind, uScale);
  const { scale, ...fit } = fitRows(wanted, [yScale * 2 ** alignment.sumShift], scales);
  const { node: c, missing } = addMatvec(
    builder,
    nameOf('c', layer),
    map,
    rows,
    scale,
    precision.c,
  );
  const d = addFeedthrough(
    builder,
    feedthroughNode(nameOf('d', layer), feedthrough, c, u, scale, alignment, precision.d),
    feedthrough,
    uScale,
  );
  const format = { width: precision.non_ssm_act, scale: [yScale] };
  const name = nameOf('y', layer, 'y');
  return builder.add(requantizeNode(name, d, fit, format, rounding.requantize, missing));
}

function inputOf(core: FloatCore, ranges: CoreRanges, settings: CoreSettings): InputNode {
  const width = settings.precision.residual;
  const scale = activationScale(ranges.layerInput, width, settings.scales.kind);
  return {
    op: 'input',
    ...nameOf('input'),
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
  return forward.map((max, p) => Math.max(max, at(state, states + p)));
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

/** Rows of B, each state's times its complex factor, in the order re, im, re, im ...: [2P] of [H]. */
function drivingRows(
  { layer, states, features }: FloatCore,
  gainRe: Float64Array,
  gainIm: Float64Array,
): Float64Array[] {
  const row = (i: number) => layer.inputWeights.subarray(i * features, (i + 1) * features);
  return Array.from({ length: 2 * states }, (_, i) => {
    const p = Math.floor(i / 2);
    const [re, im] = [row(p), row(states + p)];
    const [a, b] = [at(gainRe, p), at(gainIm, p)];
    return i % 2 === 0
      ? re.map((value, h) => a * value - b * at(im, h))
      : im.map((value, h) => a * value + b * at(re, h));
  });
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
      const column = stateColumn(core, backwards, n);
      const state = Math.floor(column / 2);
      return at(row, column % 2 === 0 ? state : read + state);
    });
  });
}

/** Which of the states, re and im in turn, those of the scan forwards in time first, a word is. */
function stateColumn({ states, bidirectional }: FloatCore, backwards: boolean, word: number) {
  const pair = Math.floor(word / 2);
  const state = bidirectional
    ? Math.floor(pair / 2) + ((pair % 2 === 1) === backwards ? 0 : states)
    : pair;
  return 2 * state + (word % 2);
}
