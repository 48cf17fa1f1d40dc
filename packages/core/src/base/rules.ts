/** Options as plain JavaScript may give them: what no compiler has looked at is refused by name where it is defined. */

import { FsmError } from './errors.ts';
import { isSchema } from './schema.ts';
import { shown } from './shown.ts';

/** What an option may be. */
export interface Rule {
  /** In words, for the message. */
  readonly expected: string;
  fits(found: unknown): boolean;
}

/** Makes the error for an option that is none. */
export function invalidOption(
  option: string,
  expected: string,
  found: string,
): FsmError<'INVALID_OPTION'> {
  return new FsmError('INVALID_OPTION', { option, expected, found });
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
export function oneOf(...values: readonly unknown[]): Rule {
  return { expected: values.map(shown).join(', '), fits: (found) => values.includes(found) };
}

/** Takes a text of a form. */
export function matching(form: RegExp, expected: string): Rule {
  return { expected, fits: (found) => typeof found === 'string' && form.test(found) };
}

/** Takes a number. */
export function atLeast(least: number): Rule {
  return {
    expected: `a number from ${least}`,
    fits: (found) => typeof found === 'number' && found >= least,
  };
}

/** Takes a whole number. */
export const wholeNumber: Rule = { expected: 'a whole number', fits: Number.isSafeInteger };

/** Takes a text. */
export const anyText: Rule = matching(/^/, 'a text');

/** Takes a text that is not empty. */
export const textual: Rule = matching(/./, 'a text');

/** Takes a function. */
export const callable: Rule = {
  expected: 'a function',
  fits: (found) => typeof found === 'function',
};

/** Takes a Standard Schema. */
export const schematic: Rule = { expected: 'a Standard Schema', fits: isSchema };

/**
 * Checks the options that are given.
 *
 * @param where - what stands before their names in the message
 * @param others - names that are known and have no rule, with spaces between; without it names that nobody knows are left alone
 * @throws FsmError `INVALID_OPTION` for the first that is not known, or that its rule does not take
 */
export function checkOptions(
  where: string,
  options: object,
  rules: { readonly [name: string]: Rule },
  others?: string,
): void {
  const known = [...Object.keys(rules), others].join(' ').trim().split(' ');
  for (const [name, found] of Object.entries(options)) {
    if (others !== undefined && !known.includes(name))
      throw invalidOption(where + name, known.join(', '), 'unknown');
    const rule = rules[name];
    if (rule !== undefined && found !== undefined) checkOption(where + name, found, rule);
  }
}

/**
 * Checks one option, whether it is given or not.
 *
 * @throws FsmError `INVALID_OPTION`
 */
export function checkOption(option: string, found: unknown, { expected, fits }: Rule): void {
  if (fits(found)) return;
  throw invalidOption(option, expected, shown(found));
}

/**
 * Checks a name that ids are made of.
 *
 * @param of - what it names
 * @throws FsmError `INVALID_NAME` for one that would make ids ambiguous
 */
export function checkName(name: unknown, of: string): void {
  const isText = typeof name === 'string';
  if (isText && !/^$|[.:]|^~/.test(name)) return;
  throw new FsmError('INVALID_NAME', {
    name: isText ? name : shown(name),
    of,
    expected: "a text without '.' and ':', not beginning with '~'",
  });
}
