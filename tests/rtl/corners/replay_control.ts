import { expect } from 'vitest';
import { replayControlBlock } from '../../../src/hardware/blocks/replay_control.js';
import { benchParameters, packTag, put, toLines } from '../corner.js';
import type { Corner, Frames } from '../corner.js';
import { createRandom } from '../random.js';
import { playTraffic } from '../replay_traffic.js';

const CYCLES = 900;

function replayCorner(
  depth: number,
  interval: number,
  delay: number,
  longest: number,
  aligned = false,
): Corner {
  const random = createRandom(depth * 1000 + interval * 10 + delay);
  const traffic = playTraffic({ depth, interval, delay, longest, aligned, cycles: CYCLES }, random);
  const block = replayControlBlock({ id: 'replay', depth, interval, delay, aligned });
  const stimulus: Frames = new Map();
  const expected: Frames = new Map();
  for (let cycle = 0; cycle < CYCLES; cycle++) {
    put(stimulus, cycle, {
      rst: traffic.inReset[cycle] === true ? 1n : 0n,
      step_tag: packTag(traffic.offered[cycle] ?? { first: false, last: false }),
      replay_room: traffic.replayRoom[cycle] === true ? 1n : 0n,
    });
    put(expected, cycle, { step_room: traffic.room[cycle] === true ? 1n : 0n });
  }
  for (const { cycle } of traffic.starts) put(stimulus, cycle, { step_start: 1n });
  for (const { cycle, tag } of traffic.replays) {
    put(expected, cycle, { replay_start: 1n, replay_tag: packTag(tag) });
  }
  return {
    module: block.module,
    name: `${depth} vectors, interval ${interval}, delay ${delay}, up to ${longest} steps${aligned ? ', aligned' : ''}`,
    parameters: benchParameters(block),
    stimulus: toLines(
      [
        { name: 'rst', width: 1 },
        { name: 'step_start', width: 1 },
        { name: 'step_tag', width: 2 },
        { name: 'replay_room', width: 1 },
      ],
      stimulus,
      CYCLES,
      random,
    ),
    expected: toLines(
      [
        { name: 'step_room', width: 1 },
        { name: 'replay_start', width: 1 },
        { name: 'replay_tag', width: 2 },
      ],
      expected,
      CYCLES,
      random,
    ),
    outputs: traffic.replays.length,
    latency: (traffic.replays[0]?.cycle ?? 0) - (traffic.starts[0]?.cycle ?? 0),
    checkContract() {
      expect(traffic.replays.length).toBeGreaterThan(10);
      expect(block.timing({ step: [] }).outputs).toEqual({ replay: [0], go: [0] });
    },
  };
}

export const replayControlCorners: readonly Corner[] = [
  replayCorner(4, 3, 3, 3),
  replayCorner(6, 3, 7, 5),
  replayCorner(9, 4, 4, 8),
  replayCorner(2, 3, 5, 2),
  replayCorner(16, 3, 12, 4),
  replayCorner(40, 3, 35, 33),
  replayCorner(7, 6, 30, 6),
  replayCorner(9, 4, 3, 8, true),
  replayCorner(6, 7, 3, 4, true),
  replayCorner(4, 3, 6, 3, true),
];
