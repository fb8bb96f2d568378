import type { Command } from 'commander';
import { loadConfig } from '../../config/load.js';
import { sampleCount } from '../../study/evaluate/sample_count.js';
import { measureSensitivity } from '../../study/sensitivity/sensitivity.js';
import { datasetName } from '../report/evaluation.js';
import { createProgress } from '../report/progress.js';
import { sensitivityJson, sensitivityText } from '../report/sensitivity.js';
import { show, type Io } from './io.js';
import { cacheOption, loadQuantized } from './load_design.js';
import { jsonOption } from './options.js';
import { checkWholeNetwork, samplesOption, threadsOption } from './test_data.js';

interface Options {
  readonly samples?: number;
  readonly threads: number;
  readonly cache: boolean;
  readonly json: boolean;
}

/** Sequences by default. Each runs through the network dozens of times. */
const DEFAULT_SAMPLES = 64;

/** `qs5 sensitivity`: noise by tensor. */
export function register(program: Command, io: Io): void {
  program
    .command('sensitivity')
    .argument('<config>', 'config file, YAML')
    .description('rank tensors by the noise of their quantiser, on the test data')
    .addOption(samplesOption(`${DEFAULT_SAMPLES}, or all if there are fewer`))
    .addOption(threadsOption())
    .addOption(cacheOption())
    .addOption(jsonOption())
    .addHelpText(
      'after',
      `
Examples:
  qs5 sensitivity configs/smnist.yaml
  qs5 sensitivity configs/smnist.yaml --samples 200 --json

Each quantiser is switched on alone in the float network, then off alone in the integer network.
`,
    )
    .action(async (file: string, { samples, threads, cache, json }: Options) => {
      const loaded = await loadConfig(file);
      const { config } = loaded;
      checkWholeNetwork(loaded);
      const started = performance.now();
      const quantized = await loadQuantized(io, loaded, { cache });
      const { test } = quantized;
      const count = sampleCount(samples, config, test.count, DEFAULT_SAMPLES);
      const progress = createProgress(io, 'sensitivity', count);
      try {
        const result = await measureSensitivity(quantized, {
          samples: count,
          threads,
          signal: io.signal,
          onProgress: progress.update,
        });
        progress.stop();
        const subject = {
          name: config.name,
          dataset: datasetName(config),
          threads,
          seconds: (performance.now() - started) / 1000,
        };
        show(io, json, {
          text: sensitivityText(subject, result, io.stdoutIsTerminal),
          json: sensitivityJson(subject, result),
        });
      } finally {
        progress.stop();
      }
    });
}
