import { counted } from '../../base/counted.js';
import { inputNode } from '../../network/types.js';
import { sequenceLatency, type Edge, type Plan } from './types.js';

/** One end of a design, in words that need no knowledge of qs5. */
export interface EdgeText {
  /** The vector of a time step, or of a result: `16 words of 8 bits, signed`. */
  readonly vector: string;
  /** Bits of a word that count on the bus. */
  readonly bits: number;
  readonly signed: boolean;
  /** `real value = word x 0.0039`; empty for an index. */
  readonly scale: string;
}

/** The input or the output of a design. */
export function describeEdge(plan: Plan, end: 'input' | 'output'): EdgeText {
  const edge: Edge = plan[end];
  const signed = end === 'output' || !inputNode(plan.network).unsigned;
  // An unsigned word needs no sign bit on the bus.
  const bits = signed ? edge.width : edge.width - 1;
  const index = plan.network.nodes.find((node) => node.op === 'embed');
  const vector =
    end === 'input' && index !== undefined
      ? `one index, 0 to ${index.rows - 1}, of ${bits} bits, unsigned`
      : `${counted(edge.elements, 'word')} of ${bits} bits, ${signed ? 'signed' : 'unsigned'}`;
  const [scale = 1] = edge.scale;
  return {
    vector,
    bits,
    signed,
    scale:
      end === 'input' && index !== undefined
        ? ''
        : edge.scale.length === 1
          ? `real value = word x ${scale}`
          : 'scales: see manifest.json',
  };
}

/** The speed of a design, as a sentence without its full stop. */
export function describeTiming(plan: Plan): string {
  const step = `one time step every ${plan.interval} cycles (initiation interval, II)`;
  const { maxLength = 1 } = plan.network;
  const whole = sequenceLatency(plan, maxLength);
  if (plan.emit === 'step' && whole === plan.latency) {
    return `${step}, ${plan.latency} cycles from the first input beat of a step to its last output beat`;
  }
  const what = plan.emit === 'step' ? 'the first result' : 'the result';
  return `${step}; ${what} of a sequence of ${counted(maxLength, 'step')} ends ${whole} cycles after its first input beat`;
}
