import { join, resolve } from 'node:path';
import * as fc from 'fast-check';

// The same cases in every run; a failure prints them.
fc.configureGlobal({ seed: 20_240_614 });

// A test that wants a cache names its own: what earlier runs left must not decide anything.
process.env['QS5_CACHE'] = '';

// Verilator's programs run for seconds, and took several times as long to compile with -Os.
process.env['MAKEFLAGS'] = 'OPT_FAST=-O0 OPT_SLOW=-O0 OPT_GLOBAL=-O0';

// The run-time library of Verilator is the same for every model: one run compiles it once.
const { QS5_TEST_FOLDER: folder } = process.env;
if (folder === undefined) throw new Error('global_setup.ts has not run');
process.env['QS5_TEST_OBJECTS'] = join(folder, 'objects');
process.env['OBJCACHE'] = `sh "${resolve('tests/verilator/compile_once.sh')}"`;
