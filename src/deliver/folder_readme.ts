import { counted } from '../base/counted.js';
import { SHORTEST_RESET } from '../hardware/blocks/reset.js';
import type { CycleRun } from '../hardware/cycle/model.js';
import type { Stimulus } from '../hardware/cycle/stimulus.js';
import { benchName } from '../hardware/plan/names.js';
import { describeEdge, describeTiming } from '../hardware/plan/describe.js';
import type { Device } from '../hardware/device/device.js';
import type { Plan } from '../hardware/plan/types.js';
import { statusBits } from '../hardware/verilog/top.js';
import { instancePath, partsOf } from '../hardware/verilog/parts.js';
import { FOLDER_NETWORK } from '../hardware/folder/manifest.js';

/** The README of a generated folder, for a reader with Verilog tools and without qs5. */
export function folderReadme(
  plan: Plan,
  stimulus: Stimulus,
  run: CycleRun,
  generator: string,
  synthesis: { readonly device: Device; readonly commands: readonly string[] },
): string {
  const bench = benchName(plan.top);
  const steps = stimulus.sequences.reduce((sum, sequence) => sum + sequence.length, 0);
  const blocks = plan.blocks.map(
    ({ id, module, limit }) => `| \`${instancePath(plan, id)}\` | \`${module}\` | ${limit} |`,
  );
  return `# ${plan.top}

Written by ${generator}. Speed: ${describeTiming(plan)}; bound by \`u_${plan.binding.block}\` (${plan.binding.limit}).

| port | meaning |
|---|---|
| \`aclk\`, \`aresetn\` | clock; synchronous reset, active low, for at least ${SHORTEST_RESET} cycles |
| \`s_axis_*\` | ${edgeText(plan, 'input')} |
| \`m_axis_*\` | ${edgeText(plan, 'output')} |
| \`status\` | sticky bits, cleared by reset: see below |

\`s_axis_tlast\` with the last beat of a step ends a sequence: the next step starts from state zero, without
an idle cycle; within a step it is ignored, and a status bit says so. \`m_axis_tlast\` marks the last beat of a
sequence's last result.${longest(plan)}
Input: the bits of a slot above the word are ignored. Output: they are copies of the word's sign.

| status bit | meaning |
|---|---|
${statusRows(plan)}

## Simulate

The bench offers ${counted(steps, 'time step')} and checks ${counted(run.outputs.length, 'beat')}, each word and each cycle. It ends with a line
\`RESULT mismatches=0 cycle_mismatches=0 outputs=${run.outputs.length} ...\`; a run without this line has failed.

\`\`\`sh
iverilog -g2012 -s qs5_clock -DBENCH=${bench} -o ${plan.top}.vvp -f bench.f bench/clock.v && vvp -n ${plan.top}.vvp
\`\`\`

\`\`\`sh
verilator --cc --exe --build -j 2 --prefix Vbench --Mdir verilator --top-module ${bench} -f bench.f bench/clock.cpp && verilator/Vbench
\`\`\`

Run both in this folder. (Verilator's make needs a path without spaces.) Waves: add \`-DWAVE='"wave.vcd"'\` to iverilog.

Elsewhere, the parameter \`ROM_DIR\` of \`${plan.top}\` names the folder of the ROM images, \`rom\` unless given, and
\`VECTOR_DIR\` of the bench that of the vectors. With this folder in the shell variable \`design\`:

\`\`\`sh
iverilog -g2012 -s qs5_clock "-DBENCH=${bench} #(.ROM_DIR(\\"$design/rom\\"), .VECTOR_DIR(\\"$design/vectors\\"))" -o ${plan.top}.vvp "$design"/rtl/*.v "$design/bench/qs5_bench.v" "$design/bench/${bench}.v" "$design/bench/clock.v" && vvp -n ${plan.top}.vvp
\`\`\`

\`\`\`sh
verilator --cc --exe --build -j 2 --prefix Vbench --Mdir verilator --top-module ${bench} "-GROM_DIR=\\"$design/rom\\"" "-GVECTOR_DIR=\\"$design/vectors\\"" "$design"/rtl/*.v "$design/bench/qs5_bench.v" "$design/bench/${bench}.v" "$design/bench/clock.cpp" && verilator/Vbench
\`\`\`

cocotb, FuseSoC and Vivado (\`synth_design -generic\`) set the same parameter of \`${plan.top}\`.

## Synthesise

The files are those of \`files.f\`, the top module is \`${plan.top}\`. In this folder, for ${synthesis.device.name}:

\`\`\`sh
${synthesis.commands.join('\n')}
\`\`\`

\`YOSYS="qs5 yosys" sh synth/run.sh\` takes the Yosys that comes with qs5. The scripts write to \`synth/out/\`.
\`qs5 synth config.yaml --device ${synthesis.device.name} --reports synth/out\` compares the reports with the estimate.
In this folder \`qs5 synth\`, \`qs5 plan\` and \`qs5 estimate\` need neither checkpoint nor data, because the integers are in
\`${FOLDER_NETWORK}\`. For other devices with Yosys alone:

\`\`\`sh
yosys -p "read_verilog -sv rtl/*.v; synth_xilinx -family xc7 -top ${plan.top}"
yosys -p "read_verilog -sv rtl/*.v; synth_ecp5 -top ${plan.top}"
yosys -p "read_verilog -sv rtl/*.v; synth_ice40 -dsp -top ${plan.top}"
\`\`\`

\`qs5_multiply\` keeps its hierarchy on purpose: \`synth_ice40 -dsp\` merges sums of products wrongly otherwise.

## Files

| file | what it is |
|---|---|
| \`rtl/${plan.top}.v\` | the top module: structure only |${layerRow(plan)}
| \`rtl/qs5_*.v\` | the library modules that it uses |
| \`rom/*.hex\` | ROM images, each with its layout in the first line |
| \`bench/\`, \`vectors/\` | the bench, the clocks for both simulators, stimulus and expected results |
| \`synth/\` | scripts for synthesis, placement and routing on ${synthesis.device.name} |
| \`files.f\`, \`bench.f\` | file lists |
| \`config.yaml\` | the config that this was made from; its paths count from where it was |
| \`${FOLDER_NETWORK}\` | the integers, as \`qs5 quantize\` writes them |
| \`manifest.json\` | versions, sizes, scales, and a SHA-256 of every file |

| instance | module | sets its cycles |
|---|---|---|
${blocks.join('\n')}
`;
}

function edgeText(plan: Plan, end: 'input' | 'output'): string {
  const { lanes, beats, slotWidth } = plan[end];
  const { vector, scale } = describeEdge(plan, end);
  const per = lanes === 1 ? 'one word a beat' : `${lanes} words a beat, the lowest element lowest`;
  const what = end === 'input' || plan.emit === 'step' ? 'per step' : 'per sequence';
  const count = counted(beats, 'beat');
  return `AXI4-Stream, ${what} ${vector}, in ${count}: ${per}, in slots of ${slotWidth} bits${scale === '' ? '' : `; ${scale}`}`;
}

/** Modules of the layers, where there are any. */
function layerRow(plan: Plan): string {
  const [, ...layers] = partsOf(plan);
  if (layers.length === 0) return '';
  const names = layers.map(({ module }) => `\`rtl/${module}.v\``);
  return `\n| ${names.join(', ')} | a layer each: structure only |`;
}

/** Behaviour of a design with a longest sequence for a longer one. */
function longest({ network: { maxLength } }: Plan): string {
  if (maxLength === undefined) return '';
  return `
A sequence has at most ${counted(maxLength, 'step')}. Step ${maxLength} ends the sequence even without \`tlast\`; a status bit then reports the missing \`tlast\`.`;
}

function statusRows(plan: Plan): string {
  return statusBits(plan)
    .map(({ meaning }, i) => `| ${i} | ${meaning} |`)
    .join('\n');
}
