// @ts-check
/**
 * CPU time of planning against the number of weights: `npm run bench:planning`, written to
 * docs/planning.md.
 *
 * Every case runs in a process of its own, for its peak memory. CPU seconds are measured, since wall
 * time depends on other processes. Their ratio to one run of the float network on the calibration
 * sequences, in the same process, depends less on the machine.
 */
import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { stringify } from 'yaml';
import { parseConfig } from '#qs5/config/load.js';
import { designOf, quantizeModel } from '#qs5/design/build.js';
import { loadDatasets, loadFloatModel } from '#qs5/design/load_model.js';
import { markdownTable } from '#qs5/app/report/markdown.js';
import { forward, observeUntilSsm } from '#qs5/float/s5/forward.js';
import { prepare } from '#qs5/float/s5/prepare.js';

/** @import { IntegerNetwork } from '#qs5/network/types.js' */

/**
 * One case.
 *
 * @typedef {object} PlanningCase
 * @property {string} name
 * @property {number} size H = P
 * @property {number} layers
 * @property {number} length steps of a sequence
 * @property {Record<string, unknown>} config as YAML would have it
 */

/**
 * Differences of a case from the default.
 *
 * @typedef {object} Changes
 * @property {number} [layers]
 * @property {number} [blocks]
 * @property {number} [length]
 * @property {number} [max_length]
 * @property {Record<string, unknown>} [calibration]
 * @property {Record<string, unknown>} [target]
 */

/**
 * Figures of a case.
 *
 * @typedef {object} Measured
 * @property {number} weights
 * @property {number} init s
 * @property {number} float s
 * @property {number} integers s
 * @property {number} plan s
 * @property {number} peakKib
 */

const BLOCK = 16;
const SEQUENCES = 4;
const EDGES = { inputs: 1, outputs: 10 };

/**
 * @param {string} name
 * @param {number} size H = P
 * @param {Changes} changes
 * @returns {PlanningCase}
 */
function planningCase(name, size, changes = {}) {
  const { layers = 1, blocks = size / BLOCK, length = 64, calibration = {}, ...rest } = changes;
  return {
    name,
    size,
    layers,
    length,
    config: {
      name: 'planning',
      model: { init: { seed: 1, layers, features: size, state_size: size, blocks, ...EDGES } },
      scope: layers > 1 ? 'network' : { ssm_core: 0 },
      data: { synthetic: { seed: 1, length } },
      calibration: { sequences: SEQUENCES, method: 'abs_max', ...calibration },
      precision: {
        ...{ a: 8, b: 8, c: 8, d: 8, non_ssm: 8, ssm_act: 8, non_ssm_act: 8 },
        ...{ state: 16, residual: 16 },
      },
      lambda_form: 'delta',
      target: { interval: 8 * size },
      device: 'xc7a200t',
      ...rest,
    },
  };
}

const PROVED = { proved: ['u', 'states', 'y'] };
const SIZES = [128, 256, 512, 1024];
const CASES = [
  ...SIZES.map((size) => planningCase('core', size)),
  ...SIZES.map((size) => planningCase('core, one HiPPO block', size, { blocks: 1 })),
  ...SIZES.map((size) =>
    planningCase('core, weights: reconstruct', size, { calibration: { weights: 'reconstruct' } }),
  ),
  ...SIZES.map((size) =>
    planningCase('core, ranges proved over 16 384 steps', size, {
      calibration: PROVED,
      max_length: 16384,
    }),
  ),
  ...SIZES.map((size) =>
    planningCase('core, 64 multipliers', size, { target: { multipliers: 64 } }),
  ),
  ...[128, 256, 512].map((size) => planningCase('network, 8 layers', size, { layers: 8 })),
  ...[1024, 4096, 16384].map((length) => planningCase('core, long sequences', 128, { length })),
];

/**
 * CPU time of `work`, s, and its result.
 *
 * @template T
 * @param {() => T | Promise<T>} work
 */
async function timed(work) {
  const from = process.cpuUsage();
  const result = await work();
  const { user, system } = process.cpuUsage(from);
  return { result, seconds: (user + system) / 1e6 };
}

/**
 * Weights of B, C and, in a network, of its dense layers.
 *
 * @param {IntegerNetwork} network
 */
function weightsOf(network) {
  return network.nodes.reduce(
    (sum, node) => sum + (node.op === 'matvec' ? node.weights.length : 0),
    0,
  );
}

/**
 * @param {PlanningCase} one
 * @returns {Promise<Measured>}
 */
async function measure({ config }) {
  const loaded = parseConfig(stringify(config), 'planning');
  const made = await timed(() => loadFloatModel(loaded));
  const model = prepare(made.result);
  const { calibration } = await loadDatasets(loaded, made.result);
  const float = await timed(() => {
    for (let i = 0; i < SEQUENCES; i++) {
      const input = calibration.sequence(i);
      if (config.scope === 'network') forward(model, input, calibration.length);
      else observeUntilSsm(model, input, calibration.length, 0, () => undefined);
    }
  });
  // Making the float model is part of both.
  const quantized = await timed(() => quantizeModel(loaded));
  const planned = await timed(() => designOf(quantized.result));
  return {
    weights: weightsOf(planned.result.network),
    init: made.seconds,
    float: float.seconds,
    integers: Math.max(0, quantized.seconds - made.seconds),
    plan: planned.seconds,
    peakKib: process.resourceUsage().maxRSS,
  };
}

/**
 * @param {number} index number of the case
 * @returns {Promise<Measured>}
 */
async function measureApart(index) {
  const self = fileURLToPath(import.meta.url);
  const { stdout } = await promisify(execFile)(process.execPath, [self, String(index)]);
  return JSON.parse(stdout);
}

const HEAD = [
  'case',
  'H = P',
  'steps',
  'weights',
  'random model, s',
  'integers, s',
  'plan, s',
  's per million weights',
  'float run, s',
  'integers and plan / float run',
  'peak, MiB',
];

/**
 * @param {PlanningCase} one
 * @param {Measured} measured
 */
function rowOf({ name, size, length }, { weights, init, integers, plan, float, peakKib }) {
  const own = integers + plan;
  return [
    name,
    String(size),
    String(length),
    String(weights),
    ...[init, integers, plan, (own * 1e6) / weights, float].map((value) => value.toFixed(2)),
    (own / float).toFixed(1),
    (peakKib / 1024).toFixed(0),
  ];
}

async function main() {
  const rows = [];
  for (const [index, one] of CASES.entries()) {
    process.stderr.write(`${one.name}, ${one.size}, ${one.length} steps\n`);
    rows.push(rowOf(one, await measureApart(index)));
  }
  const page = [
    '# Planning time',
    '',
    `CPU seconds on one thread, Node ${process.versions.node}, ${SEQUENCES} calibration sequences. Written by \`npm run bench:planning\`.`,
    '',
    `The random model has HiPPO blocks of ${BLOCK} states unless the case names others. Integers: ranges, scales and weights, with the calibration runs. Plan: folding, blocks, passes and checks. Float run: the float network once over the calibration sequences, in the same process. A cost that grows with the weights keeps its seconds per million of them; fixed costs show at small sizes.`,
    '',
    markdownTable(
      HEAD,
      rows,
      HEAD.map((_, column) => (column === 0 ? 'left' : 'right')),
    ),
    '',
    'These grow faster than the weights:',
    '',
    '- One HiPPO block: its basis takes O(P^2), the products with B and C take O(H P^2). A checkpoint needs neither.',
    '- `weights: reconstruct`: least squares over 2 P columns take O(P^3 + H P^2).',
    '- Steps: every calibration run takes O(L H P), proved bounds take O(L P).',
    '',
  ].join('\n');
  await writeFile('docs/planning.md', page);
  process.stdout.write(page);
}

const [, , index] = process.argv;
const chosen = CASES[Number(index)];
if (chosen === undefined) await main();
else process.stdout.write(JSON.stringify(await measure(chosen)));
