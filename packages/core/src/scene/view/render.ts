/** Renders a view: what it returns becomes a message to send or to edit, and the buttons that it offers. */

import { checkOptions, invalidOption, type Rule } from '../../base/rules.ts';
import { shown } from '../../base/shown.ts';
import { type ApiCall, callOf, mediaKinds, type Say } from '../../conversation/say.ts';
import type { FrameRun } from '../../engine/frame-run.ts';
import type { RawObject } from '../../update/raw-update.ts';
import { hash32 } from '../rows/buttons.ts';
import { type Binding, type Keyboard, keyboardOf, type Rows } from '../rows/rows.ts';
import { type LooseView, type View, viewTurn } from './view-turn.ts';

/** A rendered view. */
export interface Rendered {
  /** What sends it as a new message, without its address. */
  readonly call: ApiCall;
  readonly keyboard: Keyboard;
  /** `text`, or the kind of its media. */
  readonly kind: string;
  /** Fingerprint of the text or caption. */
  readonly body: string;
  /** Fingerprint of the media. */
  readonly file: string | undefined;
  /** Fingerprint of the buttons; `undefined` where it has none. */
  readonly keys: string | undefined;
}

const buttons: Rule = { expected: 'a list of rows', fits: Array.isArray };
const parts = 'text entities parse_mode caption photo video document audio voice animation sticker';

/** What binds the buttons of a view. */
function bindingOf({ tag, visit }: FrameRun): Binding {
  return { tag, visit, question: '' };
}

/**
 * Renders the view of a frame as it is now.
 *
 * @throws FsmError `INVALID_OPTION` for what cannot be shown; what the view throws passes
 */
export async function render(run: FrameRun, view: LooseView, scene: string): Promise<Rendered> {
  const where = `${scene} view`;
  const { rows, ...say }: { readonly rows?: Rows } = partsOf(await view(viewTurn(run)), where);
  const keyboard = await keyboardOf(rows, bindingOf(run), where);
  const markup = keyboard.rows.length > 0 ? { inline_keyboard: keyboard.rows } : undefined;
  const said = { ...say, ...(markup && { keyboard: markup }) } as Say;
  return { keyboard, ...drawnBy(callOf(said, undefined)) };
}

/** What a call that sends a message shows. */
function drawnBy(call: ApiCall): Omit<Rendered, 'keyboard'> {
  const kind = call.method === 'sendMessage' ? 'text' : call.method.slice(4).toLowerCase();
  const { reply_markup: markup, [kind]: content, ...others } = call.payload as Payload;
  const isText = kind === 'text';
  return {
    call,
    kind,
    body: fingerprint(JSON.stringify(isText ? [content, others] : [others])),
    file: isText ? undefined : fileOf(content),
    keys: markup === undefined ? undefined : fingerprint(JSON.stringify(markup)),
  };
}

/** The kind of a message that the bot has sent. */
export function kindIn(message: RawObject | undefined): string {
  return mediaKinds.find((kind) => message?.[kind] !== undefined) ?? 'text';
}

type Payload = Readonly<Record<string, unknown>>;

/** A file of a framework has no id before it is sent; its name identifies it. */
function fileOf(file: unknown): string {
  if (typeof file === 'string') return fingerprint(file);
  const { filename = '' } = file as { readonly filename?: string };
  return fingerprint(`file ${filename}`);
}

function partsOf(made: View, where: string): Exclude<View, string> {
  if (typeof made === 'string') return sayable({ text: made }, where);
  if (typeof made === 'object' && made !== null) return sayable(made, where);
  throw invalidOption(where, 'a text, or an object with text or media', shown(made));
}

function sayable<T extends object>(made: T, where: string): T {
  checkOptions(`${where} `, made, { rows: buttons }, parts);
  if ('text' in made && (made.text === '' || typeof made.text !== 'string'))
    throw invalidOption(`${where} text`, 'a text', shown(made.text));
  return made;
}

/** 64 bits of a hash as text. */
function fingerprint(content: string): string {
  return hash32(content).toString(36) + hash32(`~${content}`).toString(36);
}
