/** The parts of a translation. */

import type { TextName } from './texts.ts';

/** Every text of one language. */
export type LanguageTexts = { readonly [Name in TextName]-?: string };
