import * as fc from 'fast-check';

// The same cases in every run; a failure prints them.
fc.configureGlobal({ seed: 20_240_614 });
