import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { runTool } from '../../src/tools/run.js';
import { diskProblem, withTemporaryFolder } from '../../src/tools/temporary_folder.js';
import { toolStatus } from '../../src/tools/version.js';
import { script, temporaryFolder } from './fake_tools.js';

const own = temporaryFolder();
afterEach(() => {
  vi.unstubAllEnvs();
});

const systemError = (code: string, path?: string) =>
  Object.assign(new Error(code), {
    code,
    syscall: 'write',
    ...(path === undefined ? {} : { path }),
  });

describe('a temporary folder', () => {
  it('is there while it is used, and gone after it, also after an error', async () => {
    let seen = '';
    const made = await withTemporaryFolder(async (folder) => {
      seen = folder;
      await writeFile(join(folder, 'a'), 'a');
      return existsSync(join(folder, 'a'));
    });
    expect([made, existsSync(seen)]).toEqual([true, false]);
    const bug = new Error('bug');
    const run = withTemporaryFolder(async (folder) => {
      seen = folder;
      return Promise.reject(bug);
    });
    await expect(run).rejects.toBe(bug);
    expect(existsSync(seen)).toBe(false);
  });

  it.each([
    ['/nonexistent', 'there is no such folder'],
    ['/dev/null', 'it is not a folder'],
    ['/proc', 'there is no such folder'],
  ])('says so where TMPDIR is %s', async (folder, reason) => {
    vi.stubEnv('TMPDIR', folder);
    const run = withTemporaryFolder(async () => Promise.resolve());
    await expect(run).rejects.toMatchObject({
      code: 'E_OUTPUT',
      exitCode: 1,
      message: `The folder for temporary files cannot be used: ${reason}.`,
      details: { subject: folder, hint: expect.stringContaining('set TMPDIR') as string },
    });
  });

  it.each([
    ['ENOSPC', 'it has no room left'],
    ['EDQUOT', 'the quota of disk space is used up'],
    ['EROFS', 'it is read-only'],
  ])('takes %s from what writes into it', async (code, reason) => {
    const run = withTemporaryFolder(async (folder) =>
      Promise.reject(systemError(code, join(folder, 'top.v'))),
    );
    await expect(run).rejects.toMatchObject({
      code: 'E_OUTPUT',
      message: `The folder for temporary files cannot be used: ${reason}.`,
    });
    // Also where the system names no file, as for a write.
    expect(await diskProblem(systemError(code))).toMatchObject({ code: 'E_OUTPUT' });
  });

  it('takes no other file for its own, and no other error for the disk', async () => {
    expect(await diskProblem(systemError('ENOSPC', '/elsewhere/file'), own)).toBeUndefined();
    expect(await diskProblem(systemError('EMFILE'), own)).toBeUndefined();
    expect(await diskProblem(new Error('bug'), own)).toBeUndefined();
  });
});

describe('a tool without a temporary folder', () => {
  it('is not what is wrong', async () => {
    const env = { QS5_IVERILOG: script(own, 'no-tmp', 'echo "ivl: cannot open" >&2; exit 1') };
    vi.stubEnv('TMPDIR', '/nonexistent');
    const run = runTool({ tool: 'iverilog', args: [], timeoutMs: 5000, env });
    await expect(run).rejects.toMatchObject({
      code: 'E_OUTPUT',
      message: expect.stringMatching(
        /there is no such folder\. Then:\niverilog ended with exit code 1\.\n\| ivl: cannot open$/,
      ) as string,
    });
    const { state, advice } = await toolStatus('iverilog', { env });
    expect([state, advice]).toEqual([
      'broken',
      'The folder for temporary files cannot be used: there is no such folder.',
    ]);
  });
});
