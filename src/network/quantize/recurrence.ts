import { symmetricRange } from '../../base/fixed/range.js';
import type { FloatRecurrence, FloatRequantize } from '../graph/types.js';
import type { Format, Node, RecurrenceNode } from '../types.js';
import { prefixOf } from '../names.js';
import { liveStates } from './dead_states.js';
import { placeOf, type Filling } from './filling.js';
import { quantizeLambda, type QuantizedLambda } from './lambda.js';
import { requantizeNode } from './nodes.js';
import { largestStates } from './real_bounds.js';
import { absMax, activationScale } from './scales.js';

/**
 * Lambda-bar of a layer at its word length; both scans share it.
 *
 * @throws E_UNSTABLE
 */
export function lambdaOf(
  { re, im, layer }: FloatRecurrence,
  { settings, lambdas }: Filling,
): QuantizedLambda {
  const known = lambdas.get(layer);
  if (known !== undefined) return known;
  const { precision, lambdaForm } = settings.at(layer);
  const subject = `${settings.name}: ${prefixOf(layer)}Lambda`;
  const found = quantizeLambda(
    { re, im },
    lambdaForm,
    { lambda: precision.a, state: precision.state },
    settings.poles,
    subject,
  );
  lambdas.set(layer, found);
  return found;
}

/**
 * The format of the state, and so of B u.
 *
 * @param bu the requantisation of B u.
 * @param rows rows of B over the words of `u`.
 */
export function stateFormat(
  bu: FloatRequantize,
  rows: readonly Float64Array[],
  u: Node,
  { lambda }: QuantizedLambda,
  { settings, ranges }: Filling,
): Format {
  const { slot, layer } = bu;
  if (slot.kind !== 'state') throw new Error(`${bu.id} has a slot ${slot.kind}`);
  const { proof } = settings;
  const width = settings.at(layer).precision.state;
  const limits = proof.tensors.has('states')
    ? largestStates(rows, u, lambda, width, proof)
    : ranges.states(slot.covers);
  const scales = stateScales(liveStates(limits, rows, u), width, settings.scales.balancedStates);
  return { width, scale: scales.flatMap((scale) => [scale, scale]) };
}

/** One power of two per state (balanced), or the largest for all. */
function stateScales(absMaxima: readonly number[], width: number, balanced: boolean): number[] {
  const scaleOf = (max: number) => activationScale(max, width, 'power_of_two');
  return balanced ? absMaxima.map(scaleOf) : absMaxima.map(() => scaleOf(absMax(absMaxima)));
}

export function fillRecurrence(node: FloatRecurrence, filling: Filling): RecurrenceNode {
  const bu = filling.node(node.source);
  const { precision, rounding } = filling.settings.at(node.layer);
  return {
    op: 'recurrence',
    ...placeOf(node),
    source: bu.id,
    length: bu.length,
    lambda: lambdaOf(node, filling).lambda,
    rounding: rounding.loop,
    format: bu.format,
    range: symmetricRange(precision.state),
  };
}

/** The state as C reads it: the upper bits of the register, or the register itself. */
export function fillStateRead(node: FloatRequantize, { node: nodeOf, settings }: Filling): Node {
  const state = nodeOf(node.source);
  const { precision, rounding } = settings.at(node.layer);
  const dropped = precision.state - precision.ssm_act;
  if (dropped <= 0) return state;
  const scale = state.format.scale.map((s) => s * 2 ** dropped);
  const format = { width: precision.ssm_act, scale };
  const fit = { multiplier: [1], shift: dropped };
  return requantizeNode(placeOf(node), state, fit, format, rounding.requantize);
}
