// @ts-check
/**
 * Cost of the hardware compared with other tools: `npm run hardware`, written to docs/hardware.md.
 *
 * A dense layer and the recurrence on several numbers of multipliers, each block synthesised alone
 * by the Yosys that comes with qs5. The clock of every block on an iCE40 UP5K, by nextpnr, is
 * compared with that of a multiplier with its registers. Requires nextpnr-ice40.
 */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { URL } from 'node:url';
import { stringify } from 'yaml';
import { at } from '#qs5/base/at.js';
import { parseConfig, loadConfig } from '#qs5/config/load.js';
import { buildDesign } from '#qs5/design/build.js';
import { loadDevice } from '#qs5/hardware/device/device.js';
import { overBudget } from '#qs5/hardware/device/budget.js';
import { markdownTable } from '#qs5/app/report/markdown.js';
import { addCells, NO_CELLS } from '#qs5/prove/synth/cells.js';
import { blockRequest } from '#qs5/prove/synth/block_request.js';
import { findNextpnr, route } from '#qs5/prove/synth/nextpnr.js';
import { NETLIST, synthesize } from '#qs5/prove/synth/synthesize.js';
import { chooseYosys } from '#qs5/prove/synth/yosys.js';

/** @import { Block } from '#qs5/hardware/blocks/block.js' */
/** @import { Device } from '#qs5/hardware/device/device.js' */
/** @import { Cells } from '#qs5/hardware/device/cells.js' */
/** @import { ModulePort } from '#qs5/hardware/verilog/structure.js' */

/** @typedef {{ low: number, median: number, high: number }} Clock MHz */
/** @typedef {Cells & { clock: Clock | undefined }} Measured */

const DEVICES = ['xc7a35t', 'ecp5-25f', 'ice40up5k'];
const SEEDS = [1, 2, 3, 4, 5];
const TIMEOUT_MS = 3_600_000;
const UP5K = loadDevice('ice40up5k');

const yosys = await chooseYosys('embedded');
const nextpnr = await findNextpnr(UP5K);
/** @param {string} text */
const say = (text) => process.stderr.write(`${text}\n`);

/**
 * A network of which one part is measured.
 *
 * @param {string} device
 * @param {Record<string, unknown>} changes
 */
function config(device, changes) {
  return stringify({
    name: 'part',
    data: { synthetic: { seed: 1, length: 16 } },
    calibration: { sequences: 2, method: 'abs_max' },
    precision: {
      ...{ a: 16, b: 8, c: 8, d: 8, non_ssm: 8, ssm_act: 8, non_ssm_act: 8 },
      ...{ state: 16, residual: 8 },
    },
    lambda_form: 'direct',
    poles: 'nearest',
    device,
    ...changes,
  });
}

/**
 * @param {string} text config, YAML
 * @param {readonly string[]} ids
 */
async function blocksOf(text, ids) {
  const { plan } = await buildDesign(parseConfig(text, 'part'));
  return plan.blocks.filter(({ id }) => ids.includes(id));
}

/**
 * Cells of blocks, each synthesised alone, and the clock of the slowest where there are seeds.
 *
 * @param {readonly Block[]} blocks
 * @param {Device} device
 * @param {readonly number[]} seeds seeds of the placer
 * @returns {Promise<Measured>}
 */
async function measure(blocks, device, seeds) {
  let cells = NO_CELLS;
  /** @type {Clock | undefined} */
  let clock;
  for (const block of blocks) {
    const folder = await mkdtemp(join(tmpdir(), 'qs5-bench-'));
    try {
      const options = { yosys, timeoutMs: TIMEOUT_MS };
      const { total } = await synthesize(folder, await blockRequest(block), device, options);
      cells = addCells(cells, total);
      if (seeds.length === 0 || overBudget(total, device).length > 0) continue;
      const runs = [];
      for (const seed of seeds) {
        const request = { nextpnr, device, folder, netlist: NETLIST, seed, timeoutMs: TIMEOUT_MS };
        runs.push((await route(request)).fmaxMhz);
      }
      const own = clockOf(runs);
      if (clock === undefined || own.median < clock.median) clock = own;
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  }
  return { ...cells, clock };
}

/**
 * @param {readonly number[]} runs MHz
 * @returns {Clock}
 */
function clockOf(runs) {
  const sorted = runs.toSorted((a, b) => a - b);
  return {
    low: at(sorted, 0),
    median: at(sorted, Math.floor(sorted.length / 2)),
    high: at(sorted, sorted.length - 1),
  };
}

/** @param {Clock | undefined} clock */
const mhz = (clock) => (clock === undefined ? '-' : clock.median.toFixed(1));

// --- a dense layer of 64 x 64 ---------------------------------------------------------------------

async function denseRows() {
  const rows = [];
  for (const name of DEVICES) {
    for (const multipliers of [1, 8, 64]) {
      say(`dense 64 x 64 on ${multipliers} multipliers, ${name}`);
      const text = config(name, {
        model: {
          init: {
            ...{ seed: 1, layers: 1, features: 64, state_size: 4, inputs: 64, outputs: 2 },
            ...{ activation: 'gelu', norm: 'batch', pooling: 'last' },
          },
        },
        scope: 'network',
        target: { interval: 4096 / multipliers },
      });
      const ids = ['encoder', 'encoder_mul', 'encoder_out', 'encoder_out_mul'];
      const blocks = await blocksOf(text, ids);
      const device = loadDevice(name);
      const own = blocks.filter(({ id }) => id === 'encoder' || id === 'encoder_mul');
      const matrix = await measure(own, device, []);
      const all = await measure(blocks, device, []);
      /** @param {Cells} cells */
      const per = (cells) => (cells.lut / multipliers).toFixed(1);
      rows.push([
        ...[name, multipliers, all.lut, all.ff, all.dsp, all.bram],
        ...[per(all), per(matrix)],
      ]);
    }
  }
  return rows;
}

// --- the recurrence -------------------------------------------------------------------------------

async function recurrenceRows() {
  const rows = [];
  const shapes = [
    { states: 8, multipliers: 4 },
    { states: 16, multipliers: 1 },
  ];
  for (const { states, multipliers } of shapes) {
    for (const loop of ['half_up', 'toward_zero']) {
      for (const name of DEVICES) {
        say(`recurrence on ${multipliers} multipliers, ${loop}, ${name}`);
        const text = config(name, {
          model: {
            init: { seed: 1, layers: 1, features: 8, state_size: states, inputs: 1, outputs: 1 },
          },
          scope: { ssm_core: 0 },
          rounding: { loop },
          folding: { recurrence: { lanes: 1, multipliers } },
        });
        const blocks = await blocksOf(text, ['recurrence', 'recurrence_mul']);
        const device = loadDevice(name);
        const cells = await measure(blocks, device, name === UP5K.name ? SEEDS : []);
        const { lut, ff, dsp, bram, clock } = cells;
        rows.push([
          `${states} states on ${multipliers}`,
          ...[loop, name, lut, ff, dsp, bram],
          clock === undefined ? '' : `${clock.low.toFixed(1)} to ${clock.high.toFixed(1)}`,
        ]);
      }
    }
  }
  return rows;
}

// --- clocks ---------------------------------------------------------------------------------------

/** Configs whose blocks are placed alone, each module once. */
const CONFIGS = ['tiny', 'smnist-ssm', 'dynamics', 'smnist', 'listops'];

async function clockRows() {
  /** @type {Map<string, Cells & { clock: Clock, config: string }>} */
  const clocks = new Map();
  for (const name of CONFIGS) {
    const loaded = await loadConfig(`configs/${name}.yaml`);
    const { name: device } = UP5K;
    const fitting = loaded.config.target?.device === undefined ? {} : { target: { device } };
    const { plan } = await buildDesign({
      ...loaded,
      config: { ...loaded.config, ...fitting, device },
    }).catch((error) => {
      // A design too large for the UP5K has no blocks to place.
      if (error.code !== 'E_FOLDING') throw error;
      say(`${name}: ${error.message}`);
      return { plan: { blocks: [] } };
    });
    for (const block of plan.blocks) {
      if (clocks.has(block.module)) continue;
      say(`clock of ${block.module}`);
      const { clock, ...cells } = await measure([block], UP5K, SEEDS);
      if (clock !== undefined) clocks.set(block.module, { ...cells, clock, config: name });
    }
  }
  const multiplier = clocks.get('qs5_multiply_array')?.clock.median ?? NaN;
  const accumulator = (await bareAccumulator()).median;
  const rows = [...clocks]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([module, { lut, ff, dsp, bram, clock, config: from }]) => [
      ...[module, from, lut, ff, dsp, bram, mhz(clock)],
      (clock.median / accumulator).toFixed(2),
      (clock.median / multiplier).toFixed(2),
    ]);
  return { rows, accumulator, multiplier };
}

/** A multiplier with an accumulator that can be cleared, inferred. */
async function bareAccumulator() {
  const { pinsAround, PINS_DESIGN, PINS_TOP } = await import('#qs5/deliver/pins.js');
  const { printModule } = await import('#qs5/hardware/verilog/structure.js');
  /** @type {readonly ModulePort[]} */
  const ports = [
    { name: 'clk_i', direction: 'input', width: 1 },
    { name: 'a_i', direction: 'input', width: 16 },
    { name: 'b_i', direction: 'input', width: 16 },
    { name: 'clear_i', direction: 'input', width: 1 },
    { name: 'p_o', direction: 'output', width: 32 },
  ];
  const around = {
    ...{ name: 'qs5_alone', header: ['A multiplier alone.'], ports, wires: [] },
    instances: [
      {
        ...{ module: 'accumulator', name: 'u_bare', comment: 'bare', parameters: [] },
        connections: ports.map(({ name }) => ({ port: name, expression: name })),
      },
    ],
  };
  const files = new Map([
    ['accumulator.v', await readFile(new URL('accumulator.v', import.meta.url), 'utf8')],
    ['rtl/qs5_alone.v', printModule(around)],
    ...(await pinsAround('qs5_alone', 'clk_i', ports, 'pins')),
  ]);
  const folder = await mkdtemp(join(tmpdir(), 'qs5-bench-'));
  try {
    const request = { files, top: PINS_TOP, keep: ['qs5_alone'], inside: PINS_DESIGN };
    await synthesize(folder, request, UP5K, { yosys, timeoutMs: TIMEOUT_MS });
    const runs = [];
    for (const seed of SEEDS) {
      const wanted = { nextpnr, device: UP5K, folder, netlist: NETLIST, seed };
      runs.push((await route({ ...wanted, timeoutMs: TIMEOUT_MS })).fmaxMhz);
    }
    return clockOf(runs);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

// --- the page -------------------------------------------------------------------------------------

/**
 * @param {readonly string[]} head
 * @param {readonly string[]} left columns that are aligned to the left
 */
const right = (head, left) => head.map((title) => (left.includes(title) ? 'left' : 'right'));

const DENSE_HEAD = [
  ...['device', 'multipliers', 'LUT', 'FF', 'DSP', 'block RAM'],
  ...['LUT per multiplier', 'matrix part'],
];
/** Others' own RTL in the same Yosys; 64 x 64 int8, but for FINN without requantisation. */
const OTHERS = [
  ['NNgen, 1 multiplication per cycle', '7-series', 5417, 5996, 3, 17, '5417'],
  ['NNgen, 1 multiplication per cycle', 'ECP5', 6711, 5610, 3, 17, '6711'],
  ['NNgen, 4 x 4', '7-series', 7478, 13397, 24, 7, '467'],
  ['FINN, 8 x 8, weights streamed in', '7-series', 2536, 1073, 32, 0, '40'],
  ['eMamba, one per output', '7-series', 8286, 6694, 64, 0, '129'],
];
const OTHERS_HEAD = ['design', 'device', 'LUT', 'FF', 'DSP', 'block RAM', 'LUT per multiplication'];
const RECURRENCE_HEAD = [
  ...['states on multipliers', 'rounding', 'device', 'LUT', 'FF', 'DSP', 'block RAM'],
  'MHz, 5 seeds',
];
const CLOCK_HEAD = [
  ...['module', 'config', 'LUT', 'FF', 'DSP', 'block RAM', 'MHz'],
  ...['clock / accumulator', 'clock / multiplier'],
];

const dense = await denseRows();
const recurrence = await recurrenceRows();
const { rows: clocks, accumulator, multiplier } = await clockRows();

const page = [
  '# Cost of the hardware',
  '',
  `Every block alone, in Yosys ${yosys.version}; clocks of an iCE40 UP5K by nextpnr-ice40 ${nextpnr.version}, medians of ${SEEDS.length} seeds. Written by \`npm run hardware\`.`,
  '',
  '## A dense layer: 64 x 64, 8 bits, with its requantisation',
  '',
  markdownTable(DENSE_HEAD, dense, right(DENSE_HEAD, ['device'])),
  '',
  "Others, their own RTL in the same Yosys (NNgen's 4 x 4 in 0.23):",
  '',
  markdownTable(OTHERS_HEAD, OTHERS, right(OTHERS_HEAD, ['design', 'device'])),
  '',
  '## The recurrence: 16-bit states and poles',
  '',
  'One state per cycle on four multipliers; four cycles per state on one.',
  '',
  markdownTable(
    RECURRENCE_HEAD,
    recurrence,
    right(RECURRENCE_HEAD, ['states on multipliers', 'rounding', 'device']),
  ),
  '',
  'The limit, without saturation and without rounding towards zero: 30 LUT, 240 FF and 124 to 140 MHz on four MAC16, 55 LUT, 115 FF, two block RAMs and 99 to 112 MHz on one (96 cycles for 16 states).',
  '',
  '## Clocks on the UP5K, each block alone',
  '',
  `For comparison: an inferred multiplier with a clearable accumulator,  ${accumulator.toFixed(1)} MHz, and one with registers only, all inside the DSP, ${multiplier.toFixed(1)} MHz.`,
  '',
  markdownTable(CLOCK_HEAD, clocks, right(CLOCK_HEAD, ['module', 'config'])),
  '',
].join('\n');
await writeFile('docs/hardware.md', page);
process.stdout.write(page);
