import { gcd } from '../blocks/words.js';
import type { Config } from '../config/schema.js';
import { Qs5Error, type ConfigPath } from '../errors.js';
import { nodeById, type IntegerNetwork, type MatvecNode, type Node } from '../network/types.js';
import type { Folding, MatvecFolding } from './types.js';

type FoldingRequest = Exclude<Config['folding'], 'auto'>;

const ALL_AUTO: FoldingRequest = {
  input: 'auto',
  b: 'auto',
  recurrence: 'auto',
  c: 'auto',
  output: 'auto',
};

/**
 * Resolves a folding request: what is given is checked, what is `auto` becomes the least hardware
 * whose engine takes at most the wanted interval. That is the target's; without a target it is
 * that of the slowest engine given; with neither, one multiplier does each matrix.
 *
 * @throws E_FOLDING for a folding that does not divide, E_CONFIG_VALUE for a target below a cycle.
 */
export function resolveFolding(
  network: IntegerNetwork,
  request: Config['folding'],
  target: Config['target'],
): Folding {
  const wanted = request === 'auto' ? ALL_AUTO : request;
  const shape = shapeOf(network);
  const interval = targetCycles(target) ?? slowestGiven(shape, wanted);

  const b = matvecFolding(shape.b, wanted.b, interval, 'b');
  const c = matvecFolding(shape.c, wanted.c, interval, 'c');
  const lanes =
    wanted.recurrence === 'auto'
      ? leastLanes(shape.states, interval, (n) => groupedCycles(shape.b, b, 2 * n))
      : divisor(shape.states, wanted.recurrence.lanes, 'states', ['recurrence', 'lanes']);
  return {
    inputLanes:
      wanted.input === 'auto'
        ? leastLanes(shape.inputs, interval)
        : divisor(shape.inputs, wanted.input.lanes, 'input words', ['input', 'lanes']),
    outputLanes:
      wanted.output === 'auto'
        ? leastLanes(shape.outputs, interval, (n) => groupedCycles(shape.c, c, n))
        : divisor(shape.outputs, wanted.output.lanes, 'output words', ['output', 'lanes']),
    matvec: { b, c },
    recurrence: {
      lanes,
      multipliers: wanted.recurrence === 'auto' ? 4 : wanted.recurrence.multipliers,
    },
  };
}

interface MatrixShape {
  readonly rows: number;
  readonly cols: number;
}

interface CoreShape {
  readonly inputs: number;
  readonly states: number;
  readonly outputs: number;
  readonly b: MatrixShape;
  readonly c: MatrixShape;
}

function shapeOf(network: IntegerNetwork): CoreShape {
  const b = matvecOf(nodeById(network, 'b'));
  const c = matvecOf(nodeById(network, 'c'));
  return {
    inputs: b.cols,
    states: b.length / 2,
    outputs: c.length,
    b: { rows: b.length, cols: b.cols },
    c: { rows: c.length, cols: c.cols },
  };
}

function matvecOf(node: Node): MatvecNode {
  if (node.op !== 'matvec') throw new Error(`node ${node.id} is no matvec`);
  return node;
}

function targetCycles(target: Config['target']): number | undefined {
  if (target === undefined) return undefined;
  if (target.interval !== undefined) return target.interval;
  const cycles = Math.floor((target.clock_mhz * 1e6) / target.steps_per_second);
  if (cycles >= 1) return cycles;
  throw new Qs5Error('E_CONFIG_VALUE', {
    path: ['target'],
    message: `${target.steps_per_second} steps per second at ${target.clock_mhz} MHz are less than a cycle each.`,
    hint: 'a design takes at least 6 cycles per step: lower the rate or raise the clock.',
  });
}

function slowestGiven(shape: CoreShape, wanted: FoldingRequest): number {
  const cycles: number[] = [];
  if (wanted.input !== 'auto') cycles.push(shape.inputs / wanted.input.lanes);
  if (wanted.output !== 'auto') cycles.push(shape.outputs / wanted.output.lanes);
  if (wanted.recurrence !== 'auto') cycles.push(shape.states / wanted.recurrence.lanes);
  for (const matrix of ['b', 'c'] as const) {
    const given = wanted[matrix];
    const { rows, cols } = shape[matrix];
    if (given !== 'auto') cycles.push((rows * cols) / (given.pe * given.simd));
  }
  return cycles.length > 0 ? Math.ceil(Math.max(...cycles)) : Infinity;
}

function matvecFolding(
  shape: MatrixShape,
  wanted: FoldingRequest['b'],
  interval: number,
  key: string,
): MatvecFolding {
  if (wanted !== 'auto') {
    return {
      pe: divisor(shape.rows, wanted.pe, 'rows', [key, 'pe']),
      simd: divisor(shape.cols, wanted.simd, 'columns', [key, 'simd']),
    };
  }
  const all = divisors(shape.rows).flatMap((pe) =>
    divisors(shape.cols).map((simd) => ({ pe, simd })),
  );
  const cycles = ({ pe, simd }: MatvecFolding) => (shape.rows / pe) * (shape.cols / simd);
  const enough = all.filter((folding) => cycles(folding) <= interval);
  // Fewest multipliers, then fewest accumulators. Fully unrolled is the fastest there is.
  const [best] = enough.sort((a, b) => a.pe * a.simd - b.pe * b.simd || a.pe - b.pe);
  return best ?? { pe: shape.rows, simd: shape.cols };
}

/** Cycles of a matvec whose sums leave at most `lanes` at a time. */
function groupedCycles(
  { rows, cols }: MatrixShape,
  { pe, simd }: MatvecFolding,
  lanes: number,
): number {
  return (rows / pe) * Math.max(cols / simd, pe / gcd(pe, lanes));
}

/**
 * Fewest lanes that divide `words`, pass them within the interval, and let the matvec before them
 * keep it too; where it cannot, the fewest that slow it least.
 */
function leastLanes(
  words: number,
  interval: number,
  feeding: (lanes: number) => number = () => 0,
): number {
  const options = divisors(words).map((lanes) => ({
    lanes,
    cycles: Math.max(words / lanes, feeding(lanes)),
  }));
  const reachable = Math.max(interval, Math.min(...options.map(({ cycles }) => cycles)));
  return options.find(({ cycles }) => cycles <= reachable)?.lanes ?? words;
}

function divisors(n: number): number[] {
  return Array.from({ length: n }, (_, i) => i + 1).filter((d) => n % d === 0);
}

function divisor(total: number, given: number, what: string, path: ConfigPath): number {
  if (total % given === 0) return given;
  throw new Qs5Error('E_FOLDING', {
    path: ['folding', ...path],
    message: `${total} ${what} do not divide into ${given}.`,
    hint: `use one of ${divisors(total).join(', ')}.`,
  });
}
