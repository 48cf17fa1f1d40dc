/** Options as plain JavaScript may give them: what no compiler has looked at is rejected by name where it is defined. */

import * as chosen from '#option-checks';
import { isPromise } from './awaitable.ts';
import { FsmError } from './errors.ts';
import type * as checks from './option-checks.ts';
import type { Rule } from './option-checks.ts';
import { isSchema } from './schema.ts';
import { shown } from './shown.ts';

export type { Rule } from './option-checks.ts';

/** Makes the error for an option that is none. */
export function invalidOption(
  option: string,
  expected: string,
  found: string,
): FsmError<'INVALID_OPTION'> {
  return new FsmError('INVALID_OPTION', { option, expected, found });
}

/**
 * Returns what a function of the bot has decided.
 *
 * @throws FsmError `INVALID_OPTION` for a promise: it would count as a yes, or as a no
 */
export function atOnce<T>(option: string, decided: T): T {
  if (isPromise(decided)) {
    // nobody is interested in how it ends
    decided.then(undefined, () => {});
    throw invalidOption(option, 'a synchronous function', 'a promise');
  }
  return decided;
}

/** Makes the error for what is no state where one is wanted. */
export function invalidTarget(
  where: string,
  expected: string,
  found: string,
): FsmError<'INVALID_TARGET'> {
  return new FsmError('INVALID_TARGET', { where, expected, found });
}

/** Takes some texts. */
/* @__NO_SIDE_EFFECTS__ */
export function oneOf(...values: readonly unknown[]): Rule {
  return { expected: values.map(shown).join(', '), fits: (found) => values.includes(found) };
}

/** Takes a list of some texts. */
/* @__NO_SIDE_EFFECTS__ */
export function listOf(...values: readonly unknown[]): Rule {
  return {
    expected: `a list of ${values.map(shown).join(', ')}`,
    fits: (found) => Array.isArray(found) && found.every((each) => values.includes(each)),
  };
}

/** Takes a text of a form. */
/* @__NO_SIDE_EFFECTS__ */
export function matching(form: RegExp, expected: string): Rule {
  return { expected, fits: (found) => typeof found === 'string' && form.test(found) };
}

/** Takes a number. */
/* @__NO_SIDE_EFFECTS__ */
export function atLeast(least: number): Rule {
  return {
    expected: `a number from ${least}`,
    fits: (found) => typeof found === 'number' && found >= least,
  };
}

/** Takes a whole number. */
export const wholeNumber: Rule = {
  expected: 'a whole number',
  fits: (found) => Number.isSafeInteger(found),
};

/** Takes a length of time. A value that is not one is rejected during the conversion. */
export const length: Rule = {
  expected: 'a duration longer than 0',
  fits: (found) => Number.parseFloat(`${found}`) !== 0,
};

/** Takes anything: the types say what, or it is checked where it is used. */
export const anything: Rule = { expected: 'anything', fits: () => true };

/** Takes a text. */
export const anyText: Rule = {
  expected: 'a text',
  fits: (found) => typeof found === 'string',
};

/** Takes a text that is not empty. */
export const textual: Rule = {
  expected: 'a text',
  fits: (found) => typeof found === 'string' && found !== '',
};

/** Takes a function. */
export const callable: Rule = {
  expected: 'a function',
  fits: (found) => typeof found === 'function',
};

/**
 * Takes an object that has some methods. It rejects a promise of the object, or its class, when the bot is made.
 *
 * @param expected - what it is, in front of the names of the methods
 */
/* @__NO_SIDE_EFFECTS__ */
export function having(expected: string, ...methods: readonly string[]): Rule {
  return {
    expected: `${expected} with ${methods.map((name) => `${name}()`).join(', ')}`,
    fits: (found) => methods.every((name) => callable.fits(Reflect.get(Object(found), name))),
  };
}

/** Takes a Standard Schema. */
export const schematic: Rule = { expected: 'a Standard Schema', fits: isSchema };

/**
 * Checks the options that are given.
 *
 * @param where - the text before their names in the message
 * @param others - names that are known and have no rule, with spaces between; without it unknown names are accepted
 * @throws FsmError `INVALID_OPTION` for the first unknown option, or the first that its rule rejects
 */
export const checkOptions: typeof checks.checkOptions = chosen.checkOptions;

/**
 * Rejects options that do not exist: without a compiler, a misspelled one would be ignored.
 *
 * @param names - those that exist
 * @throws FsmError `INVALID_OPTION` for the first other one; nothing under the `production` condition
 *
 * @example
 * ```ts
 * import { checkOptionNames } from '@telefsm/core/storage';
 *
 * function fileStorage(options: { readonly folder?: string } = {}) {
 *   checkOptionNames(options, 'folder');
 * }
 * ```
 */
export function checkOptionNames(options: object, ...names: readonly string[]): void {
  checkOptions('', options, {}, names.join(' '));
}

/**
 * Checks a name that ids are made of.
 *
 * @param of - what it names
 * @throws FsmError `INVALID_NAME` for one that would make ids ambiguous
 */
export function checkName(name: unknown, of: string): void {
  const isText = typeof name === 'string';
  if (isText && !/^$|[.:]|^~|^__proto__$/.test(name)) return;
  throw new FsmError('INVALID_NAME', {
    name: isText ? name : shown(name),
    of,
    expected: "a text without '.' and ':', not beginning with '~', and not '__proto__'",
  });
}
