import { oneOf, positive } from './fields.js';
import * as z from 'zod';

/** Choices of the network's architecture, as metadata of checkpoints spell them. */
export const architectureFields = {
  activation: oneOf(
    ['full_glu', 'half_glu1', 'half_glu2', 'gelu'],
    'Activation after the SSM, named as in the S5 code.',
  ),
  gelu: oneOf(
    ['tanh', 'erf', 'q_gelu'],
    'The GELU that the network was trained with: tanh, as JAX and flax take by default, erf, as ' +
      'PyTorch takes by default, or q_gelu of Q-S5.',
  ),
  sigmoid: oneOf(
    ['exact', 'hard'],
    "The gate's sigmoid that the network was trained with: exact, or hard of Q-S5.",
  ),
  norm: oneOf(['batch', 'layer'], 'Normalisation of each layer.'),
  norm_eps: positive(
    1e-30,
    1,
    'What the norm adds to the variance; default 1e-5 with batch, 1e-6 with layer.',
  ),
  prenorm: z.boolean().describe('Normalise before the SSM, not after the residual.'),
  conj_sym: z.boolean().describe('States stand for conjugate pairs; one of two kept.'),
  bidirectional: z.boolean().describe('A second pass from the end of the sequence.'),
  discretization: oneOf(['zoh', 'bilinear'], 'From continuous to discrete time.'),
  pooling: oneOf(['mean', 'last', 'none'], 'How time steps become one output.'),
  step_rescale: positive(1e-6, 1e6, 'Factor on every time step, as step_rescale of the S5 code.'),
};

/** What a config may state of a checkpoint whose metadata does not. */
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
    .describe('Cut the real parts of the poles off at -1e-4, as clip_eigs of the S5 code.'),
  bandlimit: positive(
    1e-6,
    1e6,
    'C does not read states whose frequency is half of this or more, cycles per step.',
  ).exactOptional(),
} satisfies Record<keyof typeof architectureFields, unknown> & Record<string, unknown>;
