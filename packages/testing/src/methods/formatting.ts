/** Formatting options: `parse_mode` turned into text and entities, with Telegram's complaints (Bot API, Formatting options). */
import { refuse } from '../cloud/answer.ts';
import { entitiesOf, type RawEntity } from '../cloud/entities.ts';

/** A text as a message holds it. */
export interface Formatted {
  readonly text: string;
  readonly entities: readonly RawEntity[];
}

/** Reads a text under a `parse_mode`; without one, the given entities or those found in it. */
export function format(
  text: string,
  mode: string | undefined,
  given: readonly unknown[] | undefined,
): Formatted {
  switch (mode?.toLowerCase()) {
    case undefined:
    case '':
      return { text, entities: (given as readonly RawEntity[] | undefined) ?? entitiesOf(text) };
    case 'html':
      return html(text);
    case 'markdownv2':
      return markdown(text, marksV2, true);
    case 'markdown':
      return markdown(text, marksV1, false);
    default:
      return refuse(400, 'Bad Request: unsupported parse_mode');
  }
}

interface Open {
  readonly type: string;
  readonly tag: string;
  readonly offset: number;
  readonly extra: Partial<RawEntity>;
}

const tags: Readonly<Record<string, string>> = {
  b: 'bold',
  strong: 'bold',
  i: 'italic',
  em: 'italic',
  u: 'underline',
  ins: 'underline',
  s: 'strikethrough',
  strike: 'strikethrough',
  del: 'strikethrough',
  code: 'code',
  pre: 'pre',
  a: 'text_link',
  'tg-spoiler': 'spoiler',
  span: 'spoiler',
  blockquote: 'blockquote',
  'tg-emoji': 'custom_emoji',
};
const references: Readonly<Record<string, string>> = { lt: '<', gt: '>', amp: '&', quot: '"' };

function html(source: string): Formatted {
  let text = '';
  const entities: RawEntity[] = [];
  const open: Open[] = [];
  const piece = /<(\/?)([a-z0-9-]*)((?:[^>"']|"[^"]*"|'[^']*')*)>|&(#?\w+);|[^<&]+|[<&]/gi;
  for (const match of source.matchAll(piece)) {
    const [all, slash, name, attributes = '', reference] = match;
    if (reference !== undefined) {
      const code = reference.startsWith('#')
        ? Number(reference.slice(1).replace(/^x/i, '0x'))
        : Number.NaN;
      text += Number.isNaN(code) ? (references[reference] ?? all) : String.fromCodePoint(code);
    } else if (name === undefined) {
      if (all === '<')
        complain(`Unsupported start tag "" at byte offset ${bytes(source, match.index)}`);
      text += all;
    } else if (slash === '/') {
      const last = open.pop();
      if (last === undefined)
        complain(`Unexpected end tag at byte offset ${bytes(source, match.index)}`);
      else if (name !== '' && last.tag !== name.toLowerCase()) {
        complain(
          `Unmatched end tag at byte offset ${bytes(source, match.index)}, expected "</${last.tag}>", found "</${name}>"`,
        );
      } else close(last, text, entities);
    } else {
      const tag = name.toLowerCase();
      const type = tags[tag];
      if (type === undefined)
        return complain(
          `Unsupported start tag "${tag}" at byte offset ${bytes(source, match.index)}`,
        );
      const href = /href\s*=\s*["']?([^"'\s>]*)/i.exec(attributes)?.[1];
      open.push({
        type,
        tag,
        offset: text.length,
        extra: type === 'text_link' ? { url: href ?? '' } : {},
      });
    }
  }
  const left = open.pop();
  if (left !== undefined) complain(`Can't find end tag corresponding to start tag "${left.tag}"`);
  return finish(text, entities);
}

type Marks = readonly (readonly [mark: string, type: string, word: string])[];
const marksV2: Marks = [
  ['```', 'pre', 'Pre'],
  ['__', 'underline', 'Underline'],
  ['||', 'spoiler', 'Spoiler'],
  ['*', 'bold', 'Bold'],
  ['_', 'italic', 'Italic'],
  ['~', 'strikethrough', 'Strikethrough'],
  ['`', 'code', 'Code'],
];
const marksV1: Marks = [
  ['```', 'pre', 'Pre'],
  ['*', 'bold', 'Bold'],
  ['_', 'italic', 'Italic'],
  ['`', 'code', 'Code'],
];

function markdown(source: string, marks: Marks, strict: boolean): Formatted {
  let text = '';
  const entities: RawEntity[] = [];
  const open: Open[] = [];
  for (let at = 0; at < source.length; ) {
    const character = source[at] as string;
    const top = open.at(-1);
    const literal = top?.type === 'code' || top?.type === 'pre';
    if (
      character === '\\' &&
      at + 1 < source.length &&
      (strict || /[_*`[]/.test(source[at + 1] as string))
    ) {
      text += source[at + 1];
      at += 2;
      continue;
    }
    const mark = marks.find(([sign]) => source.startsWith(sign, at));
    if (mark !== undefined && (!literal || mark[0] === top.tag)) {
      if (top?.tag === mark[0]) {
        open.pop();
        close(top, text, entities);
      } else open.push({ type: mark[1], tag: mark[0], offset: text.length, extra: {} });
      at += mark[0].length;
      continue;
    }
    if (!literal && character === '[') {
      open.push({ type: 'text_link', tag: ']', offset: text.length, extra: {} });
      at++;
      continue;
    }
    if (character === ']' && top?.tag === ']') {
      const link = /^\]\(((?:\\.|[^)\\])*)\)/.exec(source.slice(at));
      if (link === null)
        return complain(`Can't find end of a URL at byte offset ${bytes(source, at)}`);
      open.pop();
      close(
        { ...top, extra: { url: (link[1] as string).replace(/\\(.)/g, '$1') } },
        text,
        entities,
      );
      at += link[0].length;
      continue;
    }
    const quotes = character === '>' && (at === 0 || source[at - 1] === '\n');
    if (strict && !literal && !quotes && /[\][()~`>#+\-=|{}.!]/.test(character)) {
      complain(`Character '${character}' is reserved and must be escaped with the preceding '\\'`);
    }
    if (!quotes) text += character;
    at++;
  }
  const left = open.at(-1);
  if (left !== undefined) {
    const word = marks.find(([sign]) => sign === left.tag)?.[2] ?? 'TextUrl';
    complain(
      strict
        ? `Can't find end of ${word} entity at byte offset ${bytes(source, left.offset)}`
        : `Can't find end of the entity starting at byte offset ${bytes(source, left.offset)}`,
    );
  }
  return finish(text, entities);
}

function close(open: Open, text: string, entities: RawEntity[]): void {
  const length = text.length - open.offset;
  if (length > 0) entities.push({ type: open.type, offset: open.offset, length, ...open.extra });
}

/** Adds the entities that Telegram finds by itself to those that were marked. */
function finish(text: string, marked: readonly RawEntity[]): Formatted {
  const entities = [...marked, ...entitiesOf(text)];
  return { text, entities: entities.sort((one, other) => one.offset - other.offset) };
}

function bytes(source: string, at: number): number {
  return Buffer.byteLength(source.slice(0, at));
}

function complain(what: string): never {
  return refuse(400, `Bad Request: can't parse entities: ${what}`);
}
