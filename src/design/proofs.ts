import { Qs5Error } from '../base/errors.js';
import { isProved } from '../network/proved.js';
import { PROVABLE_TENSORS, type IntegerNetwork, type ProvableTensor } from '../network/types.js';
import type { ProofSettings } from '../network/quantize/real_bounds.js';

/**
 * Checks that every tensor the config wants proved is proved. Scales were chosen from real bounds;
 * this check is exact.
 *
 * @throws E_CONFIG_COMBINATION for a tensor that the network does not have
 * @throws E_WIDTH for a tensor that may clip
 */
export function checkProofs(
  network: IntegerNetwork,
  { tensors, length }: ProofSettings,
): IntegerNetwork {
  for (const tensor of tensors) {
    const nodes = network.nodes.filter((node) => node.tensor === tensor);
    if (nodes.length === 0) throw nothingToProve(tensor, network);
    const failing = nodes.find((node) => !isProved(network, node, length));
    if (failing === undefined) continue;
    throw new Qs5Error('E_WIDTH', {
      path: ['calibration', 'proved'],
      message: `${failing.id} cannot be proved: its integer weights reach beyond the bound of the real ones.`,
      hint: 'use calibration: { margin: 1.1 }, or leave it calibrated.',
    });
  }
  return network;
}

function nothingToProve(tensor: ProvableTensor, { nodes }: IntegerNetwork): Qs5Error {
  const known = PROVABLE_TENSORS.filter((one) => nodes.some((node) => node.tensor === one));
  return new Qs5Error('E_CONFIG_COMBINATION', {
    path: ['calibration', 'proved'],
    message: `The network has no tensor ${tensor}, so there is nothing to prove.`,
    hint: `use some of ${known.join(', ')}.`,
  });
}
