/** A mistake in the protocol, by the flags that the model reads. */
export interface Mutant {
  readonly isMutant?: boolean;
  /** A part of the name of the scenario that finds it. */
  readonly look?: string;
  readonly [flag: string]: boolean | string | undefined;
}

/** Attempts and budgets. */
export interface Scenario {
  readonly attempts: readonly { process: number; update: number; program: string }[];
  readonly full?: object;
}

/** What an exploration found. */
export interface Exploration {
  readonly states: number;
  readonly depth: number;
  readonly violation?: string;
  readonly cut?: boolean;
}

/** Explores a scenario, as far as `limit` states. */
export function explore(scenario: Scenario, mutant?: Mutant, limit?: number): Exploration;
