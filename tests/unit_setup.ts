// Without simulators, synthesis and compilers: see `global_setup.ts`.
process.env['PATH'] = process.env['QS5_UNIT_PATH'];
// qs5 fetches nothing. PATH still has npm, with which scripts/setup.sh builds dist/.
process.env['QS5_NPM'] = '/not/in/the/unit/tier/npm';
