/** The turn of a view: data, services, widgets and moves. */

import type { JsonObject } from '../../base/json.ts';
import { frozenData, isJsonObject, noData } from '../../base/json.ts';
import type { Awaitable, Complaint, DeepReadonly } from '../../base/type-tools.ts';
import type { Media, MediaKind, RichText } from '../../conversation/outgoing.ts';
import type { SessionAskTurn } from '../../conversation/turn.ts';
import type { FrameRun } from '../../engine/frame-run.ts';
import type { HandlerTurn } from '../node-turn.ts';
import type { Rows } from '../rows/rows.ts';
import type { Widgets } from '../rows/widget-types.ts';
import { type WidgetHost, WithWidgets } from '../rows/widgets.ts';
import type { Moves } from '../transition.ts';

/** The content of a view: text or media, and rows of buttons. */
export type View =
  | string
  | (WithRows<RichText> & { readonly [K in MediaKind]?: NoText })
  | (WithRows<Media> & { readonly text?: NoText });
type NoText = Complaint<'Beside media, write `caption` instead of `text`.'>;
type WithRows<T> = T extends unknown
  ? Omit<T, 'keyboard' | 'options' | 'reply_markup'> & OnlyRows
  : never;
/** TypeScript looks for excess properties only where a return type is written out, so these are rejected by name. */
interface OnlyRows {
  readonly rows?: Rows;
  readonly keyboard?: Complaint<'Buttons of your own are not bound to the view: use `rows`.'>;
  readonly reply_markup?: Complaint<'Buttons of your own are not bound to the view: use `rows`.'>;
}

/**
 * The read-only turn of a view. It has no update: a deadline or `machine.at(…).render()` shows the same. Also the type of the
 * parameter of a part that several views share.
 *
 * @example
 * ```ts
 * import type { ViewTurn } from '@telefsm/core';
 *
 * const language = ({ radio }: ViewTurn<{ language: 'en' | 'de' }>) =>
 *   radio('language', { en: 'English', de: 'Deutsch' });
 * ```
 */
export interface ViewTurn<
  D extends object = {},
  N extends object = {},
  R = unknown,
  S extends object = {},
> extends Omit<SessionAskTurn<N, S>, 'from' | 'update'>,
    Moves<D, R>,
    Widgets<D, HandlerTurn<D, N, R, S>> {
  readonly data: DeepReadonly<D>;
}

// biome-ignore lint/suspicious/noExplicitAny: the turn of any view
type LooseViewTurn = ViewTurn<any>;

/** The view of any node. */
export type LooseView = (turn: LooseViewTurn) => Awaitable<View>;

/** A frame to render, and a turn around it. */
export type Rendering = Pick<FrameRun, 'turn' | 'data' | 'memo'>;

/** Pages of lists and months of calendars, which a frame keeps beside its data. */
export function positionsOf({ memo }: Pick<FrameRun, 'memo'>): JsonObject {
  const { at } = memo;
  return isJsonObject(at) ? at : noData;
}

/** The turn of one render. */
export class RenderTurn extends WithWidgets implements LooseViewTurn {
  readonly data: JsonObject;
  protected readonly host: WidgetHost;
  readonly #turn: FrameRun['turn'];

  constructor(run: Rendering) {
    const { turn, data } = run;
    super(turn);
    this.#turn = turn;
    this.data = data;
    this.host = { data, positions: positionsOf(run), turn };
  }

  get session(): LooseViewTurn['session'] {
    return frozenData(this.#turn.session, 'session');
  }
}
