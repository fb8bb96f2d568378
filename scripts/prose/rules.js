/**
 * The rules of docs/style.md that a regular expression can check. A rule is tried on each sentence.
 * `first` marks a sentence that begins a comment, a paragraph, a table cell or a string.
 * `wrong` and `right` are examples: tests/docs/prose.test.ts tries them.
 */

export const LONGEST = 32;

export const RULES = [
  {
    name: 'noun first',
    hint: 'start with the noun: "`Rows`: parameters of ...", "Words per beat."',
    test: ({ text, first, kind }) => {
      if (/\?["')]*$/.test(text)) return false;
      if (/^["'(]*(What|Whether|That|Those|Of|As (many|much)|Such|So (many|much))\b/.test(text)) {
        return true;
      }
      if (!first) return false;
      if (kind === 'string') return /^(what|whether|those)\s/.test(text);
      return /^(what|whether|that|those|of|as (many|much)|such|so (many|much))\s/.test(text);
    },
    wrong: [
      'What a design will cost it says before synthesis.',
      'Whether it fits.',
      'A list. Those of two steps must not mix.',
      'Of as many equal parts as there are reads, the first must be available.',
      'As many rows as fit.',
      'what it does',
    ],
    right: ['What is a step?', 'The step that starts first.', 'Parameters of the rows.', 'Offset.'],
  },
  {
    name: 'long sentence',
    hint: `at most ${LONGEST} words, better 20: one fact a sentence`,
    test: ({ text }) => words(text) > LONGEST,
    wrong: [`The sum ${'of the next word and '.repeat(7)}the last.`],
    right: [
      `The sum ${'of the next word and '.repeat(5)}the last.`,
      `${'One fact. '.repeat(40)}`,
      'x = a * b + c * d - e * f + g * h - i * j + k * l - m * n + o * p - q * r',
    ],
  },
  banned('voice', /\bvoices?\b/i, 'description, model or simulator', 'through every voice'),
  banned('drawn', /\bdrawn\b|\bdraws of\b/i, 'random, sampled, generated', 'drawn from a seed'),
  banned('told', /\btold\b/i, 'name the option or the signal', 'starts when told'),
  banned(
    'unless told',
    /\bunless (told|said|asked)\b|\bsays otherwise\b|\bnobody (says|tells|asks|said|told)\b/i,
    'by default',
    'off unless asked',
  ),
  banned(
    'stands',
    /\b(stands?|stood|standing)\b/i,
    'is, is defined in, is stored in, represents, follows, precedes',
    'how it is done stands in the page',
    ['A standard part.', 'Easy to understand.'],
  ),
  banned('lies', /\b(lies|lie|lying)\b/i, 'is, is stored in, is between', 'the sum lies in a RAM'),
  banned('comes to', /\b(comes?|came|coming) to\b/i, 'is, arrives at, amounts to', 'it comes to 4'),
  banned(
    'there is least of',
    /\b(there is|there are) (least|most|fewest) of\b/i,
    'tightest resource',
    'what there is least of: DSP',
  ),
  banned('of two as fast', /\bof two as \w+/i, 'on a tie', 'of two as fast, the first'),
  banned('as X likes', /\bas \S+ likes?\b/i, 'in any order, of any size', 'as slow as it likes'),
  banned('beside', /\bbeside\b/i, 'next to, compared with, and', 'the estimate beside it', [
    'Besides this, nothing.',
  ]),
  banned(
    'no X',
    /(?<!\bthere )\b(is|are|was|were) no (?!(longer|more|less|fewer|better|worse|other|different|such)\b)[a-z]/i,
    'not a valid X, invalid X: reason',
    'It is no network: x.',
    ['There is no device.', 'It is no longer than 4.'],
  ),
  banned('at the least', /\bat the (least|most)\b/i, 'at least, at most', 'at the least 4 bits'),
  banned(
    'asked for',
    /\b(asked|asks|ask|asking) for\b/i,
    'requested; or name who needs it',
    'each asked for once',
  ),
  banned('nothing is', /\bnothing (is|has)\b/i, 'state what holds', 'nothing is decided here'),
  banned('speaks of', /\b(speaks?|spoken) of\b/i, 'refers to, belongs to', 'the row it speaks of'),
  banned('how sure', /\bhow sure\b/i, 'uncertainty', 'how sure it is'),
  banned('what binds', /\bwhat binds\b/i, 'the limiting resource', 'and what binds it'),
  banned(
    'so many',
    /\b(so (many|much)|as (many|much)) (?!as\b)[a-z]+/i,
    'name the number',
    'so many bits',
    ['as many as fit'],
  ),
  banned(
    'look-up table',
    /\blook-up tables?\b/i,
    'LUT (of an FPGA) or lookup table (of a function)',
    'one look-up table away',
  ),
  banned('worked out', /\bworked out\b/i, 'computed', 'is worked out a cycle before'),
  banned(
    'turned round',
    /\bturn(s|ed|ing)? (it |them )?round\b/i,
    'reversed',
    'the sequence turned round',
  ),
  banned('anew', /\banew\b/i, 'again', 'made anew'),
  {
    name: 'semicolon chain',
    hint: 'at most one semicolon a sentence',
    test: ({ text, kind }) =>
      kind !== 'string' && /;.*;(?!$)/.test(text.replace(/`[^`]*`|\([^)]*\)/g, '')),
    wrong: ['Read it; write it; close it.'],
    right: ['Read it; write it.', 'x `a; b; c` y.'],
  },
  {
    name: 'as in another module',
    hint: 'give the values; a reference to another file may follow them',
    test: ({ text, first, kind }) =>
      kind === 'rtl' &&
      first &&
      /^([A-Z_0-9]+\s+)?(as in|as for|as|see|like) (qs5_|above)/.test(text),
    wrong: [
      'as in qs5_rom',
      'see qs5_round_saturate',
      'ROUNDING  as in qs5_round_saturate',
      'see above',
    ],
    right: [
      '"auto", "block" or "distributed", as in qs5_rom',
      'Latency 2 cycles, see qs5_round_saturate.',
    ],
    kind: 'rtl',
  },
];

function banned(name, pattern, hint, wrong, right = []) {
  return { name, hint, test: ({ text }) => pattern.test(text), wrong: [wrong], right };
}

/** Words of a sentence. Symbols and numbers are not counted, nor are names of one letter. */
export function words(text) {
  return text.split(/\s+/).filter((word) => /\p{L}{2}|^[aAI]$/u.test(word)).length;
}

/** Sentences of a text, with the offset of each. */
export function sentences(text) {
  const found = [];
  const ends = /(?<!\b(?:e\.g|i\.e|cf|vs|etc|approx|no))[.!?]["')\]]*(?=\s)|\n/g;
  let start = 0;
  const add = (end) => {
    const part = text.slice(start, end);
    const at = start + part.search(/\S|$/);
    if (part.trim() !== '') found.push({ text: part.trim(), at });
    start = end;
  };
  for (const { index, 0: stop } of text.matchAll(ends)) add(index + stop.length);
  add(text.length);
  return found;
}

/** Every broken rule of one piece of prose: `{ line, name, hint, text }`. */
export function check({ kind, text, lineAt }) {
  return sentences(text).flatMap(({ text: sentence, at }, i) =>
    RULES.filter(({ test }) => test({ text: sentence, first: i === 0, kind })).map(
      ({ name, hint }) => ({ line: lineAt(at), name, hint, text: sentence }),
    ),
  );
}
