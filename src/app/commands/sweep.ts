import { dirname, relative, resolve } from 'node:path';
import type { Command } from 'commander';
import { loadConfig, readText } from '../../config/load.js';
import { Qs5Error } from '../../base/errors.js';
import { datasetName } from '../report/evaluation.js';
import { createProgress } from '../report/progress.js';
import { sweepJson, sweepMarkdown, sweepText } from '../report/sweep.js';
import { configOfPoint } from '../../study/sweep/point_config.js';
import { parseSweep } from '../../study/sweep/schema.js';
import { openStore } from '../../jobs/store.js';
import { runSweep } from '../../study/sweep/sweep.js';
import { pause, show, type Io } from './io.js';
import { createQuantizer } from './load_design.js';
import { noteModel } from './note_model.js';
import { jsonOption } from './options.js';
import { writeWhole } from './output_file.js';
import { packageVersion } from './package_version.js';
import { checkWholeNetwork, threadsOption } from './test_data.js';

interface Options {
  readonly output: string;
  readonly markdown?: string;
  readonly threads: number;
  readonly json: boolean;
}

/** `qs5 sweep`: accuracy and cost at many precisions. */
export function register(program: Command, io: Io): void {
  program
    .command('sweep')
    .argument('<sweep>', 'sweep file, YAML: a base config and its variations')
    .requiredOption('-o, --output <file>', 'file of results; stored points are not run again')
    .description('run a grid or list of precisions: accuracy and cost of the hardware')
    .option('--markdown <file>', 'also write the table as a page of Markdown')
    .addOption(threadsOption())
    .addOption(jsonOption())
    .addHelpText(
      'after',
      `
Example:
  qs5 sweep configs/sweeps/smnist.yaml -o out/smnist.jsonl

A sweep file:
  base: ../smnist.yaml
  samples: 500
  set: { calibration.sequences: 64 }
  grid:
    precision.a: [16, 8, 6]
    dense: [{ precision.non_ssm: 8 }, { precision.non_ssm: 4 }]
  list:
    - { lambda_form: direct }

A stopped sweep resumes with the same command.
`,
    )
    .action(async (file: string, { output, markdown, threads, json }: Options) => {
      const loadedSweep = parseSweep(await readText(file), file);
      const { sweep, document } = loadedSweep;
      const base = await loadConfig(relativeTo(file, sweep.base)).catch((error: unknown) => {
        throw error instanceof Qs5Error && error.code === 'E_FILE'
          ? error.at(document.locate(['base']))
          : error;
      });
      checkWholeNetwork(base);
      await noteModel(io, base);
      const points = loadedSweep.points.map((point) => ({
        overrides: point.overrides,
        loaded: configOfPoint(base, loadedSweep, point),
      }));
      const store = await openStore(output);
      const progress = createProgress(io, 'sweep', points.length);
      try {
        const result = await runSweep(points, store, {
          // The results file already caches the points.
          quantize: createQuantizer(io, false),
          samples: sweep.samples,
          threads,
          signal: io.signal,
          version: packageVersion(),
          onPoint: async (done) => {
            progress.update(done);
            await pause(io.signal);
          },
        });
        progress.stop();
        const subject = { name: base.config.name, dataset: datasetName(base.config) };
        if (markdown !== undefined) {
          const command = `qs5 sweep ${file} -o ${output} --markdown ${markdown}`;
          await writeWhole(markdown, sweepMarkdown(subject, result, command));
        }
        show(io, json, {
          text: sweepText(subject, result, io.stdoutIsTerminal),
          json: sweepJson(subject, result),
        });
      } finally {
        progress.stop();
        await store.close();
      }
    });
}

/** Path of a file that another file names, relative to the working folder. */
function relativeTo(file: string, name: string): string {
  return relative('', resolve(dirname(file), name));
}
