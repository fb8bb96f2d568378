import { axisInBlock } from '../blocks/axis_in.js';
import { axisOutBlock } from '../blocks/axis_out.js';
import type { Block } from '../blocks/block.js';
import { replayBlock } from '../blocks/replay.js';
import { segmentsOf } from '../network/segments.js';
import { inputNode, poolNode, type IntegerNetwork } from '../network/types.js';
import { createAssembler, INPUT_BLOCK, OUTPUT_BLOCK, type Sizes } from './assembler.js';
import { lowerNode } from './lower.js';
import type { Connection, Folding } from './types.js';

export interface Assembly {
  readonly blocks: readonly Block[];
  readonly connections: readonly Connection[];
  /** Segment of every block. */
  readonly segmentOf: ReadonlyMap<string, number>;
}

/** Blocks and wires of an integer network under a folding, node by node, segment by segment. */
export function assemble(network: IntegerNetwork, folding: Folding, sizes: Sizes): Assembly {
  const { interval } = sizes;
  const a = createAssembler(network, folding, sizes, (id, segment) =>
    replayBlock({
      id,
      interval,
      aligned: sizes.aligned.has(segment),
      ...(sizes.replays.get(id) ?? { depth: 1, delay: 1 }),
    }),
  );
  const input = inputNode(network);
  const { width } = input.format;
  const lanes = folding.inputLanes;
  a.add(
    axisInBlock({
      id: INPUT_BLOCK,
      elements: input.length,
      lanes,
      width,
      interval,
      maxLength: network.maxLength ?? 0,
      aligned: sizes.aligned.has(0),
      unsigned: input.unsigned,
      place: folding.fabric.place,
    }),
    {},
  );
  const segments = segmentsOf(network);
  for (const node of network.nodes) {
    a.enter(segments.get(node.id) ?? 0);
    a.setStream(
      node.id,
      node.op === 'input'
        ? { from: { block: INPUT_BLOCK, port: 'out' }, lanes, width, elements: node.length }
        : lowerNode(a, node),
    );
  }
  const last = a.widened(
    a.streamOf(network.output),
    folding.outputLanes,
    `${OUTPUT_BLOCK}_collect`,
  );
  const pool = poolNode(network);
  a.add(
    axisOutBlock({
      id: OUTPUT_BLOCK,
      elements: last.elements,
      lanes: last.lanes,
      width: last.width,
      slots: sizes.slots,
      place: folding.fabric.place,
      emit: pool === undefined ? 'step' : pool.mode === 'first' ? 'first' : 'last',
    }),
    { step: a.source(), in: last.from },
  );
  const { blocks, connections, segmentOf } = a;
  return { blocks, connections, segmentOf };
}
