import type { Cells } from '../../hardware/device/cells.js';
import type { Device } from '../../hardware/device/device.js';
import { familyOf } from '../../hardware/device/families/index.js';

export type { Cells } from '../../hardware/device/cells.js';

export const NO_CELLS: Cells = { lut: 0, lutMemory: 0, ff: 0, dsp: 0, bram: 0 };

export function addCells(a: Cells, b: Cells): Cells {
  return {
    lut: a.lut + b.lut,
    lutMemory: a.lutMemory + b.lutMemory,
    ff: a.ff + b.ff,
    dsp: a.dsp + b.dsp,
    bram: a.bram + b.bram,
  };
}

/** Cells times a count. */
export function timesCells(cells: Cells, count: number): Cells {
  return {
    lut: count * cells.lut,
    lutMemory: count * cells.lutMemory,
    ff: count * cells.ff,
    dsp: count * cells.dsp,
    bram: count * cells.bram,
  };
}

/** Resources of one cell of a type on a family. */
export function cellsOfType(family: Device['family'], type: string): Cells {
  const rule = familyOf(family).cells.find((candidate) => candidate.type.test(type));
  return { ...NO_CELLS, ...rule?.cells };
}
