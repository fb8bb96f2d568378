import eslint from '@eslint/js';
import tseslint from 'typescript-eslint';

/**
 * Imports point one way. For each folder of src/: the folders it may import from.
 * Files at the root of src/ (errors.ts) may be imported from anywhere.
 */
const MAY_IMPORT = {
  fixed: [],
  network: ['fixed', 'checkpoint', 's5'],
  config: ['fixed'],
  device: ['config'],
  checkpoint: [],
  dataset: ['checkpoint'],
  s5: ['checkpoint'],
  emulate: ['fixed', 'network'],
  quantize: ['fixed', 'network', 'config', 's5', 'dataset', 'checkpoint'],
  blocks: ['fixed'],
  plan: ['fixed', 'network', 'blocks', 'config', 'device'],
  cycle: ['plan', 'blocks', 'fixed'],
  verilog: ['plan', 'blocks', 'fixed'],
  estimate: ['network', 'plan', 'blocks', 'fixed', 'device'],
  tools: [],
  jobs: [],
  cache: ['tools'],
  design: [
    'cache',
    'fixed',
    'network',
    'config',
    'device',
    'checkpoint',
    'dataset',
    's5',
    'quantize',
    'blocks',
    'plan',
    'verilog',
    'estimate',
  ],
};
/** Folders at the end of the chain. Each may import all folders above and all before it in this list. */
const TAIL = [
  'evaluate',
  'sensitivity',
  'sweep',
  'explore',
  'simulate',
  'synth',
  'calibrate',
  'fuzz',
  'report',
  'commands',
];

const folders = [...Object.keys(MAY_IMPORT), ...TAIL];
const zones = folders.map((folder) => {
  const tail = TAIL.indexOf(folder);
  const allowed = MAY_IMPORT[folder] ?? [...Object.keys(MAY_IMPORT), ...TAIL.slice(0, tail)];
  const forbidden = folders.filter((other) => other !== folder && !allowed.includes(other));
  return {
    files: [`src/${folder}/**/*.ts`],
    ignores: ['**/*.test.ts'],
    rules: {
      'no-restricted-imports': [
        'error',
        {
          patterns: forbidden.map((other) => ({
            group: [`**/${other}/*`, `**/${other}`],
            message: `src/${folder} may import only: ${allowed.join(', ') || 'nothing'}.`,
          })),
        },
      ],
    },
  };
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
