import { oneOf, positive } from './fields.js';
import * as z from 'zod';

/** Architecture keys of a network, spelled as in the metadata of checkpoints. */
export const architectureFields = {
  activation: oneOf(
    ['full_glu', 'half_glu1', 'half_glu2', 'gelu'],
    'Activation after the SSM, with its name in the S5 code.',
  ),
  gelu: oneOf(
    ['tanh', 'erf', 'q_gelu'],
    'GELU of the training: tanh (default of JAX and flax), erf (default of PyTorch), or q_gelu of Q-S5.',
  ),
  sigmoid: oneOf(['exact', 'hard'], 'Sigmoid of the gate in the training: exact, or hard of Q-S5.'),
  norm: oneOf(['batch', 'layer'], 'Normalisation of each layer.'),
  norm_eps: positive(
    1e-30,
    1,
    'Constant that the norm adds to the variance; default 1e-5 with batch, 1e-6 with layer.',
  ),
  prenorm: z.boolean().describe('true: normalise before the SSM; false: after the residual.'),
  conj_sym: z.boolean().describe('Each state represents a conjugate pair of poles.'),
  bidirectional: z.boolean().describe('true: a second scan from the end of the sequence.'),
  discretization: oneOf(['zoh', 'bilinear'], 'Method from continuous to discrete time.'),
  pooling: oneOf(
    ['mean', 'last', 'none'],
    'Reduction of the time steps to one output; none: an output every step.',
  ),
  step_rescale: positive(1e-6, 1e6, 'Factor on every time step: step_rescale of the S5 code.'),
};

/** Architecture keys that a config may add to the metadata of a checkpoint. */
export const statedFields = {
  activation: architectureFields.activation.exactOptional(),
  gelu: architectureFields.gelu.exactOptional(),
  sigmoid: architectureFields.sigmoid.exactOptional(),
  norm: architectureFields.norm.exactOptional(),
  norm_eps: architectureFields.norm_eps.exactOptional(),
  prenorm: architectureFields.prenorm.exactOptional(),
  conj_sym: architectureFields.conj_sym.exactOptional(),
  bidirectional: architectureFields.bidirectional.exactOptional(),
  discretization: architectureFields.discretization.exactOptional(),
  pooling: architectureFields.pooling.exactOptional(),
  step_rescale: architectureFields.step_rescale.exactOptional(),
  clip_eigs: z
    .boolean()
    .exactOptional()
    .describe('true: limit the real parts of the poles to -1e-4, clip_eigs of the S5 code.'),
  bandlimit: positive(
    1e-6,
    1e6,
    'C ignores states with a frequency of half of this value or above, cycles per step.',
  ).exactOptional(),
} satisfies Record<keyof typeof architectureFields, unknown> & Record<string, unknown>;
