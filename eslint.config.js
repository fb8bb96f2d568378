import eslint from '@eslint/js';
import tseslint from 'typescript-eslint';

/**
 * Imports point one way. Rooms of src/, each with the rooms that it may import. cli.ts and index.ts
 * may import every room.
 */
const ROOMS = {
  base: [],
  config: ['base'],
  tools: ['base'],
  jobs: ['base', 'tools'],
  float: ['base'],
  network: ['base', 'config', 'float'],
  train: ['base', 'jobs', 'float', 'network'],
  hardware: ['base', 'config', 'network', 'tools'],
  design: ['base', 'config', 'jobs', 'float', 'network', 'hardware'],
  deliver: ['base', 'config', 'network', 'hardware', 'design'],
  prove: [
    ...['base', 'config', 'tools', 'jobs', 'float', 'network', 'hardware', 'design', 'deliver'],
  ],
  study: ['base', 'config', 'jobs', 'float', 'network', 'train', 'hardware', 'design'],
  app: [
    ...['base', 'config', 'tools', 'jobs', 'float', 'network', 'hardware', 'design', 'deliver'],
    ...['prove', 'study', 'train'],
  ],
};

/** Folders within a room, each with the folders of the room that it may import. */
const FOLDERS = {
  base: { fixed: ['.'] },
  float: { checkpoint: [], dataset: ['checkpoint'], s5: ['checkpoint'] },
  network: { emulate: ['.'], quantize: ['.'] },
  train: {
    ops: [],
    engine: ['ops'],
    fast: ['engine', 'ops'],
    graph: ['engine', 'ops'],
    quantized: ['fast', 'graph', 'ops'],
    loop: ['engine', 'fast', 'graph', 'ops', 'quantized'],
    run: ['graph', 'loop', 'ops'],
    inference: ['fast', 'graph', 'loop'],
  },
  hardware: {
    device: ['.'],
    blocks: ['.'],
    plan: ['.', 'blocks', 'device'],
    verilog: ['.', 'plan', 'blocks'],
    cycle: ['.', 'plan', 'blocks'],
    estimate: ['.', 'plan', 'blocks', 'device'],
    folder: ['.', 'plan', 'blocks', 'verilog', 'cycle'],
  },
  prove: {
    simulate: [],
    synth: ['simulate'],
    calibrate: ['simulate', 'synth'],
    fuzz: ['simulate'],
  },
  study: {
    evaluate: [],
    sensitivity: ['evaluate'],
    sweep: ['evaluate'],
    explore: ['evaluate', 'sweep'],
  },
  app: { report: [], commands: ['report'] },
};

function zone(files, ignores, names, message) {
  const patterns = names.map((name) => ({ group: [`**/${name}/*`, `**/${name}/**`], message }));
  return { files, ignores, rules: { 'no-restricted-imports': ['error', { patterns }] } };
}

/** One zone for each folder of a room, and one for the files of the room itself. */
const zones = Object.entries(ROOMS).flatMap(([room, allowed]) => {
  const folders = FOLDERS[room] ?? {};
  const outside = Object.keys(ROOMS).filter((other) => other !== room && !allowed.includes(other));
  const inside = Object.entries(folders).map(([folder, reads]) => {
    const closed = Object.keys(folders).filter((one) => one !== folder && !reads.includes(one));
    const may = [...reads.map((one) => (one === '.' ? room : one)), ...allowed].join(', ');
    const message = `src/${room}/${folder} may import only: ${may || 'nothing'}.`;
    return zone([`src/${room}/${folder}/**/*.ts`], [], [...outside, ...closed], message);
  });
  const message = `src/${room} may import only: ${allowed.join(', ') || 'nothing'}.`;
  const own = Object.keys(folders).map((folder) => `src/${room}/${folder}/**`);
  const nested = room === 'base' ? [] : Object.keys(folders);
  return [...inside, zone([`src/${room}/**/*.ts`], own, [...outside, ...nested], message)];
});

export default tseslint.config(
  { ignores: ['dist', 'node_modules', 'out', 'coverage', 'kernels'] },
  eslint.configs.recommended,
  ...tseslint.configs.strictTypeChecked,
  {
    languageOptions: {
      parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname },
    },
    rules: {
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      '@typescript-eslint/no-non-null-assertion': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': 'error',
      eqeqeq: 'error',
    },
  },
  ...zones,
  { files: ['**/*.js'], ...tseslint.configs.disableTypeChecked },
);
