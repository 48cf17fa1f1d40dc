import { describe, expect, it } from 'vitest';
import { languages } from '../src/conversation/languages.ts';
import { defaultTexts, resolveText, type TextName } from '../src/conversation/texts.ts';
import { translatedTexts } from '../src/index.ts';

const names = Object.keys(defaultTexts) as TextName[];
const placeholders = (text: string) => text.match(/\{\w+\}|\$\w+|%\w/g) ?? [];

/** The letters of languages that do not use the Latin alphabet. */
const scripts: { readonly [code: string]: RegExp } = {
  ru: /^[\p{Script=Cyrillic}\P{L}]+$/u,
  uk: /^[\p{Script=Cyrillic}\P{L}]+$/u,
  fa: /^[\p{Script=Arabic}\p{M}\P{L}]+$/u,
  ar: /^[\p{Script=Arabic}\p{M}\P{L}]+$/u,
  hi: /^[\p{Script=Devanagari}\p{M}\P{L}]+$/u,
  zh: /^[\p{Script=Han}\P{L}]+$/u,
};

/** The text that a user with a language reads. */
function read(
  texts: ReturnType<typeof translatedTexts>,
  name: TextName,
  language: string | undefined,
) {
  const from = {
    id: 1,
    first_name: 'Anna',
    ...(language !== undefined && { language_code: language }),
  };
  const turn = {
    subject: { bot: 1 },
    services: {},
    from,
    language,
    update: undefined,
    now: () => 0,
  };
  return resolveText(texts, name, turn);
}

describe('the translations', () => {
  it('are those of thirteen languages', () => {
    expect(Object.keys(languages).sort().join(' ')).toBe('ar de es fa fr hi id it pt ru tr uk zh');
  });

  it.each(Object.entries(languages))(
    'into %s have every text, with its placeholders',
    (code, texts) => {
      expect(Object.keys(texts).sort()).toEqual([...names].sort());
      for (const name of names) {
        const [text, english] = [texts[name], defaultTexts[name]];
        expect(text.trim(), name).toBe(text);
        expect(text.length, name).toBeGreaterThan(0);
        expect(placeholders(text), name).toEqual(placeholders(english));
        // A sentence ends like one, a button does not.
        expect(/[.!?。？！।؟]$/.test(text), `${name}: ${text}`).toBe(/[.?]$/.test(english));
        expect(text.includes('»'), name).toBe(english.includes('»'));
        expect(text.includes('«'), name).toBe(english.includes('«'));
        if (scripts[code]) expect(text, name).toMatch(scripts[code]);
      }
    },
  );

  it.each(['fa', 'ar'])('into %s mark examples that are read from left to right', (code) => {
    const texts = Object.values(languages[code] ?? {});
    const examples = texts.flatMap((text) => text.match(/.[+\d][\d -]{6,}/gu) ?? []);
    expect(examples).toEqual(['\u200e+44 20 7946 0000', '\u200e2026-11-28']);
  });

  it('differ from English, but for words that both languages have', () => {
    const same = Object.entries(languages).flatMap(([code, texts]) =>
      names.filter((name) => texts[name] === defaultTexts[name]).map((name) => `${code} ${name}`),
    );
    expect(same.sort()).toEqual(['es no', 'it no']);
  });

  it('are chosen by the language of the user, also with a region', async () => {
    const texts = translatedTexts();
    expect(await read(texts, 'busy', 'de')).toBe('Einen Moment, bitte.');
    expect(await read(texts, 'busy', 'pt-br')).toBe('Um momento, por favor.');
    expect(await read(texts, 'busy', 'zh-Hans')).toBe('请稍等。');
  });

  it('are English for an unknown language, and for a user without one', async () => {
    const texts = translatedTexts();
    for (const language of ['sv', 'constructor', undefined])
      expect(await read(texts, 'busy', language)).toBe('One moment, please.');
  });

  it('can be replaced and extended', async () => {
    const texts = translatedTexts({
      de: { busy: 'Moment!' },
      'pt-br': { busy: 'Só um momento.' },
      sv: { busy: 'Ett ögonblick.' },
      en: { busy: 'Wait.' },
    });
    expect(await read(texts, 'busy', 'de')).toBe('Moment!');
    expect(await read(texts, 'yes', 'de')).toBe('Ja');
    expect(await read(texts, 'busy', 'pt-br')).toBe('Só um momento.');
    expect(await read(texts, 'busy', 'pt')).toBe('Um momento, por favor.');
    expect(await read(texts, 'busy', 'sv')).toBe('Ett ögonblick.');
    expect(await read(texts, 'yes', 'sv')).toBe('Yes');
    expect(await read(texts, 'busy', 'fi')).toBe('Wait.');
  });
});
