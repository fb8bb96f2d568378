/** Resources used by synthesis, in the units of a device's data sheet. */
export interface Cells {
  /** LUTs in any use: logic, adders, memory, shift registers. */
  readonly lut: number;
  /** LUTs among them that are memory or shift registers. */
  readonly lutMemory: number;
  readonly ff: number;
  readonly dsp: number;
  /** In the unit of the device file. */
  readonly bram: number;
}

/** Resources of one cell of the types that match. */
export interface CellRule {
  readonly type: RegExp;
  readonly cells: Partial<Cells>;
}

/** LUTs that are memory. */
export const lutMemory = (sites: number): Partial<Cells> => ({ lut: sites, lutMemory: sites });
