/** Checks of options: the default build, for Node and for tests. */

import { FsmError } from './errors.ts';
import { shown } from './shown.ts';

/** What an option may be. */
export interface Rule {
  /** In words, for the message. */
  readonly expected: string;
  fits(found: unknown): boolean;
}

/** See `checkOptions` of `rules.ts`. */
export function checkOptions(
  where: string,
  options: object,
  rules: { readonly [name: string]: Rule },
  others?: string,
): void {
  const known = [...Object.keys(rules), others].join(' ').trim().split(' ');
  for (const [name, found] of Object.entries(options)) {
    if (others !== undefined && !known.includes(name))
      throw invalid(where + name, known.join(', '), 'unknown');
    const rule = rules[name];
    if (rule !== undefined && found !== undefined) checkOption(where + name, found, rule);
  }
}

/** See `checkOption` of `rules.ts`. */
export function checkOption(option: string, found: unknown, { expected, fits }: Rule): void {
  if (fits(found)) return;
  throw invalid(option, expected, shown(found));
}

function invalid(option: string, expected: string, found: string): FsmError<'INVALID_OPTION'> {
  return new FsmError('INVALID_OPTION', { option, expected, found });
}
