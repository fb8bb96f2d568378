import { availableParallelism } from 'node:os';
import type { Command } from 'commander';
import { loadConfig } from '../config/load.js';
import type { Config } from '../config/schema.js';
import { withLocations } from '../config/with_locations.js';
import { quantizeModel } from '../design/build.js';
import { Qs5Error } from '../errors.js';
import { evaluate } from '../evaluate/evaluate.js';
import { datasetName, evaluationJson, evaluationText } from '../report/evaluation.js';
import { createProgress } from '../report/progress.js';
import { show, type Io } from './io.js';
import { integerOption, jsonOption } from './options.js';

interface Options {
  readonly samples?: number;
  readonly threads: number;
  readonly json: boolean;
}

/** Sequences of data without an end. */
const SYNTHETIC_SAMPLES = 100;
const MAX_THREADS = 256;

/** `qs5 evaluate`: what the integers cost in accuracy, on the test data. */
export function register(program: Command, io: Io): void {
  program
    .command('evaluate')
    .argument('<config>', 'config file, YAML')
    .description('run the integer network beside the float one on the test data')
    .option(
      '--samples <n>',
      `sequences to run (default: all; ${SYNTHETIC_SAMPLES} of synthetic data)`,
      integerOption(1, 1_000_000),
    )
    .option(
      '--threads <n>',
      'threads to run on (default: one per core)',
      integerOption(1, MAX_THREADS),
      availableParallelism(),
    )
    .addOption(jsonOption())
    .addHelpText(
      'after',
      `
Examples:
  qs5 evaluate configs/smnist.yaml
  qs5 evaluate configs/smnist.yaml --samples 200 --threads 1 --json

The integer network gives the words that the hardware gives, bit for bit.
`,
    )
    .action(async (file: string, { samples, threads, json }: Options) => {
      const loaded = await loadConfig(file);
      const { config } = loaded;
      withLocations(loaded, () => {
        checkScope(config);
      });
      const started = performance.now();
      const quantized = await quantizeModel(loaded);
      const { test } = quantized;
      const count = Math.min(
        samples ?? (config.data.synthetic === undefined ? Infinity : SYNTHETIC_SAMPLES),
        test.count,
      );
      const progress = createProgress(io, 'evaluate', count);
      try {
        const result = await evaluate(quantized, {
          samples: count,
          threads,
          signal: io.signal,
          float: true,
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

function checkScope({ scope }: Config): void {
  if (scope === 'network') return;
  throw new Qs5Error('E_CONFIG_COMBINATION', {
    path: ['scope'],
    message: 'The core of a layer alone gives no class and no output of the network.',
    hint: 'use scope: network.',
  });
}
