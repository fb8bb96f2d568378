import type { Command } from 'commander';
import { loadConfig } from '../../config/load.js';
import { maxLength } from '../../design/load_model.js';
import { provenanceOf } from '../../design/stored_network.js';
import { sampleCount } from '../../study/evaluate/sample_count.js';
import { encodeNetwork } from '../../network/file.js';
import { createProgress } from '../report/progress.js';
import { loopsText } from '../report/loops.js';
import { tensorsJson, tensorsText } from '../report/tensors.js';
import { reportTensors } from '../../study/sensitivity/tensors.js';
import { pause, show, type Io } from './io.js';
import { cacheOption, loadQuantized } from './load_design.js';
import { jsonOption } from './options.js';
import { writeWhole } from './output_file.js';
import { packageVersion } from './package_version.js';
import { samplesOption } from './test_data.js';

interface Options {
  readonly output: string;
  readonly samples?: number;
  readonly cache: boolean;
  readonly json: boolean;
}

/** Sequences of the report by default. */
const DEFAULT_SAMPLES = 16;

/** `qs5 quantize`: the integer network of a config as one file, and a report of each tensor. */
export function register(program: Command, io: Io): void {
  program
    .command('quantize')
    .argument('<config>', 'config file, YAML')
    .requiredOption('-o, --output <file>', 'file to write, .safetensors')
    .description('write the integer network of a config, and report every tensor')
    .addOption(samplesOption(`${DEFAULT_SAMPLES}, or all if there are fewer`))
    .addOption(cacheOption())
    .addOption(jsonOption())
    .addHelpText(
      'after',
      `
Examples:
  qs5 quantize configs/smnist.yaml -o out/smnist.safetensors
  qs5 generate configs/smnist.yaml --network out/smnist.safetensors -o out/smnist

The file has the integers, their formats, the config and the checkpoint's SHA-256. plan, generate,
simulate, estimate and evaluate read it with --network, and then need no calibration.
`,
    )
    .action(async (file: string, { output, samples, cache, json }: Options) => {
      const loaded = await loadConfig(file);
      const quantized = await loadQuantized(io, loaded, { cache });
      const { network, test } = quantized;
      const longest = maxLength(loaded.config, test);
      const count = sampleCount(samples, loaded.config, test.count, DEFAULT_SAMPLES);
      const progress = createProgress(io, 'tensors', count);
      try {
        const { tensors, loops } = await reportTensors(quantized, {
          samples: count,
          maxLength: longest,
          pause: async (done) => {
            progress.update(done);
            await pause(io.signal);
          },
        });
        const provenance = await provenanceOf(loaded, quantized.checkpoint, packageVersion());
        await writeWhole(output, encodeNetwork({ network, provenance }));
        progress.stop();
        const words = tensors.filter(({ op }) => op !== 'reverse' && op !== 'join');
        show(io, json, {
          text: [
            `wrote ${output}; ${count} test sequences:\n`,
            tensorsText(words, longest, io.stdoutIsTerminal),
            loopsText(loops, io.stdoutIsTerminal),
          ].join('\n'),
          json: {
            file: output,
            samples: count,
            maxLength: longest,
            tensors: tensorsJson(words),
            loops,
          },
        });
      } finally {
        progress.stop();
      }
    });
}
