/** The content of a view, for tools: its text, and each button with its widget and its transition. */

import type { ApiCall } from '../../conversation/outgoing.ts';
import type { OpenTurn } from '../../transaction/runtime.ts';
import { listIn, objectIn } from '../../update/raw-update.ts';
import type { InlineRows, PlainBlock, PlainButton } from '../rows/rows.ts';
import { layOut } from '../rows/rows.ts';
import type { Widgets } from '../rows/widget-types.ts';
import type { Leading } from '../transition.ts';
import { shows } from './display.ts';
import { drawn, partsOf, whereOf } from './render.ts';
import { type MessageAddress, shownIn } from './shown-message.ts';
import { type LooseView, positionsOf, type Rendering, RenderTurn } from './view-turn.ts';

/** The widgets that make buttons; `cell` is one that does nothing. */
export type SeenWidget = Exclude<keyof Widgets<object, never>, 'page' | 'grid'> | 'cell';

/** A button as a view shows it. */
export interface SeenButton {
  readonly label: string;
  /** The widget that it belongs to. */
  readonly widget: SeenWidget;
  /** The id of a button; of another widget the key of its data, or the id of its list. Empty for a link and its like. */
  readonly name: string;
  /** Id of the list whose item it is. */
  readonly list?: string;
  /** Where its press leads, if that is a transition and not a handler. */
  readonly leads?: Leading;
  /** Its `callback_data`; absent for a link and its like. */
  readonly data?: string;
}

/** The content of a view. */
export interface SeenView {
  /** The text, or the caption of the media. */
  readonly text: string;
  /** The kind of its media, if it has some. */
  readonly media?: string;
  readonly rows: readonly (readonly SeenButton[])[];
}

/** The message that a conversation edits in place. */
export interface SeenMessage extends MessageAddress {
  /** Whether it shows what the view shows now; if not, the next update edits it. `undefined` without a view, and where data is masked. */
  readonly isCurrent: boolean | undefined;
}

/** A stored conversation, with what its user sees. */
export interface Seen {
  /** Id of the active state, or of its scene. */
  readonly state: string | null;
  /** Data of the whole conversation, as `ctx.session` has it. */
  readonly session: object;
  /** The pages of lists and the months of calendars that are shown. */
  readonly positions: object;
  readonly message: SeenMessage | undefined;
  /** `undefined` where the active scene has no view. */
  readonly view: SeenView | undefined;
  /** Why the view cannot be rendered. */
  readonly failure: string | undefined;
}

/** Replaces data before anybody sees it. */
export type Mask = <T extends object>(data: T) => T;

/** The widget that has made a button. */
type Note = Pick<SeenButton, 'widget' | 'name' | 'list'>;

/** Looks at the conversation of a turn. */
export async function seenIn(turn: OpenTurn, view: unknown, mask: Mask | undefined): Promise<Seen> {
  const { state, scene, data, memo, entry } = turn.copy.top;
  const hide: Mask = mask ?? ((each) => each);
  const run: Rendering = { turn, data: hide(data), memo };
  const shown = shownIn(run);
  const seen = {
    state: state ?? scene,
    session: hide(turn.session),
    positions: positionsOf(run),
  };
  const message = (isCurrent: boolean | undefined) => shown && { ...addressIn(shown), isCurrent };
  if (!isView(view)) {
    return { ...seen, message: message(undefined), view: undefined, failure: undefined };
  }
  try {
    const notes = new WeakMap<object, Note>();
    const where = whereOf(scene ?? '');
    const made = partsOf(await view(noting(new MaskedTurn(run, hide), notes)), where);
    const laidOut = await layOut(made.rows, where);
    const drawing = drawn(made, laidOut, { tag: turn.tag, entry }, where);
    const { kind, call } = drawing;
    return {
      ...seen,
      // a message that was drawn from other data cannot be compared
      message: message(mask === undefined ? shown && shows(shown, drawing) : undefined),
      view: {
        text: String(Reflect.get(call.payload, kind === 'text' ? 'text' : 'caption') ?? ''),
        ...(kind !== 'text' && { media: kind }),
        rows: buttonsIn(laidOut, keyboardIn(call), notes),
      },
      failure: undefined,
    };
  } catch (error) {
    const failure = error instanceof Error ? error.message : String(error);
    return { ...seen, message: message(undefined), view: undefined, failure };
  }
}

function isView(view: unknown): view is LooseView {
  return typeof view === 'function';
}

class MaskedTurn extends RenderTurn {
  readonly #mask: Mask;

  constructor(run: Rendering, mask: Mask) {
    super(run);
    this.#mask = mask;
  }

  override get session(): RenderTurn['session'] {
    return this.#mask(super.session);
  }
}

function keyboardIn({ payload }: ApiCall): InlineRows {
  return listIn(objectIn({ ...payload }, 'reply_markup'), 'inline_keyboard') as InlineRows;
}

function addressIn({ chat, id, inline, business }: MessageAddress): MessageAddress {
  return { chat, id, inline, business };
}

function buttonsIn(
  rows: readonly (readonly PlainButton[])[],
  keyboard: InlineRows,
  notes: WeakMap<object, Note>,
): SeenView['rows'] {
  return rows.map((row, at) =>
    row.map((button, column): SeenButton => {
      const { label, leads } = button;
      const data = keyboard[at]?.[column]?.callback_data;
      return {
        label,
        ...(notes.get(button) ?? { widget: 'cell', name: '' }),
        ...(leads !== undefined && { leads }),
        ...(data !== undefined && { data }),
      };
    }),
  );
}

/** The widgets that are noted; `grid` only lays out what others have made, and `page` makes nothing. */
const widgets: ReadonlySet<unknown> = new Set<SeenWidget>([
  'button',
  'toggle',
  'radio',
  'multi',
  'counter',
  'pages',
  'calendar',
  'link',
  'webApp',
  'switchInline',
  'copyText',
]);

function isWidget(member: unknown): member is SeenWidget {
  return widgets.has(member);
}

type Make = (name: string, ...rest: readonly unknown[]) => PlainButton | PlainBlock;

/** A turn whose widgets note what they have made. */
function noting(turn: RenderTurn, notes: WeakMap<object, Note>): RenderTurn {
  return new Proxy(turn, {
    get(target, member) {
      if (!isWidget(member)) return Reflect.get(target, member, target);
      const make: Make = Reflect.get(target, member, target);
      return noted(make, member, notes);
    },
  });
}

function noted(make: Make, widget: SeenWidget, notes: WeakMap<object, Note>): Make {
  return (first, ...rest) => {
    const made = make(first, ...rest);
    // a link and its like have no id
    const name = made['~button'] !== undefined && made.press === undefined ? '' : first;
    const note = (button: PlainButton) => {
      const item = notes.get(button);
      notes.set(button, item === undefined ? { widget, name } : { ...item, list: name });
    };
    if (made['~block'] === undefined) {
      note(made);
      return made;
    }
    const rows: PlainBlock['rows'] = async (where) => {
      const all = await made.rows(where);
      for (const button of all.flat()) if (button['~button'] !== ' ') note(button);
      return all;
    };
    return { ...made, rows };
  };
}
