import type { LoadedConfig } from '../config/load.js';
import type { TrainingConfig } from '../config/training_schema.js';
import { Qs5Error } from '../base/errors.js';

/**
 * The section `training` of a config.
 *
 * @throws E_CONFIG_MISSING_KEY
 */
export function trainingOf({ config }: Pick<LoadedConfig, 'config'>): TrainingConfig {
  if (config.training !== undefined) return config.training;
  throw new Qs5Error('E_CONFIG_MISSING_KEY', {
    path: ['training'],
    message: 'The config has no section training.',
    hint: 'add "training: { epochs: 20 }"; configs/train has examples.',
  });
}
