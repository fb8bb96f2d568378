import type { Corner } from '../corner.js';
import { axisInCorners } from './axis_in.js';
import { axisOutCorners } from './axis_out.js';
import { bufferCorners } from './buffer.js';
import { widenCorners } from './widen.js';
import { delayCorners } from './delay.js';
import { embedCorners } from './embed.js';
import { feedthroughCorners } from './feedthrough.js';
import { gateCorners } from './gate.js';
import { interleaveStatesCorners } from './interleave_states.js';
import { layerNormCorners } from './layer_norm.js';
import { lookupCorners } from './lookup.js';
import { matvecCorners } from './matvec.js';
import { poolLastCorners } from './pool_last.js';
import { poolMeanCorners } from './pool_mean.js';
import { recurrenceCorners } from './recurrence.js';
import { replayControlCorners } from './replay_control.js';
import { requantizeCorners } from './requantize.js';
import { residualCorners } from './residual.js';
import { reverseCorners } from './reverse.js';
import { wordCorners } from './words.js';

/** Every parameter corner of every module in rtl/. */
export const corners: readonly Corner[] = [
  ...wordCorners,
  ...widenCorners,
  ...delayCorners,
  ...bufferCorners,
  ...matvecCorners,
  ...requantizeCorners,
  ...feedthroughCorners,
  ...recurrenceCorners,
  ...lookupCorners,
  ...layerNormCorners,
  ...gateCorners,
  ...residualCorners,
  ...embedCorners,
  ...interleaveStatesCorners,
  ...poolMeanCorners,
  ...poolLastCorners,
  ...replayControlCorners,
  ...reverseCorners,
  ...axisInCorners,
  ...axisOutCorners,
];

/** The corners of one module. */
export function cornersOf(module: string): readonly Corner[] {
  return corners.filter((corner) => corner.module === module);
}
