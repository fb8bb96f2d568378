import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';
import { fileOf, RTL, SLOW } from './tests/tiers.js';

/** The longest files first: left to the end, one of two workers would have nothing to do. */
const LONGEST = [...SLOW, 'rtl/conformance', ...RTL].map(fileOf);

class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const rank = ({ moduleId }: TestSpecification) => {
      const found = LONGEST.findIndex((name) => moduleId.endsWith(name));
      return found < 0 ? LONGEST.length : found;
    };
    return (await super.sort(files)).sort((a, b) => rank(a) - rank(b));
  }
}

const tier = (name: string, include: string[]) => ({
  extends: true as const,
  test: { name, include, setupFiles: ['tests/setup.ts'] },
});

/** Unit tests mock no module, so a worker loads src/ once for all its files. */
const UNIT = {
  extends: true as const,
  test: {
    name: 'unit',
    include: ['tests/**/*.test.ts'],
    exclude: [...SLOW, ...RTL].map(fileOf),
    setupFiles: ['tests/setup.ts', 'tests/unit_setup.ts'],
    isolate: false,
  },
};

export default defineConfig({
  test: {
    globalSetup: ['tests/global_setup.ts'],
    // A limit in wall time, only to end a hang: a busy machine slows a sound test many times.
    // Simulators and compilers have limits on their own CPU time.
    testTimeout: 3_600_000,
    hookTimeout: 3_600_000,
    maxWorkers: 2,
    sequence: { sequencer: LongestFirst },
    projects: [tier('slow', SLOW.map(fileOf)), tier('rtl', RTL.map(fileOf)), UNIT],
  },
});
