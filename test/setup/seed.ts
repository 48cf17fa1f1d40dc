/** Fixes the seed of every property, so that a failure repeats. fast-check prints the seed with each counterexample. */

import fc from 'fast-check';

fc.configureGlobal({ seed: Number(process.env['SEED'] ?? 20_261_128) });
