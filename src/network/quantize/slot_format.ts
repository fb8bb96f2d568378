import { at } from '../../base/at.js';
import type { FloatNode } from '../graph/types.js';
import type { Format, Node } from '../types.js';
import type { Filling } from './filling.js';
import { activationScale } from './scales.js';

/** A node whose words have a format of their own. */
type SlottedNode = Extract<FloatNode, { readonly slot: unknown }>;

/**
 * The format of a slot with one scale for all elements.
 *
 * @param source the words that the node follows; their scale serves values that are always zero.
 * @param bound largest real magnitude, in place of calibration where the tensor is to be proved.
 */
export function formatOf(
  { settings, ranges }: Filling,
  node: SlottedNode,
  source: Node,
  bound?: () => number,
): Format {
  const { kind } = settings.scales;
  const { precision } = settings.at(node.layer);
  const proved = node.tensor !== undefined && settings.proof.tensors.has(node.tensor);
  const limit = (seen: () => number) => (proved && bound !== undefined ? bound() : seen());
  const fallback = at(source.format.scale, 0);
  const { slot } = node;
  switch (slot.kind) {
    case 'unit': {
      const width = precision.non_ssm_act;
      return { width, scale: [activationScale(1, width, kind)] };
    }
    case 'stream': {
      const width = precision.residual;
      return { width, scale: [activationScale(ranges.absMax(slot.covers), width, kind)] };
    }
    case 'output': {
      const width = precision.residual;
      const largest = limit(() => ranges.absMax(slot.covers));
      return { width, scale: [activationScale(largest, width, kind, fallback)] };
    }
    case 'activation': {
      const width = precision.non_ssm_act;
      const largest = limit(() => ranges.limit(slot.covers)(width));
      return { width, scale: [activationScale(largest, width, kind, fallback)] };
    }
    case 'input':
    case 'state':
    case 'state_read':
      throw new Error(`${node.id}: the format of a slot ${slot.kind} is not of one scale`);
  }
}
