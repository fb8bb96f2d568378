import { fullRange, signedWidth, unsignedWidth } from '../fixed/range.js';
import type { EmbedNode, InputNode, Node } from '../network/types.js';
import type { PreparedDense } from '../s5/prepare.js';
import { denseNodes, type DenseTarget } from './dense.js';
import { quantizeValue } from './scales.js';
import type { NetworkSettings } from './settings.js';

/** The input and the encoder: nodes from the pins to the residual stream. */
export function encoderNodes(
  encoder: PreparedDense,
  residual: DenseTarget,
  { input, scales, encoder: width, rounding }: NetworkSettings,
): readonly Node[] {
  if (input.kind === 'one_hot') {
    const index = indexNode(encoder.inputs);
    return [index, embedNode(encoder, index, residual)];
  }
  const values: InputNode = {
    op: 'input',
    id: 'input',
    length: encoder.inputs,
    format: { width: input.width, scale: [input.scale] },
    unsigned: input.unsigned,
    // Whatever drives the pins may send the code that the quantiser never makes.
    range: input.unsigned ? { lo: 0, hi: 2 ** (input.width - 1) - 1 } : fullRange(input.width),
  };
  const dense = denseNodes(
    'encoder',
    encoder,
    values,
    residual,
    scales,
    width,
    rounding.requantize,
  );
  return [values, dense.matvec, dense.out];
}

/** Which of the `rows` inputs is one. */
function indexNode(rows: number): InputNode {
  const bits = unsignedWidth(rows - 1);
  const width = signedWidth({ lo: 0, hi: 2 ** bits - 1 });
  return {
    op: 'input',
    id: 'input',
    length: 1,
    format: { width, scale: [1] },
    unsigned: true,
    range: { lo: 0, hi: 2 ** bits - 1 },
  };
}

/** A one-hot vector picks a column of the kernel, so the product is the look-up of a row. */
function embedNode(
  { inputs, outputs, weights, bias }: PreparedDense,
  index: InputNode,
  { width, scale }: DenseTarget,
): EmbedNode {
  const table = Int32Array.from({ length: inputs * outputs }, (_, i) => {
    const [row, h] = [Math.floor(i / outputs), i % outputs];
    const value = (weights[h * inputs + row] ?? 0) + (bias[h] ?? 0);
    return quantizeValue(value, scale, width);
  });
  return {
    op: 'embed',
    id: 'encoder',
    source: index.id,
    length: outputs,
    rows: inputs,
    table,
    format: { width, scale: [scale] },
    range: {
      lo: table.reduce((a, b) => Math.min(a, b)),
      hi: table.reduce((a, b) => Math.max(a, b)),
    },
  };
}
