import { Exit, runYosys, type Tree } from '@yowasp/yosys';

export interface YosysRun {
  /** True if Yosys ended without an error. */
  readonly ok: boolean;
  /** All that it printed. */
  readonly log: string;
  /** Files that Yosys left in its folder. */
  readonly files: Tree;
}

/** Runs a script of Yosys 0.55 on files that exist only for this run. */
export async function yosysRun(script: string, files: Tree): Promise<YosysRun> {
  const decoder = new TextDecoder();
  let log = '';
  const write = (bytes: Uint8Array | null) => {
    if (bytes !== null) log += decoder.decode(bytes, { stream: true });
  };
  try {
    const left = await runYosys(['-p', script], files, { stdout: write, stderr: write });
    return { ok: true, log, files: left ?? {} };
  } catch (error) {
    if (!(error instanceof Exit)) throw error;
    return { ok: false, log, files: error.files };
  }
}
