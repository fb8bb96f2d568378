import type { Block } from '../../hardware/blocks/block.js';
import { signalPort, signalsOf } from '../../hardware/blocks/bundles.js';
import { libraryModules } from '../../hardware/folder/library.js';
import { romFile } from '../../hardware/verilog/hex.js';
import { ALONE_TOP } from '../../hardware/verilog/module_names.js';
import { printModule, type ModulePort } from '../../hardware/verilog/structure.js';
import { PINS_DESIGN, PINS_TOP, pinsAround } from '../../deliver/pins.js';
import type { SynthesisRequest } from './synthesize.js';

/** A single block with its ports on few pins, for place and route. */
export async function blockRequest(block: Block): Promise<SynthesisRequest> {
  const ports: ModulePort[] = [
    { name: 'clk_i', direction: 'input', width: 1 },
    { name: 'rst_i', direction: 'input', width: 1 },
    ...block.ports.flatMap((port) =>
      signalsOf(port).map((signal): ModulePort => {
        const outward = (port.direction === 'out') === (signal.driver === 'producer');
        const direction = outward ? 'output' : 'input';
        return { name: signalPort(port, signal), direction, width: signal.width };
      }),
    ),
  ];
  const around = printModule({
    name: ALONE_TOP,
    header: [`${block.module} alone.`],
    ports,
    wires: [],
    instances: [
      {
        module: block.module,
        name: `u_${block.id}`,
        comment: block.summary,
        parameters: block.parameters,
        connections: ports.map(({ name }) => ({ port: name, expression: name })),
      },
    ],
  });
  const modules = await libraryModules([block.module]);
  return {
    files: new Map([
      ...[...modules].map(([name, text]) => [`rtl/${name}.v`, text] as const),
      [`rtl/${ALONE_TOP}.v`, around],
      ...(await pinsAround(ALONE_TOP, 'clk_i', ports, 'pins')),
      ...block.roms.map((rom) => [rom.file, romFile(rom)] as const),
    ]),
    top: PINS_TOP,
    keep: [ALONE_TOP],
    inside: PINS_DESIGN,
  };
}
