import { counted } from '../../base/counted.js';
import { packFields } from '../blocks/words.js';
import type { CycleRun } from '../cycle/model.js';
import { inputBeats, RESET_CYCLES, type Stimulus } from '../cycle/stimulus.js';
import { benchName } from '../plan/names.js';
import { describeEdge } from '../plan/describe.js';
import type { Plan } from '../plan/types.js';
import { hexFile } from '../verilog/hex.js';
import type { Module } from '../verilog/structure.js';
import { ROM_DIR, statusBits } from '../verilog/top.js';

/** Folder of the vectors, relative to the folder in which a simulation runs. */
export const VECTORS = 'vectors';

const VECTOR_DIR = {
  name: 'VECTOR_DIR',
  value: VECTORS,
  comment: 'folder of stimulus and expected results',
} as const;

/** The bench module of a design: qs5_bench wired to it. */
export function benchModule(plan: Plan, stimulus: Stimulus, run: CycleRun, limit: number): Module {
  const inWidth = plan.input.lanes * plan.input.slotWidth;
  const outWidth = plan.output.lanes * plan.output.slotWidth;
  const statusWidth = statusBits(plan).length;
  const bus = (prefix: string, width: number) => [
    { name: `${prefix}_tdata`, width },
    { name: `${prefix}_tvalid`, width: 1 },
    { name: `${prefix}_tready`, width: 1 },
    { name: `${prefix}_tlast`, width: 1 },
  ];
  const wires = [
    { name: 'aresetn', width: 1 },
    ...bus('s_axis', inWidth),
    ...bus('m_axis', outWidth),
    { name: 'status', width: statusWidth },
  ];
  const same = wires.map(({ name }) => ({ port: name, expression: name }));
  return {
    name: benchName(plan.top),
    header: [
      `Bench of ${plan.top}: offers vectors/input.hex and checks every word and its cycle.`,
      'Its only port is clk; sim/clock.v drives it in Icarus, sim/clock.cpp in Verilator.',
    ],
    parameters: [ROM_DIR, VECTOR_DIR],
    ports: [{ name: 'clk', direction: 'input', width: 1 }],
    wires: [{ comment: 'between bench and design', wires }],
    instances: [
      {
        module: 'qs5_bench',
        name: 'u_bench',
        comment: 'source, sink and comparison',
        parameters: [
          { name: 'IN_W', value: inWidth },
          { name: 'OUT_W', value: outWidth },
          { name: 'OUT_BEATS', value: plan.output.beats },
          { name: 'STATUS_W', value: statusWidth },
          { name: 'INPUTS', value: inputBeats(stimulus, plan.input.lanes).length },
          { name: 'OUTPUTS', value: run.outputs.length },
          { name: 'RESETS', value: run.resumed.length },
          { name: 'RESET_CYCLES', value: stimulus.firstReset ?? RESET_CYCLES },
          { name: 'PATTERN', value: stimulus.validPattern.length },
          { name: 'PATIENCE', value: limit },
          { name: VECTOR_DIR.name, value: { expression: VECTOR_DIR.name } },
        ],
        connections: [{ port: 'clk', expression: 'clk' }, ...same],
      },
      {
        module: plan.top,
        name: 'u_design',
        comment: 'design under test',
        parameters: [{ name: ROM_DIR.name, value: { expression: ROM_DIR.name } }],
        connections: [{ port: 'aclk', expression: 'clk' }, ...same],
      },
    ],
  };
}

/** The files that qs5_bench reads, by path. */
export function vectorFiles(plan: Plan, stimulus: Stimulus, run: CycleRun): Map<string, string> {
  const { input, output } = plan;
  const slots = (words: readonly number[], width: number) =>
    packFields(words.map((value) => ({ value, width })));
  const inBus = input.lanes * input.slotWidth;
  const outBus = output.lanes * output.slotWidth;
  const bit = (on: boolean) => (on ? 1n : 0n);

  const inputs = inputBeats(stimulus, input.lanes).map(
    ({ words, last }) => slots(words, input.slotWidth) | (bit(last) << BigInt(inBus)),
  );
  const outputs = run.outputs.map(
    ({ words, last, cycle }) =>
      slots(words, output.slotWidth) |
      (bit(last) << BigInt(outBus)) |
      (BigInt(cycle) << BigInt(outBus + 1)),
  );
  const resets = run.resumed.map((beat, i) => {
    const { cycle, cycles } = stimulus.resets[i] ?? { cycle: 0, cycles: 0 };
    return (BigInt(cycles) << 64n) | (BigInt(beat) << 32n) | BigInt(cycle);
  });
  const status = statusBits(plan).reduce(
    (word, { block, port }, i) =>
      word | (bit(run.flags.get(`${block}.${port}`) === true) << BigInt(i)),
    0n,
  );
  const pattern = (bits: readonly boolean[]) => bits.map(bit);
  // The bench holds one result and one reset more than there are, so that none is legal.
  return new Map([
    [
      `${VECTORS}/input.hex`,
      hexFile(
        `{tlast, tdata}; ${counted(input.lanes, 'word')} of ${describeEdge(plan, 'input').bits} bits in slots of ${input.slotWidth}`,
        inputs,
        inBus + 1,
      ),
    ],
    [
      `${VECTORS}/expected.hex`,
      hexFile(
        `{cycle, tlast, tdata}; ${counted(output.lanes, 'word')} of ${output.width} bits in slots of ${output.slotWidth}; the last is never used`,
        [...outputs, 0n],
        outBus + 33,
      ),
    ],
    [
      `${VECTORS}/resets.hex`,
      hexFile('{cycles, beat to go on with, cycle}; the last is never used', [...resets, 0n], 96),
    ],
    [`${VECTORS}/status.hex`, hexFile('status bits at the end', [status], statusBits(plan).length)],
    [
      `${VECTORS}/valid_pattern.hex`,
      hexFile('1: a beat may be offered in the next cycle', pattern(stimulus.validPattern), 1),
    ],
    [
      `${VECTORS}/ready_pattern.hex`,
      hexFile('1: the sink is ready', pattern(stimulus.readyPattern), 1),
    ],
  ]);
}
