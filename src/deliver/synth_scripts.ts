import type { Device } from '../hardware/device/device.js';
import { familyOf } from '../hardware/device/families/index.js';
import { nextpnrArguments } from '../hardware/device/nextpnr.js';
import type { Plan } from '../hardware/plan/types.js';
import type { Files } from '../hardware/folder/files.js';
import { keptModules, PINS_TOP, pinsFiles } from './pins.js';
import { WRONG_NETLIST, yosysScript } from './yosys_script.js';

/** Output folder of the synthesis scripts, inside a design's folder. */
export const SCRIPTS_OUT = 'synth/out';

/** Clock constraint for Vivado if the config names none, in MHz: more than any design reaches. */
const ASKED_MHZ = 400;

/** Files that `qs5 synth --reports` reads. */
export const REPORTS = {
  netlist: 'netlist.json',
  nextpnr: 'nextpnr.json',
  nextpnrVersion: 'nextpnr.version',
  utilization: 'utilization.rpt',
  timing: 'timing_summary.rpt',
} as const;

/**
 * Scripts that synthesise, and place and route, a design in its folder, for its device.
 *
 * @param clockMhz The clock of the config's target, if it names one.
 */
export async function synthScripts(
  plan: Plan,
  device: Device,
  sources: Files,
  clockMhz?: number,
): Promise<Files> {
  const rtl = [...sources.keys()].filter((path) => path.endsWith('.v'));
  const placer = placerScript(device);
  const pins = placer === undefined ? new Map<string, string>() : await pinsFiles(plan, 'synth');
  const files = new Map<string, string>(pins);
  files.set('synth/yosys.ys', yosysFile(plan, device, [...rtl, ...pins.keys()]));
  files.set('synth/run.sh', runScript(device, placer));
  if (familyOf(device.family).vendor === 'vivado' && device.part !== undefined) {
    files.set('synth/vivado.tcl', vivadoScript(plan, device.part, rtl));
    files.set('synth/clock.xdc', clockConstraint(clockMhz));
  }
  return files;
}

/** Commands that run the scripts in a design's folder. */
export function scriptCommands(files: Files): string[] {
  return [
    ...(files.has('synth/run.sh') ? ['sh synth/run.sh'] : []),
    ...(files.has('synth/vivado.tcl') ? ['vivado -mode batch -source synth/vivado.tcl'] : []),
  ];
}

function yosysFile(plan: Plan, device: Device, sources: readonly string[]): string {
  const onPins = placerScript(device) !== undefined;
  const keep = keptModules(plan);
  const script = yosysScript({
    sources,
    top: onPins ? PINS_TOP : plan.top,
    keep: onPins ? [...keep, plan.top] : keep,
    pads: onPins,
    device,
  });
  return [
    `# Synthesis of ${plan.top} for ${device.name}, run in the folder above: yosys synth/yosys.ys`,
    '# Blocks keep their hierarchy, so that each can be counted.',
    ...(onPins
      ? [`# ${PINS_TOP} puts the design on four pins, as it has more ports than that.`]
      : []),
    ...script,
    'stat',
    `write_json ${SCRIPTS_OUT}/${REPORTS.netlist}`,
    `write_verilog -noattr ${SCRIPTS_OUT}/netlist.v`,
    '',
  ].join('\n');
}

/** Command line that places and routes; undefined without an open-source tool for the device. */
function placerScript(device: Device): string | undefined {
  const { placer } = familyOf(device.family);
  if (placer === undefined || device.nextpnr === undefined) return undefined;
  const args = nextpnrArguments(device, {
    netlist: `${SCRIPTS_OUT}/${REPORTS.netlist}`,
    report: `${SCRIPTS_OUT}/${REPORTS.nextpnr}`,
    seed: '"$seed"',
  });
  return [
    `${placer.program} --version > ${SCRIPTS_OUT}/${REPORTS.nextpnrVersion} 2>&1`,
    `${placer.program} -q --log ${SCRIPTS_OUT}/nextpnr.log ${args.join(' ')}`,
  ].join('\n');
}

function runScript(device: Device, placer: string | undefined): string {
  const what = placer === undefined ? 'Synthesises' : 'Synthesises, places and routes';
  return [
    '#!/bin/sh',
    `# ${what} for ${device.name}: sh synth/run.sh${placer === undefined ? '' : ' [seed]'}`,
    `# Results go to ${SCRIPTS_OUT}/; qs5 synth --reports reads them there.`,
    '# YOSYS names a Yosys; the default is the one on PATH. YOSYS="qs5 yosys" is the one of qs5.',
    'set -eu',
    'cd "$(dirname "$0")/.."',
    ...(placer === undefined ? [] : ['seed="${1:-1}"']),
    `mkdir -p ${SCRIPTS_OUT}`,
    // Reports of an earlier run; those of Vivado stay.
    `rm -f ${[REPORTS.netlist, REPORTS.nextpnr, REPORTS.nextpnrVersion]
      .map((name) => `${SCRIPTS_OUT}/${name}`)
      .join(' ')}`,
    `\${YOSYS:-yosys} -q -l ${SCRIPTS_OUT}/yosys.log synth/yosys.ys`,
    // Yosys 0.23 and 0.55 make wrong netlists of some designs, and only warn.
    `if grep -iE '${WRONG_NETLIST}' ${SCRIPTS_OUT}/yosys.log; then`,
    '  echo "run.sh: the warnings above mean a wrong netlist" >&2',
    `  rm -f ${SCRIPTS_OUT}/${REPORTS.netlist}`,
    '  exit 1',
    'fi',
    ...(placer === undefined ? [] : [placer]),
    '',
  ].join('\n');
}

function vivadoScript(plan: Plan, part: string, rtl: readonly string[]): string {
  return `# Synthesis, placement and routing of ${plan.top} for ${part}, out of context: its ports are no pins.
#   vivado -mode batch -source synth/vivado.tcl
# Results go to ${SCRIPTS_OUT}/; qs5 synth --reports reads them there.
cd [file dirname [file dirname [file normalize [info script]]]]
file mkdir ${SCRIPTS_OUT}
read_verilog {
${rtl.map((path) => `  ${path}`).join('\n')}
}
read_xdc -mode out_of_context synth/clock.xdc
synth_design -top ${plan.top} -part ${part} -mode out_of_context
opt_design
place_design
phys_opt_design
route_design
report_utilization -file ${SCRIPTS_OUT}/${REPORTS.utilization}
report_utilization -hierarchical -file ${SCRIPTS_OUT}/utilization_blocks.rpt
report_timing_summary -file ${SCRIPTS_OUT}/${REPORTS.timing}
write_checkpoint -force ${SCRIPTS_OUT}/${plan.top}.dcp
`;
}

function clockConstraint(clockMhz: number | undefined): string {
  const mhz = clockMhz ?? ASKED_MHZ;
  const why =
    clockMhz === undefined
      ? 'More than the design reaches, so that it is always the limit: clock = 1 / (period - slack).'
      : `The clock of the config's target, ${clockMhz} MHz.`;
  return `# ${why}
create_clock -name aclk -period ${Number((1000 / mhz).toFixed(3))} [get_ports aclk]
`;
}
