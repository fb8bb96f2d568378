import type { Command } from 'commander';
import { loadConfig } from '../../config/load.js';
import { evaluate } from '../../study/evaluate/evaluate.js';
import { sampleCount } from '../../study/evaluate/sample_count.js';
import { datasetName, evaluationJson, evaluationText } from '../report/evaluation.js';
import { createProgress } from '../report/progress.js';
import { show, type Io } from './io.js';
import { cacheOption, loadQuantized, networkOption } from './load_design.js';
import { jsonOption } from './options.js';
import { checkWholeNetwork, samplesOption, threadsOption } from './test_data.js';

interface Options {
  readonly network?: string;
  readonly samples?: number;
  readonly threads: number;
  readonly float: boolean;
  readonly cache: boolean;
  readonly json: boolean;
}

/** `qs5 evaluate`: accuracy of the integer and the float network on the test data. */
export function register(program: Command, io: Io): void {
  program
    .command('evaluate')
    .argument('<config>', 'config file, YAML')
    .description('compare the integer network with the float network on the test data')
    .addOption(samplesOption('all, or 100 of synthetic data'))
    .addOption(threadsOption())
    .option('--no-float', 'run the integer network alone')
    .addOption(networkOption())
    .addOption(cacheOption())
    .addOption(jsonOption())
    .addHelpText(
      'after',
      `
Examples:
  qs5 evaluate configs/smnist.yaml
  qs5 evaluate configs/smnist.yaml --samples 200 --threads 1 --json
  qs5 evaluate configs/smnist.yaml --no-float

The words of the integer network equal those of the hardware, bit for bit.
`,
    )
    .action(async (file: string, { samples, threads, float, json, ...source }: Options) => {
      const loaded = await loadConfig(file);
      const { config } = loaded;
      checkWholeNetwork(loaded);
      const started = performance.now();
      const quantized = await loadQuantized(io, loaded, source);
      const { test } = quantized;
      const count = sampleCount(samples, config, test.count);
      const progress = createProgress(io, 'evaluate', count);
      try {
        const result = await evaluate(quantized, {
          samples: count,
          threads,
          signal: io.signal,
          float,
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
          text: evaluationText(subject, result, io.stdoutIsTerminal),
          json: evaluationJson(subject, result),
        });
      } finally {
        progress.stop();
      }
    });
}
