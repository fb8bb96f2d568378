import { describe, expect, it } from 'vitest';
import { createProgress } from '../../src/app/report/progress.js';
import { renderTable } from '../../src/app/report/table.js';

describe('renderTable', () => {
  it('aligns columns, without colours or trailing spaces', () => {
    const text = renderTable({
      head: ['engine', 'cycles'],
      rows: [
        ['b', 64],
        ['recurrence', 8],
      ],
      align: ['left', 'right'],
    });
    expect(text).toBe('engine      cycles\nb               64\nrecurrence       8\n');
  });

  it('can have colours', () => {
    expect(renderTable({ head: ['a'], rows: [], colour: true })).toContain('\u001b[');
  });
});

describe('createProgress without a terminal', () => {
  it('prints a line about every 5 s', () => {
    const lines: string[] = [];
    let time = 0;
    const io = { stderr: (text: string) => void lines.push(text), stderrIsTerminal: false };
    const progress = createProgress(io, 'emulate', 200, () => time);
    for (let done = 1; done <= 120; done++) {
      time = done * 100;
      progress.update(done);
    }
    progress.stop();
    time = 1e6;
    progress.update(121);
    expect(lines).toEqual(['emulate: 50/200 (25 %), 5 s\n', 'emulate: 100/200 (50 %), 10 s\n']);
  });
});
