/** The default texts in the user's language. */

import { defaultTexts, type Text, type TextName } from './texts.ts';

/** A text for each name of the default texts. */
export type TranslatedTexts = { readonly [Name in TextName]-?: Text };

/**
 * Shows the default texts in the language of each user, as `fsm({ language })` or else Telegram's `language_code` names it.
 *
 * The languages are German, Spanish, French, Italian, Portuguese, Russian, Ukrainian, Turkish, Persian, Arabic, Hindi, Indonesian and Chinese.
 * Other users read English.
 *
 * A bot that does not call it does not bundle the translations.
 *
 * @param own - your own wording, or more languages: texts by the code of their language (`de`, or `pt-br` for a region); `en` replaces
 * what other users read
 * @example
 * ```ts
 * import { fsm, translatedTexts } from '@telefsm/grammy';
 *
 * fsm({ texts: translatedTexts({ de: { busy: 'Moment, bitte.' } }) });
 * ```
 */
export function translatedTexts(
  own: { readonly [language: string]: { readonly [Name in TextName]?: string } } = {},
): TranslatedTexts {
  const ownText = (language: string, name: TextName) =>
    Object.hasOwn(own, language) ? own[language]?.[name] : undefined;
  const text =
    (name: TextName): Text =>
    async (turn) => {
      const chosen = 'chosenLanguage' in turn ? turn.chosenLanguage : undefined;
      // the acting user reads their own language, also in a conversation of a group
      const own = chosen ?? turn.from?.language_code ?? turn.language ?? 'en';
      const code = String(own).toLowerCase();
      const language = code.replace(/-.*/, '');
      const mine = ownText(code, name) ?? ownText(language, name);
      if (mine !== undefined) return mine;
      const { languages } = await import('./languages.ts');
      const known = Object.hasOwn(languages, language) ? languages[language] : undefined;
      return known?.[name] ?? ownText('en', name) ?? defaultTexts[name];
    };
  const texts: { [Name in TextName]: Text } = { ...defaultTexts };
  for (const name of Object.keys(defaultTexts) as TextName[]) texts[name] = text(name);
  return texts;
}
