/** HTML as values: whatever is put into a template is escaped, unless it is HTML already. */

/** A piece of HTML. Made only by {@link html} and {@link join}, so that no text of a user becomes markup. */
export interface Html {
  readonly '~html': string;
}

/** The values of a template; `false`, `null` and `undefined` write nothing. */
export type HtmlValue =
  | Html
  | string
  | number
  | false
  | null
  | undefined
  | readonly (Html | string | false | undefined)[];

const codes: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Makes HTML of a template; the values in it are text. */
export function html(parts: TemplateStringsArray, ...values: readonly HtmlValue[]): Html {
  const text = parts.reduce((before, part, at) => before + written(values[at - 1]) + part);
  return { '~html': text };
}

/** The text of a piece of HTML, to be sent. */
export function serialize(piece: Html): string {
  return piece['~html'];
}

function written(value: HtmlValue): string {
  if (value === undefined || value === null || value === false) return '';
  if (Array.isArray(value)) return value.map(written).join('');
  if (typeof value === 'object') return (value as Html)['~html'];
  return String(value).replace(/[&<>"']/g, (sign) => codes[sign] as string);
}
