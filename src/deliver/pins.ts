import type { Plan } from '../hardware/plan/types.js';
import { PINS_TOP } from '../hardware/verilog/module_names.js';
import { printModule, type Module, type ModulePort } from '../hardware/verilog/structure.js';
import { topModule } from '../hardware/verilog/top.js';
import type { Files } from '../hardware/folder/files.js';
import { packageFile } from '../hardware/folder/library.js';

export { PINS_TOP };

/** Instance name of the design in the wrapper. */
export const PINS_DESIGN = 'u_design';

/** Wrapper that connects all ports of a design except the clock to the shift registers of sim/qs5_pins.v. */
function pinsModule(design: string, clock: string, ports: readonly ModulePort[]): Module {
  const others = ports.filter(({ name }) => name !== clock);
  const bus = (direction: ModulePort['direction']) => {
    let at = 0;
    const bits = others
      .filter((port) => port.direction === direction)
      .map(({ name, width }) => {
        const from = at;
        at += width;
        return { port: name, expression: `${direction}s[${at - 1}:${from}]` };
      });
    return { bits, width: at };
  };
  const inputs = bus('input');
  const outputs = bus('output');
  return {
    name: PINS_TOP,
    header: [`${design} on four pins, to be placed and routed.`],
    ports: [
      { name: 'clk', direction: 'input', width: 1 },
      { name: 'pin_in', direction: 'input', width: 1 },
      { name: 'load', direction: 'input', width: 1 },
      { name: 'pin_out', direction: 'output', width: 1 },
    ],
    wires: [
      {
        comment: 'all ports of the design side by side',
        wires: [
          { name: 'inputs', width: inputs.width },
          { name: 'outputs', width: outputs.width },
        ],
      },
    ],
    instances: [
      {
        module: 'qs5_pins',
        name: 'u_pins',
        comment: 'shift registers',
        parameters: [
          { name: 'IN_W', value: inputs.width },
          { name: 'OUT_W', value: outputs.width },
        ],
        connections: [
          { port: 'clk_i', expression: 'clk' },
          { port: 'pin_i', expression: 'pin_in' },
          { port: 'load_i', expression: 'load' },
          { port: 'pin_o', expression: 'pin_out' },
          { port: 'to_design_o', expression: 'inputs' },
          { port: 'from_design_i', expression: 'outputs' },
        ],
      },
      {
        module: design,
        name: PINS_DESIGN,
        comment: 'design',
        parameters: [],
        connections: [{ port: clock, expression: 'clk' }, ...inputs.bits, ...outputs.bits],
      },
    ],
  };
}

/** Files of the wrapper of a design: the wrapper and its library module. */
export async function pinsFiles(plan: Plan, folder: string): Promise<Files> {
  return pinsAround(plan.top, 'aclk', topModule(plan, []).ports, folder);
}

/** Files of the wrapper of any module. */
export async function pinsAround(
  module: string,
  clock: string,
  ports: readonly ModulePort[],
  folder: string,
): Promise<Files> {
  return new Map([
    [`${folder}/qs5_pins.v`, await packageFile('sim/qs5_pins.v')],
    [`${folder}/${PINS_TOP}.v`, printModule(pinsModule(module, clock, ports))],
  ]);
}

/**
 * Modules that keep their hierarchy in synthesis: every block, so that its cells can be counted. The
 * cost is small because the ports of blocks are registered.
 */
export function keptModules(plan: Plan): string[] {
  return [...new Set(plan.blocks.map(({ module }) => module))];
}
