import { z } from 'zod';
import { Qs5Error } from '../errors.js';
import {
  ACTIVATIONS,
  DISCRETIZATIONS,
  NORMS,
  POOLINGS,
  SIGMOIDS,
  type Norm,
  type S5Architecture,
} from './model.js';

/**
 * The architecture but for what the tensors tell, and the one option of training that changes
 * parameters on reading.
 */
export interface CheckpointMetadata extends Omit<S5Architecture, 'normBias'> {
  /** Whether Re(lambda) is cut off at -1e-4, as S5 does on use with `clip_eigs`. */
  readonly clipEigs: boolean;
}

const flag = (absent: boolean): z.ZodType<boolean> =>
  z
    .enum(['true', 'false'])
    .default(absent ? 'true' : 'false')
    .transform((text) => text === 'true');

const metadataSchema = z.object({
  architecture: z.literal('s5').default('s5'),
  activation: z.enum(ACTIVATIONS).default('half_glu1'),
  // "exact" could be the error function as well; the tanh form is what flax takes by default.
  gelu: z.enum(['tanh', 'q_gelu']).default('tanh'),
  sigmoid: z.enum(SIGMOIDS).default('exact'),
  norm: z.enum(NORMS).default('batch'),
  norm_eps: z.coerce.number().positive().max(1).optional(),
  prenorm: flag(true),
  conj_sym: flag(true),
  bidirectional: flag(false),
  discretization: z.enum(DISCRETIZATIONS).default('zoh'),
  pooling: z.enum(POOLINGS).default('mean'),
  clip_eigs: flag(false),
});

/** flax's defaults. */
const NORM_EPS: Readonly<Record<Norm, number>> = { batch: 1e-5, layer: 1e-6 };

/**
 * The architecture a checkpoint's metadata tells. Absent keys take the defaults of S5's command
 * line and of flax: half_glu1 with the tanh GELU and the exact sigmoid, batch norm, norm_eps 1e-5 (batch) or 1e-6 (layer), prenorm,
 * conj_sym, unidirectional, zoh, mean pooling, no clip_eigs. Unknown keys are free text.
 *
 * @throws Qs5Error E_CHECKPOINT_FORMAT for a value that is none of the key's.
 * Source of the defaults: lindermanlab/S5 run_train.py, flax.linen.normalization.
 */
export function parseMetadata(
  metadata: Readonly<Record<string, string>>,
  file: string,
): CheckpointMetadata {
  const parsed = metadataSchema.safeParse(metadata);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    const key = String(issue?.path[0] ?? '');
    throw new Qs5Error('E_CHECKPOINT_FORMAT', {
      message: `The metadata has ${key} "${metadata[key] ?? ''}". ${issue?.message ?? ''}.`,
      hint: 'write the checkpoint with metadata that qs5 knows, or leave the key out for its default.',
      subject: file,
    });
  }
  const { norm, norm_eps: normEps = NORM_EPS[norm], ...rest } = parsed.data;
  return {
    activation: rest.activation,
    gelu: rest.gelu === 'tanh' ? 'exact' : rest.gelu,
    sigmoid: rest.sigmoid,
    norm,
    normEps,
    prenorm: rest.prenorm,
    conjSym: rest.conj_sym,
    bidirectional: rest.bidirectional,
    discretization: rest.discretization,
    pooling: rest.pooling,
    clipEigs: rest.clip_eigs,
  };
}
