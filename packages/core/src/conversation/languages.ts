/** The default texts in other languages, as data. */

import { asianLanguages } from './asian-languages.ts';
import type { LanguageTexts } from './language-texts.ts';
import { latinLanguages } from './latin-languages.ts';
import { slavicLanguages } from './slavic-languages.ts';

/** The languages by their codes, as Telegram names them in `language_code`. */
export const languages: { readonly [code: string]: LanguageTexts } = /* @__PURE__ */ Object.assign(
  {},
  latinLanguages,
  slavicLanguages,
  asianLanguages,
);
