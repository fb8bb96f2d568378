import { must } from '../blocks/block.js';
import { SHORTEST_LOOP } from '../blocks/recurrence_core.js';
import { serialCycles } from '../blocks/recurrence_serial.js';
import { gcd } from '../blocks/words.js';
import type { Config } from '../../config/schema.js';
import { divisors } from '../../base/divisors.js';
import { Qs5Error, type ConfigPath } from '../../base/errors.js';
import { inputNode, nodeById, type IntegerNetwork, type MatrixRole } from '../../network/types.js';
import { chooseEngine } from './engine.js';
import { PLAIN_FABRIC, type Fabric } from './fabric.js';
import type { Folding, MatvecFolding, RecurrenceFolding } from './types.js';

type FoldingRequest = Exclude<Config['folding'], 'auto'>;

const ALL_AUTO: FoldingRequest = {
  input: 'auto',
  encoder: 'auto',
  b: 'auto',
  recurrence: 'auto',
  c: 'auto',
  gate: 'auto',
  decoder: 'auto',
  output: 'auto',
};

/** Names in the config of engines that multiply by a matrix. */
type Matrix = 'encoder' | 'b' | 'c' | 'gate' | 'decoder';

/** The folding of each matrix. The value of a full GLU has that of its gate: both arrive together. */
const FOLDED_AS: Readonly<Record<MatrixRole, Matrix>> = {
  encoder: 'encoder',
  b: 'b',
  c: 'c',
  value: 'gate',
  gate: 'gate',
  decoder: 'decoder',
};

/**
 * Resolves a folding request. Given foldings are checked; `auto` becomes the least hardware whose
 * engine takes at most the wanted interval. The target sets the interval. Without a target the
 * slowest given engine sets it. With neither, each matrix uses one multiplier. The folding of a
 * matrix holds for every layer. A recurrence that shares has no use for a multiplier of its own.
 *
 * @throws E_FOLDING for a folding that does not divide, E_CONFIG_VALUE for a target below a cycle.
 */
export function resolveFolding(
  network: IntegerNetwork,
  request: Config['folding'],
  target: Config['target'],
  fabric: Fabric = PLAIN_FABRIC,
  share = false,
): Folding {
  const wanted = request === 'auto' ? ALL_AUTO : request;
  const shape = shapeOf(network);
  // Engines faster than the update loop of a state give no gain.
  const interval = Math.max(SHORTEST_LOOP, targetCycles(target) ?? slowestGiven(shape, wanted));

  const matvec: Record<string, MatvecFolding> = {};
  for (const engine of shape.engines) {
    matvec[engine.id] = matvecFolding(engine, wanted[engine.matrix], interval, fabric);
  }
  /** Cycles of the engines that feed a block with `lanes` lanes. */
  const feeding = (engines: readonly Engine[]) => (lanes: number) =>
    Math.max(0, ...engines.map((e) => groupedCycles(e, must(matvec, e.id), lanes)));
  const intoStates = feeding(shape.engines.filter(({ matrix }) => matrix === 'b'));
  const { recurrence, input, output } = wanted;
  return {
    share,
    fabric,
    inputLanes:
      input === 'auto'
        ? leastLanes(shape.inputs, interval)
        : divisor(shape.inputs, input.lanes, 'input words', ['input', 'lanes']),
    outputLanes:
      output === 'auto'
        ? leastLanes(shape.outputs, interval, feeding(shape.last))
        : divisor(shape.outputs, output.lanes, 'output words', ['output', 'lanes']),
    matvec,
    recurrence:
      recurrence === 'auto'
        ? leastRecurrence(shape.states, interval, intoStates, share)
        : recurrenceGiven(shape.states, recurrence),
  };
}

function leastRecurrence(
  states: number,
  interval: number,
  feeding: (words: number) => number,
  share: boolean,
): RecurrenceFolding {
  // Its words pass one by one.
  const alone = Math.max(serialCycles(states), feeding(1));
  if (!share && alone <= interval) return { lanes: 1, multipliers: 1 };
  return { lanes: leastLanes(states, interval, (lanes) => feeding(2 * lanes)), multipliers: 4 };
}

function recurrenceGiven(states: number, given: RecurrenceFolding): RecurrenceFolding {
  const { lanes, multipliers } = given;
  if (multipliers === 1 && lanes > 1) {
    throw new Qs5Error('E_FOLDING', {
      path: ['folding', 'recurrence', 'lanes'],
      message: `${lanes} states at once take more than one multiplier.`,
      hint: 'use lanes: 1, or multipliers: 3 or 4.',
    });
  }
  divisor(states, lanes, 'states', ['recurrence', 'lanes']);
  return { lanes, multipliers };
}

/** The folding to an interval where every engine has multipliers of its own. */
export function ownFoldings(
  network: IntegerNetwork,
  request: Config['folding'],
  interval: number,
  fabric: Fabric,
): Folding[] {
  return [resolveFolding(network, request, { interval }, fabric)];
}

/**
 * Foldings to an interval where engines share multipliers: with a recurrence that shares them too,
 * and, where that is another one, with one that has a single multiplier for itself.
 */
export function sharedFoldings(
  network: IntegerNetwork,
  request: Config['folding'],
  interval: number,
  fabric: Fabric,
): Folding[] {
  const all = resolveFolding(network, request, { interval }, fabric, true);
  const alone = resolveFolding(network, request, { interval }, fabric).recurrence;
  return alone.multipliers === all.recurrence.multipliers
    ? [all]
    : [all, { ...all, recurrence: alone }];
}

interface Engine {
  /** Node id. */
  readonly id: string;
  readonly matrix: Matrix;
  readonly rows: number;
  readonly cols: number;
  /** Bits of a sum, and of a word of the vector. */
  readonly sumBits: number;
  readonly wordBits: number;
  readonly weightBits: number;
}

interface NetworkShape {
  readonly inputs: number;
  readonly states: number;
  readonly outputs: number;
  readonly engines: readonly Engine[];
  /** The engine whose sums become the output. */
  readonly last: readonly Engine[];
}

function shapeOf(network: IntegerNetwork): NetworkShape {
  const engines = network.nodes.flatMap((node): Engine[] => {
    // A row look-up is folded by the words that leave at once, which are its outputs.
    if (node.op === 'embed')
      return [
        {
          ...{ id: node.id, matrix: FOLDED_AS[node.role], rows: node.length, cols: 1 },
          ...{ sumBits: 0, wordBits: 0, weightBits: 0 },
        },
      ];
    if (node.op !== 'matvec') return [];
    const matrix = FOLDED_AS[node.role];
    const sumBits = node.format.width;
    const wordBits = nodeById(network, node.source).format.width;
    const { id, length: rows, cols, weightWidth: weightBits } = node;
    return [{ id, matrix, rows, cols, sumBits, wordBits, weightBits }];
  });
  const recurrence = network.nodes.find(({ op }) => op === 'recurrence');
  return {
    inputs: inputNode(network).length,
    states: (recurrence?.length ?? 2) / 2,
    outputs: nodeById(network, network.output).length,
    engines,
    last: engines.slice(-1),
  };
}

/**
 * Every number of cycles that some folding of some engine takes, ascending: between two of them
 * no target makes a difference.
 */
export function engineCycles(network: IntegerNetwork): number[] {
  const { engines, inputs, outputs, states } = shapeOf(network);
  const matrices = engines.flatMap(({ rows, cols }) =>
    divisors(rows).flatMap((m) => divisors(cols).map((n) => m * n)),
  );
  const streams = [inputs, outputs, states].flatMap(divisors).concat(serialCycles(states));
  const all = new Set([...matrices, ...streams].filter((cycles) => cycles >= SHORTEST_LOOP));
  return [...all.add(SHORTEST_LOOP)].sort((a, b) => a - b);
}

/** Cycles per step that a target allows; undefined for a target that is a budget. */
export function targetCycles(target: Config['target']): number | undefined {
  if (target?.interval !== undefined) return target.interval;
  if (target?.steps_per_second === undefined) return undefined;
  const cycles = Math.floor((target.clock_mhz * 1e6) / target.steps_per_second);
  if (cycles >= 1) return cycles;
  throw new Qs5Error('E_CONFIG_VALUE', {
    path: ['target'],
    message: `${target.steps_per_second} steps per second at ${target.clock_mhz} MHz are less than a cycle each.`,
    hint: `a design takes at least ${SHORTEST_LOOP} cycles per step: lower the rate or raise the clock.`,
  });
}

function slowestGiven(shape: NetworkShape, wanted: FoldingRequest): number {
  const cycles: number[] = [];
  if (wanted.input !== 'auto') cycles.push(shape.inputs / wanted.input.lanes);
  if (wanted.output !== 'auto') cycles.push(shape.outputs / wanted.output.lanes);
  if (wanted.recurrence !== 'auto') {
    const { lanes, multipliers } = wanted.recurrence;
    cycles.push(multipliers === 1 ? serialCycles(shape.states) : shape.states / lanes);
  }
  for (const { matrix, rows, cols } of shape.engines) {
    const given = wanted[matrix];
    if (given !== 'auto') cycles.push((rows * cols) / (given.pe * given.simd));
  }
  return cycles.length > 0 ? Math.ceil(Math.max(...cycles)) : Infinity;
}

function matvecFolding(
  shape: Engine,
  wanted: FoldingRequest[Matrix],
  interval: number,
  fabric: Fabric,
): MatvecFolding {
  if (wanted !== 'auto') {
    return {
      pe: divisor(shape.rows, wanted.pe, 'rows', [shape.matrix, 'pe']),
      simd: divisor(shape.cols, wanted.simd, 'columns', [shape.matrix, 'simd']),
    };
  }
  const all = divisors(shape.rows).flatMap((pe) =>
    divisors(shape.cols).map((simd) => ({ pe, simd })),
  );
  const cycles = ({ pe, simd }: MatvecFolding) => (shape.rows / pe) * (shape.cols / simd);
  const enough = all.filter((folding) => cycles(folding) <= interval);
  // Fewest multipliers, then what costs the least around them. Fully unrolled is the fastest.
  const fewest = Math.min(...enough.map(({ pe, simd }) => pe * simd));
  const [best] = enough
    .filter(({ pe, simd }) => pe * simd === fewest)
    .map((folding) => ({ folding, around: costAround(shape, folding, fabric) }))
    .sort((a, b) => a.around - b.around);
  return best?.folding ?? { pe: shape.rows, simd: shape.cols };
}

/** Approximate LUTs around the multipliers of a matvec. */
function costAround(
  { rows, cols, sumBits, wordBits, weightBits }: Engine,
  { pe, simd }: MatvecFolding,
  fabric: Fabric,
): number {
  const reads = cols / simd;
  // Sums that leave together within the reads of a group are requantised together.
  const outLanes = divisors(pe).find((lanes) => pe / lanes <= reads) ?? pe;
  const widths = { xWidth: wordBits, weightWidth: weightBits, accWidth: sumBits };
  const { cost } = chooseEngine({ rows, cols, pe, simd, outLanes, ...widths }, fabric, false);
  // A buffer gathers words of simd elements, and keeps them.
  const vector = { kind: 'ram' as const, depth: reads, width: simd * wordBits };
  return cost + outLanes * LANE + vector.width / 2 + fabric.memoryCost(vector);
}

/** Approximate LUTs of a lane that changes the format of sums. */
const LANE = 50;

/** Cycles of a matvec whose sums leave at most `lanes` at a time. */
function groupedCycles({ rows, cols }: Engine, { pe, simd }: MatvecFolding, lanes: number): number {
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

function divisor(total: number, given: number, what: string, path: ConfigPath): number {
  if (total % given === 0) return given;
  throw new Qs5Error('E_FOLDING', {
    path: ['folding', ...path],
    message: `${total} ${what} do not divide into ${given}.`,
    hint: `use one of ${divisors(total).join(', ')}.`,
  });
}
