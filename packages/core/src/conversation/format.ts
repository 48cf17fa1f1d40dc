/** Formatted texts with users' words in them: what a user wrote is escaped, so that it stays text. */

import { FsmError } from '../base/errors.ts';
import type { FormattedText } from './outgoing.ts';

/** A text with a parse mode, as {@link html} and {@link markdownV2} make it; it may be part of another text of the same kind. */
export interface Formatted<Mode extends 'HTML' | 'MarkdownV2'> extends FormattedText {
  readonly parse_mode: Mode;
}

/**
 * Escapes a text for `parse_mode: 'HTML'`, also inside an attribute.
 *
 * @param text - any text
 * @returns the text with `&`, `<`, `>` and `"` as entities
 */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"]/g, (found) => htmlEntities[found] as string);
}

const htmlEntities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
};

/**
 * Escapes a text for `parse_mode: 'MarkdownV2'`, as Telegram asks for outside of code and links.
 *
 * @param text - any text
 * @returns the text with a backslash before each special character
 */
export function escapeMarkdownV2(text: string): string {
  return text.replace(/[_*[\]()~`>#+\-=|{}.!\\]/g, '\\$&');
}

/**
 * A template tag for `parse_mode: 'HTML'`: the template is markup, its values are text.
 *
 * Values that the same tag made are markup too. `undefined`, `null` and `false` are omitted, so that a part can follow `&&`.
 *
 * @throws FsmError `INVALID_OPTION` for a value without a text: markup of the other tag, a promise, a function, a plain object
 *
 * @example
 * ```ts
 * import { flow, html } from '@telefsm/core';
 *
 * const hello = flow('hello', { trigger: '/hello' })
 *   .ask('name', { prompt: html`Your <b>name</b>?` })
 *   .done(({ name }) => html`Hello, <b>${name}</b>!`);
 * ```
 */
export function html(
  template: TemplateStringsArray,
  ...values: readonly unknown[]
): Formatted<'HTML'> {
  return formatted('HTML', escapeHtml, template, values);
}

/**
 * A template tag for `parse_mode: 'MarkdownV2'`: the template is markup, its values are text.
 *
 * Write a special character of the template twice as Telegram asks: `\\.`. Values are treated as in {@link html}.
 *
 * @throws FsmError `INVALID_OPTION` as {@link html} does
 *
 * @example
 * ```ts
 * import { flow, markdownV2 } from '@telefsm/core';
 *
 * const hello = flow('hello', { trigger: '/hello' })
 *   .ask('name', { prompt: 'Your name?' })
 *   .done(({ name }) => markdownV2`Hello, *${name}*`);
 * ```
 */
export function markdownV2(
  template: TemplateStringsArray,
  ...values: readonly unknown[]
): Formatted<'MarkdownV2'> {
  return formatted('MarkdownV2', escapeMarkdownV2, template, values);
}

function formatted<Mode extends 'HTML' | 'MarkdownV2'>(
  parse_mode: Mode,
  escaped: (text: string) => string,
  template: TemplateStringsArray,
  values: readonly unknown[],
): Formatted<Mode> {
  const inner = (value: unknown): string => {
    if (value === undefined || value === null || value === false) return '';
    if (Array.isArray(value)) return value.map(inner).join('');
    if (isMarkup(value) && value.parse_mode === parse_mode) return value.text;
    // a user would read `[object Object]`, `[object Promise]`, or code
    const hasText = typeof value !== 'function' && 'toString' in Object(value);
    const own = hasText ? String(value) : `[object ${typeof value}]`;
    if (typeof value === 'string' || !own.startsWith('[object ')) return escaped(own);
    const found = isMarkup(value) ? `markup in ${value.parse_mode}` : own;
    const expected = 'a text, or markup of the same tag';
    throw new FsmError('INVALID_OPTION', { option: `value in ${parse_mode}`, expected, found });
  };
  const text = template.reduce((text, part, at) => text + inner(values[at - 1]) + part);
  const made: Formatted<Mode> = { text, parse_mode };
  return Object.defineProperty(made, brand, { value: true });
}

/** Marks what the tags have made, also the tags of another copy of this package. A user's object that looks the same is not markup. */
const brand = Symbol.for('telefsm.markup');

function isMarkup(value: unknown): value is Formatted<'HTML' | 'MarkdownV2'> {
  return brand in Object(value);
}
