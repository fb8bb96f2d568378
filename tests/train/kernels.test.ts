import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';

it('the checked-in kernels of training are those of the source', () => {
  const made = execFileSync(process.execPath, ['scripts/build_kernels.js', 'train'], {
    encoding: 'utf8',
  });
  expect(made).toBe(readFileSync('src/train/fast/kernel_bytes.ts', 'utf8'));
});
