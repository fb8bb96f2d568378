import Table from 'cli-table3';
import pc from 'picocolors';

export type Align = 'left' | 'right';

export interface TableOptions {
  /** Column titles. */
  readonly head: readonly string[];
  /** One array per row, as long as `head`. */
  readonly rows: readonly (readonly (string | number)[])[];
  /** By column; left by default. */
  readonly align?: readonly Align[];
  /** True for a terminal: titles are dim. Default: no colours. */
  readonly colour?: boolean;
}

const CHARS = {
  top: '',
  'top-mid': '',
  'top-left': '',
  'top-right': '',
  bottom: '',
  'bottom-mid': '',
  'bottom-left': '',
  'bottom-right': '',
  left: '',
  'left-mid': '',
  mid: '',
  'mid-mid': '',
  right: '',
  'right-mid': '',
  middle: '  ',
};

/** A table without lines: titles, then rows, columns two spaces apart. Ends with a newline. */
export function renderTable({ head, rows, align = [], colour = false }: TableOptions): string {
  const { dim } = pc.createColors(colour);
  const table = new Table({
    chars: CHARS,
    style: { head: [], border: [], compact: true, 'padding-left': 0, 'padding-right': 0 },
    colAligns: head.map((_, i) => align[i] ?? 'left'),
  });
  table.push(
    head.map((title) => dim(title)),
    ...rows.map((row) => row.map(String)),
  );
  return `${table.toString().replaceAll(/ +$/gm, '')}\n`;
}
