// Without simulators, synthesis and compilers: see `global_setup.ts`.
process.env['PATH'] = process.env['QS5_UNIT_PATH'];
