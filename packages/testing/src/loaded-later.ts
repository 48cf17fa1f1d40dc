/** A module of its own, to be loaded by `import()` as the parts of core are that a bot seldom needs. */

export const isLoaded = true;
