/** Options and checks of commands that run the test data. */
import { availableParallelism } from 'node:os';
import { Option } from 'commander';
import type { LoadedConfig } from '../../config/load.js';
import { withLocations } from '../../config/with_locations.js';
import { Qs5Error } from '../../base/errors.js';
import { integerOption } from './options.js';

const MAX_THREADS = 256;

/** `--samples`; `text` is the default in words. */
export function samplesOption(text: string): Option {
  return new Option('--samples <n>', `sequences to run (default: ${text})`).argParser(
    integerOption(1, 1_000_000),
  );
}

/** `--threads`. */
export function threadsOption(): Option {
  return new Option('--threads <n>', 'threads to run on')
    .argParser(integerOption(1, MAX_THREADS))
    .default(availableParallelism(), 'one per core');
}

/** @throws E_CONFIG_COMBINATION unless the config is of a whole network. */
export function checkWholeNetwork(loaded: LoadedConfig): void {
  withLocations(loaded, () => {
    if (loaded.config.scope === 'network') return;
    throw new Qs5Error('E_CONFIG_COMBINATION', {
      path: ['scope'],
      message: 'The core of one layer has no class and no output of the network.',
      hint: 'use scope: network.',
    });
  });
}
