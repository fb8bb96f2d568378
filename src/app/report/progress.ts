import { SingleBar } from 'cli-progress';

/** Output of progress, for example `Io` of the commands. */
export interface ProgressOutput {
  readonly stderr: (text: string) => void;
  readonly stderrIsTerminal: boolean;
}

export interface Progress {
  /**
   * Sets the progress, 0..total. Frequent calls are cheap. With a note, the time left and the note are
   * shown too.
   */
  readonly update: (done: number, note?: string) => void;
  /** Removes the bar. Call it at the end, also after an error. */
  readonly stop: () => void;
}

/** Delay of the first output, ms. */
const SILENT_MS = 2000;
/** Time between plain lines, ms. */
const LINE_MS = 5000;

/**
 * Progress of long work on stderr: a bar on a terminal, else a line about every 5 s. Work of less
 * than 2 s is silent. `now` is the clock, ms.
 */
export function createProgress(
  io: ProgressOutput,
  label: string,
  total: number,
  now: () => number = () => performance.now(),
): Progress {
  return io.stderrIsTerminal ? bar(label, total, now) : plainLines(io, label, total, now);
}

function plainLines(io: ProgressOutput, label: string, total: number, now: () => number): Progress {
  const start = now();
  let last = start;
  let first: number | undefined;
  return {
    update(done, note) {
      const time = now();
      first ??= done;
      if (time - last < LINE_MS) return;
      last = time;
      const percent = total > 0 ? Math.floor((100 * done) / total) : 0;
      const seconds = Math.round((time - start) / 1000);
      const left = Math.round(((total - done) * (time - start)) / 1000 / Math.max(done - first, 1));
      const more = note === undefined ? '' : `, about ${left} s left; ${note}`;
      io.stderr(`${label}: ${done}/${total} (${percent} %), ${seconds} s${more}\n`);
    },
    stop() {
      last = Infinity;
    },
  };
}

function bar(label: string, total: number, now: () => number): Progress {
  const start = now();
  let shown: SingleBar | undefined;
  let stopped = false;
  return {
    update(done, note = '') {
      if (stopped) return;
      if (shown) {
        shown.update(done, { note });
        return;
      }
      if (now() - start < SILENT_MS) return;
      shown = new SingleBar({
        format: `${label} {bar} {value}/{total} {duration_formatted}${note === '' ? '' : ', {eta_formatted} left; {note}'}`,
        barsize: 30,
        stream: process.stderr,
        hideCursor: false,
        clearOnComplete: true,
        stopOnComplete: false,
        gracefulExit: false,
        fps: 5,
      });
      shown.start(total, done, { note });
    },
    stop() {
      stopped = true;
      shown?.stop();
      shown = undefined;
    },
  };
}

/** Progress of work with several labels. Each label has its own line or bar. */
export interface LabelledProgress {
  readonly update: (label: string, done: number, total: number) => void;
  readonly stop: () => void;
}

export function createLabelledProgress(io: ProgressOutput): LabelledProgress {
  let current: { readonly label: string; readonly progress: Progress } | undefined;
  return {
    update(label, done, total) {
      if (current?.label !== label) {
        current?.progress.stop();
        current = { label, progress: createProgress(io, label, total) };
      }
      current.progress.update(done);
    },
    stop() {
      current?.progress.stop();
      current = undefined;
    },
  };
}
