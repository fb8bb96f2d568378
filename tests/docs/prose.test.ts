import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { describe, expect, it } from 'vitest';
import { pieces } from '../../scripts/prose/pieces.js';
import { check, RULES } from '../../scripts/prose/rules.js';
import { withTemporaryFolder } from '../../src/tools/temporary_folder.js';

describe.each(RULES.map((rule) => [rule.name, rule] as const))('rule "%s"', (name, rule) => {
  const broken = (text: string) =>
    check({ kind: rule.kind ?? 'comment', text, lineAt: () => 1 }).map((fault) => fault.name);

  it.each(rule.wrong)('finds %j', (text) => {
    expect(broken(text)).toContain(name);
  });

  it.each(rule.right)('passes %j', (text) => {
    expect(broken(text)).not.toContain(name);
  });
});

/** Lines and rules that a file breaks. */
function faults(file: string, lines: readonly string[]): string[] {
  return (pieces(file, lines.join('\n')) ?? [])
    .flatMap(check)
    .map(({ line, name }) => `${line} ${name}`);
}

describe('places of prose', () => {
  it('TypeScript: comments, strings, parts of a sum, not code or single words', () => {
    expect(
      faults('a.ts', [
        '/** A step.',
        ' * @param x',
        ' *   what it is',
        ' */',
        "const drawn = 'drawn';",
        'const y = 1; // told so',
        '// One line, and',
        '// the next is drawn.',
        "const text = 'It is ' +",
        "  'no network.';",
        'const template = `from a ${drawn} voice`;',
      ]),
    ).toEqual(['3 noun first', '7 drawn', '6 told', '9 no X', '11 voice']);
  });

  it('Verilog: comments of their own and behind code', () => {
    expect(
      faults('a.v', [
        '// Product of two words.',
        '//',
        '// ROUNDING  as in qs5_round_increment',
        'module a #(parameter W = 8); // as in qs5_rom',
      ]),
    ).toEqual(['3 as in another module', '4 as in another module']);
  });

  it('Markdown: paragraphs over lines, list items, cells, no code', () => {
    expect(
      faults('a.md', [
        'The page stands',
        'alone. `drawn` is code.',
        '- what it is',
        '| name | what it does |',
        '```',
        'drawn',
        '```',
      ]),
    ).toEqual(['1 stands', '3 noun first', '4 noun first']);
  });

  it('YAML and shell: comments', () => {
    expect(faults('a.yaml', ['# drawn here', 'a: 1 # told', 'b: "#1 drawn"'])).toEqual([
      '1 drawn',
      '2 told',
    ]);
  });
});

it('scripts/prose.js names place and rule, and fails', async () => {
  await withTemporaryFolder(async (folder) => {
    const file = join(folder, 'a.md');
    await writeFile(file, 'Fine.\n\nDrawn from a seed.\n');
    const { exitCode, stdout } = await execa('node', ['scripts/prose.js', file], { reject: false });
    expect(exitCode).toBe(1);
    expect(stdout).toContain(`${file}:3  drawn: Drawn from a seed.`);
  });
});
