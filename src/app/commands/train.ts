import type { Command } from 'commander';
import { loadConfig } from '../../config/load.js';
import { withLocations } from '../../config/with_locations.js';
import { openCheckpoint } from '../../design/checkpoint_file.js';
import { trainingDigest } from '../../design/content.js';
import { loadFloatModel } from '../../design/load_model.js';
import { loadTrainingData, targetKind } from '../../design/training_data.js';
import { trainingOf } from '../../design/training_config.js';
import { runTraining, bestOf } from '../../train/run/run.js';
import { createLabelledProgress, createProgress, type Progress } from '../report/progress.js';
import {
  epochNote,
  savedText,
  settingsText,
  trainingJson,
  trainingText,
} from '../report/training.js';
import { pause, show, type Io } from './io.js';
import { createFetcher } from './load_design.js';
import { noteModel } from './note_model.js';
import { jsonOption } from './options.js';
import { checkWholeNetwork } from './test_data.js';
import { openRunFolder } from './training_folder.js';
import { prepareTraining } from './training_setup.js';

interface Options {
  readonly output: string;
  readonly json: boolean;
}

/** Time between two saved states, ms. */
const SAVE_MS = 30_000;

/** `qs5 train`: a network from its initialisation or a checkpoint, in float or through its integers. */
export function register(program: Command, io: Io): void {
  program
    .command('train')
    .argument('<config>', 'config file with a section training, YAML')
    .requiredOption('-o, --output <folder>', 'folder of the training; an unfinished one goes on')
    .description('train a network, in float or through its integers')
    .addOption(jsonOption())
    .addHelpText(
      'after',
      `
Examples:
  qs5 train configs/train/smnist.yaml -o out/smnist
  qs5 generate out/smnist/design.yaml -o out/smnist/rtl

The folder holds the model of the best epoch (model.safetensors), a config for it (design.yaml), the log
(log.jsonl) and the state. With training: { forward: integers } it holds network.safetensors too, the
integers that were validated:
  qs5 evaluate out/small/design.yaml --network out/small/network.safetensors

After Ctrl-C or a crash, the same command goes on, and ends with the same bytes.
`,
    )
    .action(async (file: string, { output, json }: Options) => {
      const plain = await loadConfig(file);
      checkWholeNetwork(plain);
      const checkpoint = openCheckpoint(plain);
      await noteModel(io, plain, checkpoint);
      const loaded = await createFetcher(io)(plain);
      const digest = async () => trainingDigest(loaded, openCheckpoint(loaded));
      const found = await withLocations(loaded, async () => {
        const training = trainingOf(loaded);
        // Before the files are read, so that a change in between is found.
        const inputs = await digest().catch(() => '');
        const model = await loadFloatModel(loaded, undefined, checkpoint);
        const data = await loadTrainingData(loaded, model, training);
        return { training, inputs, model, data, kind: targetKind(data, model, training) };
      });
      const { training, inputs, model, data, kind } = found;
      if (!json) io.stderr(settingsText(training, kind));
      const calibrating = createLabelledProgress(io);
      const setup = await io
        .endAtOnce(async () =>
          Promise.resolve(
            withLocations(loaded, () =>
              prepareTraining(loaded, model, { ...data, kind }, training, calibrating.update),
            ),
          ),
        )
        .finally(calibrating.stop);
      let progress: Progress | undefined;
      try {
        const folder = await openRunFolder(output, loaded, inputs, model, setup.integers);
        const total = training.epochs * setup.batches;
        const shown = createProgress(io, 'train', total);
        progress = shown;
        let saved = performance.now();
        const state = await withLocations(loaded, async () =>
          runTraining(folder.state, {
            training: setup.training,
            validation: setup.validation,
            epochs: training.epochs,
            patience: training.patience ?? Infinity,
            keep: folder.keep,
            save: async (current) => {
              await folder.save(current);
              saved = performance.now();
              if (io.signal.aborted) io.stderr(`qs5: ${savedText(output, current)}\n`);
            },
            saveDue: () => performance.now() - saved > SAVE_MS,
            onBatch: (current) => {
              const done = current.epochs.length * setup.batches + current.batches;
              shown.update(done, epochNote(current, training.epochs));
            },
            checkInputs: async () => {
              folder.checkInputs(await digest().catch(() => undefined));
            },
            pause: async () => pause(io.signal),
          }),
        );
        shown.stop();
        const subject = { name: loaded.config.name, folder: output, files: folder.files };
        show(io, json, {
          text: trainingText(subject, state, bestOf(state.epochs)),
          json: trainingJson(subject, training, kind, state, bestOf(state.epochs)),
        });
      } finally {
        progress?.stop();
        await setup.close();
      }
    });
}
