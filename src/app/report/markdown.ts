/** A table of Markdown: titles, and rows of the same length. Columns are left-aligned by default. */
export function markdownTable(
  head: readonly string[],
  rows: readonly (readonly (string | number)[])[],
  align: readonly ('left' | 'right')[] = [],
): string {
  const line = (cells: readonly (string | number)[]) => `| ${cells.join(' | ')} |`;
  return [
    line(head),
    line(head.map((_, i) => (align[i] === 'right' ? '---:' : '---'))),
    ...rows.map(line),
  ].join('\n');
}
