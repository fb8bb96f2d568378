import { describe, expect, it } from 'vitest';
import { runCycleModel } from '../../src/hardware/cycle/model.js';
import { receivedSequences } from '../../src/hardware/cycle/received.js';
import { inputBeats, type Stimulus } from '../../src/hardware/cycle/stimulus.js';
import { parseConfig } from '../../src/config/load.js';
import { buildDesign, type Design } from '../../src/design/build.js';
import { SMALL } from '../config/small.js';
import { simulate, smallCore, stimulusOf } from '../simulate/prepared.js';

/** Vectors of two words by their first one, in two beats each. */
function stimulus(lengths: readonly number[], wrongLast: readonly number[]): Stimulus {
  let next = 0;
  const sequences = lengths.map((length) =>
    Array.from({ length }, () => Float64Array.of((next += 2), next + 1)),
  );
  return { sequences, validPattern: [true], readyPattern: [true], resets: [], wrongLast };
}

function received(lengths: readonly number[], wrongLast: readonly number[], maxLength?: number) {
  const beats = inputBeats(stimulus(lengths, wrongLast), 1);
  const { sequences, protocol } = receivedSequences(beats, 2, maxLength);
  const texts = sequences.map(({ steps, ended }) => {
    const words = steps.map(([first = NaN]) => first / 2).join(' ');
    return ended ? `${words}.` : words;
  });
  return [...texts, protocol];
}

describe('the sequences that a design receives', () => {
  it('end where the last beat of a vector has tlast', () => {
    expect(received([2, 1, 3], [])).toEqual(['1 2.', '3.', '4 5 6.', false]);
    // Beat 3 is the last of the first sequence, beat 7 that of step 4.
    expect(received([2, 1, 3], [3])).toEqual(['1 2 3.', '4 5 6.', false]);
    expect(received([2, 1, 3], [7])).toEqual(['1 2.', '3.', '4.', '5 6.', false]);
    expect(received([2, 1, 3], [11])).toEqual(['1 2.', '3.', '4 5 6', false]);
  });

  it('take no notice of tlast within a vector, but for the flag', () => {
    expect(received([2, 1], [0])).toEqual(['1 2.', '3.', true]);
    // One beat late: a sequence without end, and tlast within the first vector of the next.
    expect(received([2, 1], [3, 4])).toEqual(['1 2 3.', true]);
  });

  it('are cut where they are too long, with the flag unless tlast comes there', () => {
    expect(received([5, 1], [], 2)).toEqual(['1 2.', '3 4.', '5.', '6.', true]);
    expect(received([2, 2], [], 2)).toEqual(['1 2.', '3 4.', false]);
    expect(received([2, 2], [3], 2)).toEqual(['1 2.', '3 4.', true]);
    expect(received([1, 1], [1], 1)).toEqual(['1.', '2.', true]);
  });
});

async function network(init: string, longest = 64): Promise<Design> {
  const text = SMALL.replace('outputs: 2', `outputs: 2, ${init}`).replace(
    '{ ssm_core: 0 }',
    'network',
  );
  return buildDesign(parseConfig(`${text}max_length: ${longest}\n`, 'network.yaml'));
}

describe('wrong tlast', () => {
  it.each([
    ['a step each', 'pooling: none'],
    ['the last step', 'pooling: last'],
    ['the mean', 'pooling: mean'],
    ['both directions', 'pooling: mean, bidirectional: true'],
  ])('gives the same words, cycles and status in the RTL: %s', async (_, init) => {
    const design = await network(init);
    const base = stimulusOf(design, { sequences: 4, steps: 3 });
    const beats = inputBeats(base, design.plan.input.lanes);
    const ends = beats.flatMap(({ last }, n) => (last ? [n] : []));
    const [first = NaN, second = NaN, , fourth = NaN] = ends;
    const perVector = design.plan.input.beats;
    // Missing, early, within a vector where it has several beats, and missing at the very end.
    const wrongLast = [first, second - perVector, ...(perVector > 1 ? [second + 1] : []), fourth];
    const result = await simulate(design, { ...base, wrongLast }, { unstalled: true });
    expect(result.runs.map((run) => [run.simulator, run.first])).toEqual(
      result.runs.map(({ simulator }) => [simulator, undefined]),
    );
    expect(result.status).toBe('pass');
  });

  it.each([
    ['counts for the status bit', '(in_end ? full & ~s_axis_tlast : s_axis_tlast)', "1'b0"],
    [
      'takes it for the start of a step',
      'if (start | rst_i) first_q',
      'if (start | rst_i | (accept & s_axis_tlast)) first_q',
    ],
  ])('is a difference where the RTL mistakes it: %s', async (_, right, wrong) => {
    const design = await smallCore('folding: { input: { lanes: 1 } }\n');
    const base = stimulusOf(design, { sequences: 2, steps: 2 });
    const result = await simulate(
      design,
      { ...base, wrongLast: [1] },
      {
        unstalled: true,
        tamper: (files) => {
          const text = files.get('rtl/qs5_axis_in.v') ?? '';
          expect(text).toContain(right);
          return new Map([...files, ['rtl/qs5_axis_in.v', text.replace(right, wrong)]]);
        },
      },
    );
    expect(result.status).toBe('fail');
  });

  it('lets the state run on: other words, and one end less', async () => {
    const design = await smallCore();
    const loud = Array.from({ length: 3 }, () => new Float64Array(8).fill(32767));
    const base = { ...stimulusOf(design, {}), sequences: [loud, design.words(0).slice(0, 3)] };
    const beats = inputBeats(base, design.plan.input.lanes);
    const end = beats.findIndex(({ last }) => last);
    const [right, wrong] = await Promise.all(
      [[], [end]].map(async (wrongLast) => runCycleModel(design.plan, { ...base, wrongLast })),
    );
    const words = (run: typeof right, sequence: number) =>
      run?.outputs.filter((beat) => beat.sequence === sequence).map((beat) => beat.words);
    expect(words(wrong, 0)).toEqual(words(right, 0));
    expect(words(wrong, 1)).not.toEqual(words(right, 1));
    expect(right?.outputs.filter(({ last }) => last)).toHaveLength(2);
    expect(wrong?.outputs.filter(({ last }) => last)).toHaveLength(1);
  });
});

describe('a sequence beyond the longest', () => {
  it.each([
    ['cut, and says so', 'pooling: mean, bidirectional: true', true],
    ['not cut', 'pooling: none', false],
  ])('is %s', async (_, init, cut) => {
    const design = await network(init, 16);
    const steps = design.words(0);
    const long = Array.from({ length: 23 }, (__, k) => steps[k % steps.length] ?? []);
    const stimulus = { ...stimulusOf(design, { sequences: 1 }), sequences: [long] };
    const result = await simulate(design, stimulus, { unstalled: true });
    expect(result.status).toBe('pass');
    const { flags } = await runCycleModel(design.plan, stimulus);
    expect(flags.get(`${design.plan.input.block}.protocol`)).toBe(cut);
  });
});
