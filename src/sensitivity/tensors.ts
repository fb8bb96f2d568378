import type { QuantizedModel } from '../design/build.js';
import { createFastEmulator } from '../emulate/fast/emulator.js';
import { maxMagnitude } from '../fixed/range.js';
import { isProved } from '../network/proved.js';
import { inputNode, lambdaAsIntegers, type Node } from '../network/types.js';
import type { Ideal } from '../quantize/ideal.js';
import { probeInput } from './input.js';
import { createTracer } from './probe.js';

/** Words of a node over some sequences, beside what the float network has in their place. */
export interface TensorReport {
  readonly id: string;
  readonly op: Node['op'];
  /** Elements per vector. */
  readonly length: number;
  readonly width: number;
  /** Real value of the last place: the least and the largest of all elements. */
  readonly scale: readonly [number, number];
  /** Largest real magnitude that the words cover, and the largest that the float network has. */
  readonly covers: number;
  readonly largest: number;
  /** proved: no input makes it clip. calibrated: it saturates, and a flag says so. */
  readonly bound: 'proved' | 'calibrated';
  /** Words clipped, as a part of all. */
  readonly clipped: number;
  /** Float values over the difference, dB; Infinity where there is none. */
  readonly sqnrDb: number;
  readonly weights?: WeightReport;
}

export interface WeightReport {
  readonly width: number;
  readonly count: number;
  /** Float weights over the difference, dB. */
  readonly sqnrDb: number;
}

export interface TensorOptions {
  /** Sequences of the test data, from the first. */
  readonly samples: number;
  /** Longest sequence that the bounds are for, steps. */
  readonly maxLength: number;
  readonly pause: (done: number) => Promise<void>;
}

/** Every tensor of a network that was just quantised, in the order of computation. */
export async function reportTensors(
  { network, ideals, words, values }: QuantizedModel,
  { samples, maxLength, pause }: TensorOptions,
): Promise<TensorReport[]> {
  const tracer = createTracer({ network, ideals });
  const emulator = createFastEmulator(network);
  const input = inputNode(network);
  const sums = network.nodes.map(() => ({ signal: 0, noise: 0, largest: 0, count: 0 }));
  for (let i = 0; i < samples; i++) {
    await pause(i);
    const vectors = words(i);
    emulator.run(vectors);
    const { float, integer } = tracer(probeInput(input, vectors, values(i)));
    network.nodes.forEach((node, n) => {
      const sum = sums[n];
      const [real, whole] = [float.get(node.id), integer.get(node.id)];
      if (sum === undefined || real === undefined || whole === undefined) return;
      real.data.forEach((value, k) => {
        const scale = scaleOf(node, k % node.length);
        sum.signal += (value * scale) ** 2;
        sum.noise += ((value - (whole.data[k] ?? 0)) * scale) ** 2;
        sum.largest = Math.max(sum.largest, Math.abs(value * scale));
      });
      sum.count += real.data.length;
    });
  }
  return network.nodes.map((node, n): TensorReport => {
    const { signal = 0, noise = 0, largest = 0, count = 1 } = sums[n] ?? {};
    const { scale, width } = node.format;
    const [least, most] = [Math.min(...scale), Math.max(...scale)];
    const weights = weightReport(node, ideals.get(node.id));
    return {
      id: node.id,
      op: node.op,
      length: node.length,
      width,
      scale: [least, most],
      covers: most * maxMagnitude(width),
      largest,
      bound: isProved(network, node, maxLength) ? 'proved' : 'calibrated',
      clipped: (emulator.clipped.get(node.id) ?? 0) / count,
      sqnrDb: decibels(signal, noise),
      ...(weights === undefined ? {} : { weights }),
    };
  });
}

function scaleOf({ format }: Node, h: number): number {
  return format.scale[format.scale.length === 1 ? 0 : h] ?? 1;
}

function decibels(signal: number, noise: number): number {
  return noise === 0 ? Infinity : 10 * Math.log10(signal / noise);
}

function weightReport(node: Node, ideal: Ideal | undefined): WeightReport | undefined {
  const of = (whole: ArrayLike<number>, real: ArrayLike<number>, width: number): WeightReport => {
    let [signal, noise] = [0, 0];
    for (let i = 0; i < real.length; i++) {
      signal += (real[i] ?? 0) ** 2;
      noise += ((whole[i] ?? 0) - (real[i] ?? 0)) ** 2;
    }
    return { width, count: real.length, sqnrDb: decibels(signal, noise) };
  };
  if (node.op === 'recurrence' && ideal?.kind === 'poles') {
    const { re, im } = lambdaAsIntegers(node.lambda);
    const unit = 2 ** node.lambda.frac;
    const whole = [...re, ...im].map((value) => value / unit);
    return of(whole, [...ideal.re, ...ideal.im], node.lambda.width);
  }
  if (ideal?.kind !== 'weights') return undefined;
  if (node.op === 'matvec') return of(node.weights, ideal.weights, node.weightWidth);
  if (node.op === 'embed') return of(node.table, ideal.weights, node.format.width);
  if (node.op !== 'feedthrough') return undefined;
  const unit = 2 ** node.productShift;
  return of(
    Array.from(node.weights, (d) => d * unit),
    ideal.weights,
    node.weightWidth,
  );
}
