import { expect, it } from 'vitest';
import { RESET_MODULE } from '../../src/hardware/blocks/reset.js';
import { libraryModules } from '../../src/hardware/folder/library.js';
import { randomDesign } from '../cycle/cases.js';
import { RTL_FILES } from './harness.js';

/** Number of planned designs. None is simulated. */
const DESIGNS = 120;

it('every module of rtl/ is part of some design', async () => {
  const unused = new Set(RTL_FILES.keys());
  const use = async (modules: readonly string[]) => {
    for (const name of (await libraryModules(modules)).keys()) unused.delete(name);
  };
  await use([RESET_MODULE]);
  for (let i = 0; i < DESIGNS && unused.size > 0; i++) {
    const { plan } = await randomDesign(1, i);
    await use(plan.blocks.map(({ module }) => module));
  }
  expect([...unused]).toEqual([]);
});
