/** A comment, a string, a paragraph or a table cell. */
export interface Piece {
  readonly kind: 'comment' | 'rtl' | 'string' | 'markdown';
  readonly text: string;
  /** Line of the file at an offset of the text. */
  readonly lineAt: (offset: number) => number;
}

export function pieces(file: string, text: string): Piece[] | undefined;
