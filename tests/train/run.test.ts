import { expect, it } from 'vitest';
import { at } from '../../src/base/at.js';
import { initModel } from '../../src/float/s5/init.js';
import { tensorsFromModel } from '../../src/float/s5/to_checkpoint.js';
import { randomStream } from '../../src/base/random.js';
import { createFastEngine } from '../../src/train/fast/engine.js';
import { createRunner } from '../../src/train/graph/runner.js';
import { ADAMW } from '../../src/train/loop/adamw.js';
import { floatFormulation } from '../../src/train/loop/formulation.js';
import { localLane } from '../../src/train/loop/lane.js';
import type { Training, TrainingSet } from '../../src/train/loop/train.js';
import { bestOf, runTraining } from '../../src/train/run/run.js';
import { decodeState, encodeState, startState, type RunState } from '../../src/train/run/state.js';
import { isBetter } from '../../src/train/run/validate.js';
import { TINY } from '../s5/specs.js';
import { randomSequences } from './small.js';

const LENGTH = 12;
const SPEC = { ...TINY, inputs: 1, outputs: 2 };
const EPOCHS = 4;

const setOf = (count: number, seed: number): TrainingSet => {
  const inputs = randomSequences(count, LENGTH, seed);
  return {
    count,
    length: LENGTH,
    input: (index) => at(inputs, index).map((value) => value + (index % 2)),
    target: (index) => ({ kind: 'class', label: index % 2 }),
  };
};

/** 4 batches an epoch. */
function training(): Training {
  const formulation = floatFormulation(SPEC, { dropout: true, stepRescale: 1 });
  const size = { sequences: 5, length: LENGTH, tile: 8 };
  return {
    formulation,
    lanes: [localLane(createRunner(createFastEngine(), formulation.graph, size))],
    set: setOf(22, 1),
    settings: {
      ...{ seed: 3, batch: 5, rates: { ssm: 0.01, regular: 0.02 }, adamw: ADAMW },
      schedule: { warmup: 2, steps: 4 * EPOCHS, floor: 0.1 },
      ...{ dropout: 0.2, momentum: 0.9, clipEigs: true, clipGradient: 0.5 },
    },
  };
}

class Interrupted extends Error {}

/** The last writes to a folder. */
interface Kept {
  state: Uint8Array | undefined;
  model: string;
}

/** Trains until the end or until `pauses` calls of pause; all that was saved is in `kept`. */
async function run(
  kept: Kept,
  pauses: number,
  patience = Infinity,
  validation = setOf(8, 2),
): Promise<RunState> {
  const fresh = initModel(SPEC);
  const start =
    kept.state === undefined ? startState(fresh) : decodeState(kept.state, 'state', 'in', fresh);
  let left = pauses;
  return runTraining(start, {
    training: training(),
    validation,
    epochs: EPOCHS,
    patience,
    keep: async (model) => {
      kept.model = JSON.stringify(
        [...tensorsFromModel(model).tensors.values()].map(({ data }) => [...data]),
      );
      return Promise.resolve();
    },
    save: async (state) => {
      kept.state = encodeState(state, 'in');
      return Promise.resolve();
    },
    saveDue: () => false,
    onBatch: () => undefined,
    checkInputs: async () => Promise.resolve(),
    pause: async () => {
      left -= 1;
      return left === 0 ? Promise.reject(new Interrupted()) : Promise.resolve();
    },
  });
}

it('a training that was interrupted anywhere ends with the same bytes', async () => {
  const whole: Kept = { state: undefined, model: '' };
  const { epochs } = await run(whole, Infinity);
  expect(epochs.map(({ step }) => step)).toEqual([4, 8, 12, 16]);
  const random = randomStream(5);
  const parts: Kept = { state: undefined, model: '' };
  for (let interruptions = 0; ; interruptions++) {
    const pauses = 1 + Math.floor(5 * random.uniform());
    try {
      await run(parts, interruptions < 12 ? pauses : Infinity);
      expect(interruptions).toBeGreaterThan(4);
      break;
    } catch (error) {
      expect(error).toBeInstanceOf(Interrupted);
    }
  }
  expect(parts).toEqual(whole);
});

it('a state of other inputs is refused', () => {
  const bytes = encodeState(startState(initModel(SPEC)), 'one');
  const read = (inputs: string, spec = SPEC) => decodeState(bytes, 'f', inputs, initModel(spec));
  expect(() => read('other')).toThrow('another config, checkpoint or data');
  expect(() => read('one', { ...SPEC, features: 5 })).toThrow('The tensor model/');
  expect(read('one').epochs).toEqual([]);
});

it('training ends where the validation has stalled', async () => {
  const kept: Kept = { state: undefined, model: '' };
  const { epochs } = await run(kept, Infinity, 1);
  const best = bestOf(epochs)?.epoch ?? 0;
  expect(epochs).toHaveLength(Math.min(EPOCHS, best + 1));
});

it('a validation that is not finite ends the training, and the state before it stays', async () => {
  const kept: Kept = { state: undefined, model: '' };
  const values = Float64Array.of(1e170, 0);
  const target = () => ({ kind: 'squared_error', values }) as const;
  const wrong = run(kept, Infinity, Infinity, { ...setOf(8, 2), target });
  await expect(wrong).rejects.toThrow('The validation loss of epoch 1 is not finite.');
  expect(kept).toEqual({ state: undefined, model: '' });
});

it('accuracy decides, and then the loss', () => {
  expect(isBetter({ loss: 2, accuracy: 0.9 }, { loss: 1, accuracy: 0.8 })).toBe(true);
  expect(isBetter({ loss: 1, accuracy: 0.9 }, { loss: 2, accuracy: 0.9 })).toBe(true);
  expect(isBetter({ loss: 2, accuracy: 0.9 }, { loss: 2, accuracy: 0.9 })).toBe(false);
  expect(isBetter({ loss: 1 }, { loss: 2 })).toBe(true);
  expect(isBetter({ loss: 1 }, undefined)).toBe(true);
});
