/** What synthesis used, in the units of a device's data sheet. */
export interface Cells {
  /** Look-up tables in any use: logic, adders, memory, shift registers. */
  readonly lut: number;
  /** Of these, what are memory or shift registers. */
  readonly lutMemory: number;
  readonly ff: number;
  readonly dsp: number;
  /** In the unit of the device file. */
  readonly bram: number;
}

/** What one cell of the types that match takes. */
export interface CellRule {
  readonly type: RegExp;
  readonly cells: Partial<Cells>;
}

/** Look-up tables that are memory. */
export const lutMemory = (sites: number): Partial<Cells> => ({ lut: sites, lutMemory: sites });
