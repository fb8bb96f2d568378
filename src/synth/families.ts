import type { Device } from '../device/device.js';

/** The Yosys command of each family, without its top. */
const COMMANDS: Readonly<Record<Device['family'], string>> = {
  ice40: 'synth_ice40',
  ecp5: 'synth_ecp5',
  xc7: 'synth_xilinx -family xc7 -flatten -noiopad -noclkbuf',
};

/** How Yosys is told to synthesise for a device. */
export function synthesisCommand({ family, dsp }: Device): string {
  // A part without DSPs must not be given any.
  const withDsp = family === 'ice40' && dsp.count > 0 ? ' -dsp' : '';
  return `${COMMANDS[family]}${withDsp}`;
}
