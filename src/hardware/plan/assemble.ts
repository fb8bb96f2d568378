import { axisInBlock, type AxisInParameters } from '../blocks/axis_in.js';
import { axisOutBlock } from '../blocks/axis_out.js';
import { segmentsOf } from '../../network/segments.js';
import { inputNode, poolNode, type IntegerNetwork } from '../../network/types.js';
import { createAssembler, INPUT_BLOCK, LEAST_START, OUTPUT_BLOCK } from './assembler.js';
import { emitOf } from './emit.js';
import { lowerNode } from './lower.js';
import { sized } from './part.js';
import type { Lowered } from './stages.js';
import type { Folding } from './types.js';

/**
 * The blocks and wires of an integer network under a folding, node by node, segment by segment.
 * Every block has the least value of each size; passes give the blocks the sizes that they need.
 */
export function assemble(network: IntegerNetwork, folding: Folding): Lowered {
  const a = createAssembler(network, folding);
  const { place } = folding.fabric;
  const input = inputNode(network);
  const { width } = input.format;
  const lanes = folding.inputLanes;
  const parameters: AxisInParameters = {
    ...{ id: INPUT_BLOCK, elements: input.length, lanes, width, ...LEAST_START },
    // The contract takes 0 for sequences of any length.
    ...{ maxLength: network.maxLength ?? 0, unsigned: input.unsigned, place },
  };
  a.addSized(sized(axisInBlock, parameters, ['interval', 'aligned']), {});
  const segments = segmentsOf(network);
  for (const node of network.nodes) {
    const segment = segments.get(node.id);
    if (segment === undefined) throw new Error(`node ${node.id} is in no segment`);
    a.enter(node.id, segment);
    a.setStream(
      node.id,
      node.op === 'input'
        ? { from: { block: INPUT_BLOCK, port: 'out' }, lanes, width, elements: node.length }
        : lowerNode(a, node),
    );
  }
  a.leave();
  const last = a.widened(
    a.streamOf(network.output),
    folding.outputLanes,
    `${OUTPUT_BLOCK}_collect`,
  );
  a.addSized(
    sized(
      axisOutBlock,
      {
        ...{ id: OUTPUT_BLOCK, elements: last.elements, lanes: last.lanes, width: last.width },
        ...{ slots: 1, place, emit: emitOf(poolNode(network)) },
      },
      ['slots'],
    ),
    { step: a.source(), in: last.from },
  );
  return { network, folding, parts: a.parts, connections: a.connections };
}
