import { counted } from '../../base/counted.js';
import type { TrainingConfig } from '../../config/training_schema.js';
import type { TargetKind } from '../../design/training_data.js';
import type { FinishedEpoch, RunState, Validation } from '../../train/run/state.js';

export interface TrainingSubject {
  readonly name: string;
  readonly folder: string;
  readonly files: readonly string[];
}

const LOSSES: Readonly<Record<TargetKind, string>> = {
  class: 'cross_entropy',
  squared_error: 'squared_error',
  smape: 'smape',
};

/** All settings of a training, those by default too. */
export function settingsText(training: TrainingConfig, kind: TargetKind): string {
  const settings = { ...training, loss: LOSSES[kind] };
  const words = Object.entries(settings).map(([key, value]) =>
    typeof value === 'object'
      ? `${key} { ${Object.entries(value)
          .map(([name, one]) => `${name}: ${String(one)}`)
          .join(', ')} }`
      : `${key} ${String(value)}`,
  );
  return `training: ${words.join(', ')}\n`;
}

/** The place where an interrupted training goes on. */
export function savedText(folder: string, { epochs, batches }: RunState): string {
  const place = `${counted(epochs.length, 'epoch')} and ${counted(batches, 'step')} of the next`;
  return `${place} are saved in ${folder}; the same command goes on`;
}

/** Epoch, loss and last validation. */
export function epochNote({ epochs, batches, loss }: RunState, total: number): string {
  const now = `epoch ${Math.min(epochs.length + 1, total)}`;
  const mean = batches === 0 ? '' : `, loss ${(loss / batches).toFixed(4)}`;
  const last = epochs.at(-1);
  return `${now}${mean}${last === undefined ? '' : `, ${validationText(last.validation)}`}`;
}

function validationText({ loss, accuracy }: Validation): string {
  const share = accuracy === undefined ? '' : `accuracy ${(100 * accuracy).toFixed(2)} %, `;
  return `validation ${share}loss ${loss.toPrecision(4)}`;
}

/** The result of a training. */
export function trainingText(
  { name, files }: TrainingSubject,
  { epochs }: RunState,
  best: FinishedEpoch | undefined,
): string {
  const found =
    best === undefined ? '' : `; best epoch ${best.epoch}: ${validationText(best.validation)}`;
  const written = files.map((file) => `  ${file}\n`).join('');
  return `${name}: ${counted(epochs.length, 'epoch')}${found}\n${written}`;
}

export function trainingJson(
  { name, files }: TrainingSubject,
  training: TrainingConfig,
  kind: TargetKind,
  { epochs }: RunState,
  best: FinishedEpoch | undefined,
): object {
  const settings = { ...training, loss: LOSSES[kind] };
  return { name, settings, epochs, best: best?.epoch ?? null, files };
}
