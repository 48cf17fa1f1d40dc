import type { Mutant, Scenario } from './explore.mjs';

export const scenarios: { readonly [name: string]: Scenario };
export const mutants: { readonly [name: string]: Mutant };
