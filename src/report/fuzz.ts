import type { FuzzReport } from '../fuzz/fuzz.js';

/** The result of fuzzing for a person; failures with the smallest config found. */
export function fuzzText(report: FuzzReport): string {
  const { count, seed, words, runs, failures } = report;
  const head =
    `seed ${seed}: ${count} designs, ${words} words compared; ` +
    `runs: emulator ${runs.emulator}, model ${runs.model}, icarus ${runs.icarus}, verilator ${runs.verilator}`;
  const each = failures.map(({ index, reason, smallest, config }) =>
    [
      '',
      `design ${index} of seed ${seed} failed: ${reason}`,
      'smallest config found:',
      config.trimEnd().replaceAll(/^/gm, '    '),
      `stimulus: ${JSON.stringify(smallest.stimulus)}`,
    ].join('\n'),
  );
  return [head, ...each, `${count - failures.length} passed, ${failures.length} failed`, ''].join(
    '\n',
  );
}
