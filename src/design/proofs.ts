import { Qs5Error } from '../errors.js';
import { isProved } from '../network/proved.js';
import type { Quantized } from '../quantize/builder.js';
import type { ProofSettings, Provable } from '../quantize/real_bounds.js';

/** Nodes of each tensor that may be proved. */
const PROVED_NODES: Readonly<Record<Provable, RegExp>> = {
  u: /^(l\d+_)?norm(_reversed)?$/,
  states: /^(l\d+_)?(bu|recurrence(_reversed)?)$/,
  y: /^(l\d+_)?y$/,
  gate: /_gate_out$/,
  value: /_value_out$/,
  output: /^decoder_out$/,
};

/**
 * Checks that every tensor the config wants proved is proved. Scales were chosen from real bounds;
 * this check is exact.
 *
 * @throws E_WIDTH
 */
export function checkProofs(
  { network, ...rest }: Quantized,
  { tensors, length }: ProofSettings,
): Quantized {
  for (const tensor of tensors) {
    const nodes = network.nodes.filter(({ id }) => PROVED_NODES[tensor].test(id));
    const failing = nodes.find((node) => !isProved(network, node, length));
    if (failing === undefined) continue;
    throw new Qs5Error('E_WIDTH', {
      path: ['calibration', 'proved'],
      message: `${failing.id} cannot be proved: its integer weights reach beyond the bound of the real ones.`,
      hint: 'use calibration: { margin: 1.1 }, or leave it calibrated.',
    });
  }
  return { network, ...rest };
}
