/** Checks of options: the default build, for Node and for tests. */

import { FsmError } from './errors.ts';
import { shown } from './shown.ts';

/** The rule of an option: the accepted values. */
export interface Rule {
  /** In words, for the message. */
  readonly expected: string;
  fits(found: unknown): boolean;
}

/**
 * Checks the options that are given.
 *
 * @param where - the text before their names in the message
 * @param others - known names without a rule, separated by spaces; without it, unknown names are accepted
 * @param parts - rules for the members of options
 * @throws FsmError `INVALID_OPTION` for the first unknown option, or the first that its rule rejects
 */
export function checkOptions(
  where: string,
  options: object,
  rules: { readonly [name: string]: Rule },
  others?: string,
  parts?: { readonly [name: string]: { readonly [name: string]: Rule } },
): void {
  // by names, since options of widgets are checked at each render
  for (const name of Object.keys(options)) {
    const found: unknown = Reflect.get(options, name);
    const rule = Object.hasOwn(rules, name) ? rules[name] : undefined;
    if (rule === undefined && others !== undefined && !others.split(' ').includes(name)) {
      const known = [...Object.keys(rules), others].join(' ').trim().split(' ');
      throw invalid(where + name, known.join(', '), 'unknown');
    }
    if (rule === undefined || found === undefined || rule.fits(found)) continue;
    throw invalid(where + name, rule.expected, shown(found));
  }
  for (const [part, own] of Object.entries(parts ?? {})) {
    checkOptions(`${where}${part}.`, Object(Reflect.get(options, part)), own, others);
  }
}

/**
 * Checks one option, whether it is given or not.
 *
 * @param of - the name of what it belongs to, quoted after the option
 * @throws FsmError `INVALID_OPTION`
 */
export function checkOption(
  option: string,
  found: unknown,
  { expected, fits }: Rule,
  of?: string,
): void {
  if (fits(found)) return;
  throw invalid(of === undefined ? option : `${option} '${of}'`, expected, shown(found));
}

function invalid(option: string, expected: string, found: string): FsmError<'INVALID_OPTION'> {
  return new FsmError('INVALID_OPTION', { option, expected, found });
}
