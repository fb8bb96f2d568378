/** Pieces of prose of a file: comments, strings, paragraphs, table cells. */
import ts from 'typescript';

/** A piece `{ kind, text, lineAt }` from lines `[number, text]`. */
function piece(kind, lines) {
  const starts = [];
  let text = '';
  for (const [number, line] of lines) {
    starts.push([text.length, number]);
    text += `${line.trim()} `;
  }
  const lineAt = (offset) => starts.findLast(([start]) => start <= offset)?.[1] ?? 1;
  return { kind, text: text.trimEnd(), lineAt };
}

/** Lines of a comment as pieces: a blank line, a bullet, a tag or a column of a table begins one. */
function blocks(kind, lines) {
  const pieces = [];
  let open = [];
  const close = () => {
    if (open.length > 0) pieces.push(piece(kind, open));
    open = [];
  };
  for (const [number, line] of lines) {
    const text = line.trim();
    if (text === '' || /^[-=*/#]+$/.test(text)) {
      close();
      continue;
    }
    const tag = /^@(param(\s+\{[^}]*\})?\s+\S+|returns|throws)\s*/.exec(text);
    const column = /^[\w.*[\]-]+( [\w.*[\]-]+){0,2}\s{2,}(?=\S)/.exec(text);
    if (tag !== null || column !== null || /^([-*] |\d+[.)] )/.test(text)) close();
    const named = column !== null && kind !== 'rtl' ? column[0].length : 0;
    open.push([number, text.slice(tag?.[0].length ?? named).replace(/^([-*] |\d+[.)] )/, '')]);
  }
  close();
  return pieces;
}

const numbered = (text, first = 1) => text.split('\n').map((line, i) => [first + i, line]);

/** Comments `// x` on lines of their own that follow each other are one; one behind code is alone. */
function slashComments(kind, text, found) {
  const lines = numbered(text);
  const groups = [];
  let group = [];
  const close = () => {
    if (group.length > 0) groups.push(group);
    group = [];
  };
  const own = new Map();
  const behind = [];
  for (const { line, comment, alone } of found) {
    if (alone) own.set(line, comment);
    else behind.push([line, comment]);
  }
  for (const [number] of lines) {
    const comment = own.get(number);
    if (comment === undefined) close();
    else group.push([number, comment]);
  }
  close();
  return [...groups, ...behind.map((one) => [one])].flatMap((one) => blocks(kind, one));
}

/** Verilog, C++ and AssemblyScript without a parser: strings hold no `//` there. */
function rtlPieces(text) {
  const found = [];
  const block = [];
  for (const [line, code] of numbered(text)) {
    const at = code.indexOf('//');
    if (at >= 0 && code[at - 1] !== ':') {
      const comment = code.slice(at).replace(/^\/+/, '');
      found.push({ line, comment, alone: code.slice(0, at).trim() === '' });
    }
  }
  for (const { index, 0: comment } of text.matchAll(/\/\*[^]*?\*\//g)) {
    const first = text.slice(0, index).split('\n').length;
    block.push(...blocks('rtl', starred(comment, first)));
  }
  return [...slashComments('rtl', text, found), ...block];
}

function starred(comment, first) {
  const inner = comment.replace(/^\/\*+/, '').replace(/\*+\/$/, '');
  return numbered(inner, first).map(([number, line]) => [number, line.replace(/^\s*\* ?/, '')]);
}

/** TypeScript and JavaScript: comments, and strings of several words. */
function scriptPieces(text, file) {
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true);
  const line = (at) => source.getLineAndCharacterOfPosition(at).line + 1;
  const ranges = new Map();
  const strings = [];
  const visit = (node) => {
    const all = [
      ...(ts.getLeadingCommentRanges(text, node.pos) ?? []),
      ...(ts.getTrailingCommentRanges(text, node.end) ?? []),
    ];
    for (const range of all) ranges.set(range.pos, range);
    const words = said(node);
    if (words !== undefined) {
      if (/\S\s+\S/.test(words)) strings.push([line(node.getStart()), words]);
      return;
    }
    if (!ts.isImportDeclaration(node)) node.getChildren(source).forEach(visit);
  };
  visit(source);
  const slashes = [];
  const stars = [];
  for (const { pos, end, kind } of ranges.values()) {
    const comment = text.slice(pos, end);
    if (/eslint-disable|@ts-|^\/\/\/ </.test(comment)) continue;
    if (kind === ts.SyntaxKind.MultiLineCommentTrivia) {
      stars.push(...blocks('comment', starred(comment, line(pos))));
    } else {
      const before = text.slice(text.lastIndexOf('\n', pos - 1) + 1, pos);
      slashes.push({ line: line(pos), comment: comment.slice(2), alone: before.trim() === '' });
    }
  }
  return [
    ...stars,
    ...slashComments('comment', text, slashes),
    ...strings.map(([at, words]) => ({ kind: 'string', text: words, lineAt: () => at })),
  ];
}

/** Text of a string, of a template with X for its values, or of a sum of such. */
function said(node) {
  if (ts.isStringLiteralLike(node)) return node.text;
  if (ts.isTemplateExpression(node)) {
    if (node.templateSpans.some(({ expression }) => nested(expression))) return undefined;
    return node.templateSpans.reduce((all, span) => `${all}X${span.literal.text}`, node.head.text);
  }
  if (ts.isBinaryExpression(node) && node.operatorToken.kind === ts.SyntaxKind.PlusToken) {
    const [left, right] = [said(node.left), said(node.right)];
    return left === undefined || right === undefined ? undefined : left + right;
  }
  return undefined;
}

/** An expression inside of a template that has words of its own. */
function nested(node) {
  if (ts.isStringLiteralLike(node)) return / /.test(node.text.trim());
  if (ts.isTemplateExpression(node)) return true;
  return ts.forEachChild(node, (child) => nested(child) || undefined) ?? false;
}

/** Markdown without its code: paragraphs, list items, headings, table cells. */
function markdownPieces(text) {
  const pieces = [];
  let open = [];
  let fenced = false;
  const close = () => {
    if (open.length > 0) pieces.push(piece('markdown', open));
    open = [];
  };
  for (const [number, raw] of numbered(text)) {
    if (/^\s*```/.test(raw)) {
      close();
      fenced = !fenced;
      continue;
    }
    const line = fenced ? '' : plain(raw);
    if (/^\s*\|/.test(line)) {
      close();
      for (const cell of line.split('|').slice(1, -1)) {
        if (/[a-z]/i.test(cell)) pieces.push(piece('markdown', [[number, cell]]));
      }
    } else if (line.trim() === '') close();
    else {
      if (/^\s*([-*] |\d+\. |#)/.test(line)) close();
      open.push([number, line.replace(/^\s*([-*] |\d+\. |#+ |> )/, '')]);
      if (/^#/.test(line)) close();
    }
  }
  close();
  return pieces;
}

const plain = (line) =>
  line
    .replace(/`[^`]*`/g, '`x`')
    .replace(/!?\[([^\]]*)\]\([^)]*\)/g, '$1')
    .replace(/<!--|-->/g, '')
    .replace(/[*_]{1,2}(?=\S)|(?<=\S)[*_]{1,2}/g, '');

/** YAML and shell: comments that begin with #. */
function hashPieces(text) {
  const found = numbered(text)
    .filter(([line, code]) => /(^|\s)# /.test(code) && !(line === 1 && code.startsWith('#!')))
    .map(([line, code]) => {
      const at = code.search(/(^|\s)# /);
      return {
        line,
        comment: code.slice(at).replace(/^\s*# /, ''),
        alone: code.slice(0, at).trim() === '',
      };
    });
  return slashComments('comment', text, found);
}

/** Prose of a file by the ending of its name, or undefined where none is read. */
export function pieces(file, text) {
  if (/\.(ts|js)$/.test(file)) return scriptPieces(text, file);
  if (/\.(v|cpp|svh?)$/.test(file)) return rtlPieces(text);
  if (/\.md$/.test(file)) return markdownPieces(text);
  if (/\.(yaml|yml|sh)$/.test(file) || file === '.ci/run') return hashPieces(text);
  return undefined;
}
