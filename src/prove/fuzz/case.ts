import { stringify } from 'yaml';
import { drawFrom, seedOf } from '../../base/draw.js';
import { randomStream } from '../../base/random.js';
import { drawFolding } from './draw_folding.js';
import { drawCore, drawNetwork } from './draw_model.js';
import { drawStimulus } from './draw_stimulus.js';
import type { FuzzCase, FuzzConfig } from './fuzz_case.js';
import { drawWords } from './draw_words.js';
import { PIXEL_FILES, type Pixels } from './pixels.js';
import { provableTensors } from './provable.js';

/** Kind of a case; refusals are counted by kind. */
export const FUZZ_KINDS = ['core', 'network', 'bidirectional'] as const;
export type FuzzKind = (typeof FUZZ_KINDS)[number];

export function kindOf({ config }: FuzzCase): FuzzKind {
  if (config.scope !== 'network') return 'core';
  return config.model.init['bidirectional'] === true ? 'bidirectional' : 'network';
}

/** Names of several forms, none of them a module of the library. */
const NAMES = ['fuzz', 'f', 'fuzz-2', 'f_u-z2z_', `fuzz${'-1234567'.repeat(7)}`];
/** Sizes of vectors that cost a simulator seconds per step. */
const LARGE = 30;

/**
 * Case number `index` of a seed: alternately a whole network of 1 to 3 layers and an SSM core. Any
 * value of every key of the config, except those in `never_drawn.ts`.
 */
export function randomCase(seed: number, index: number): FuzzCase {
  const draw = drawFrom(randomStream(seedOf(seed, index)));
  const { between, chance, pick } = draw;
  const isNetwork = index % 2 !== 0;
  const {
    init,
    sizes,
    pixels: fromPixels,
    ...model
  } = isNetwork ? drawNetwork(draw) : drawCore(draw);
  const dataSeed = between(0, 2 ** 31);
  const pixels: Pixels = { seed: dataSeed, rows: between(1, 4), columns: between(1, 6) };
  const anyLength = chance(0.3) ? between(1, 4) : between(4, 24);
  const length = fromPixels ? pixels.rows * pixels.columns : anyLength;
  const maxLength = chance(0.5) ? { max_length: length + between(0, 9) } : {};
  const config: FuzzConfig = {
    name: chance(0.7) ? 'fuzz' : pick(NAMES),
    model: { init },
    ...model,
    ...maxLength,
    data: fromPixels ? { idx: PIXEL_FILES } : { synthetic: { seed: dataSeed, length } },
    ...drawWords(draw, sizes.layers, isNetwork, provableTensors(model.scope, init)),
    ...drawFolding(draw, sizes, isNetwork),
  };
  const large = Math.max(sizes.features, sizes.states) > LARGE;
  return {
    config,
    ...(fromPixels ? { pixels } : {}),
    stimulus: drawStimulus(draw, maxLength.max_length ?? length, large),
  };
}

/** The config of a case as a file. */
export function configText(fuzzCase: FuzzCase): string {
  return stringify(fuzzCase.config);
}
