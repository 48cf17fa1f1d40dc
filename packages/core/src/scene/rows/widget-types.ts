/** The types of the widgets: buttons that are bound to keys of data. */

import type { Awaitable, Complaint } from '../../base/type-tools.ts';
import type { Sent } from '../../conversation/outgoing.ts';
import type { Transition } from '../transition.ts';
import type { Page, PageRequest } from './page.ts';
import type { Block, Button, Buttons, Falsy } from './rows.ts';

/** Values with labels: a list of values or of `[value, label]`, in this order, or an object. */
export type Options<V extends string | number = string> =
  | readonly (V | readonly [value: V, label: string])[]
  | { readonly [P in V & string]?: string };

/** The page that a view shows now. */
export interface ShownPage<Item> extends Page<Item>, PageRequest {
  /** How many pages there are; at least 1. */
  readonly pages: number;
}

/** A list, or what loads a page of it. */
export type PageSource<Item> =
  | readonly Item[]
  | ((
      page: PageRequest,
    ) => Awaitable<
      | Page<Item>
      | Complaint<'A loader returns { items, total }: a page, and the length of the list.'>
    >);

/** How several buttons are laid out. */
export interface Layout {
  /** Buttons per row. Default: as many as fit. */
  readonly columns?: number;
}

/** The effect of a widget besides changing data. */
export interface After<V, M> {
  /** Runs when the new value is in `turn.data`: save it elsewhere, or return a transition. */
  readonly after?: (value: V, turn: M) => Awaitable<Transition | Sent | void>;
}

type KeysWith<D, V> = {
  [K in keyof D]-?: [Exclude<D[K], undefined>] extends [V]
    ? [Exclude<D[K], undefined>] extends [never]
      ? never
      : K
    : never;
}[keyof D] &
  string;
type BooleanKeys<D> = {
  [K in keyof D]-?: boolean extends D[K]
    ? [Exclude<D[K], undefined>] extends [boolean]
      ? K
      : never
    : never;
}[keyof D] &
  string;
type TextKeys<D> = {
  [K in keyof D]-?: string extends Exclude<D[K], undefined> ? K : never;
}[keyof D] &
  string;
type ValueOf<D, K extends keyof D> = Exclude<D[K], undefined>;
type ItemOf<L> = L extends readonly (infer V extends string | number)[] ? V : never;

/**
 * Widgets, bound to keys of data. They are members of a view's turn: destructure them. `M` is what their handlers get.
 *
 * Every press is handled the same way: the view of the stored data is rendered, the pressed id is looked up in it, and its transition is
 * applied. A button that the view no longer offers is answered as stale.
 *
 * The type of each key also has a sentence, which no key is: the compiler shows it for a key of another type.
 */
export interface Widgets<D extends object, M> {
  /** A button; `press` is a transition, or a handler that returns one. Ids are unique within the view. */
  readonly button: (
    id: string,
    label: string,
    press: Transition | ((turn: M) => Awaitable<Transition | Sent | void>),
  ) => Button;
  /** Opens a web address. */
  readonly link: (label: string, url: string) => Button;
  /** Opens a Mini App; in private chats only (Bot API, WebAppInfo). */
  readonly webApp: (label: string, url: string) => Button;
  /** Begins an inline query, in a chat that the user picks. `here` stays in this chat. */
  readonly switchInline: (label: string, query: string, where?: 'here' | 'anywhere') => Button;
  /** Copies a text of at most 256 characters. */
  readonly copyText: (label: string, text: string) => Button;
  /** Switches a boolean: "✓ Sound". */
  readonly toggle: (
    key:
      | BooleanKeys<D>
      | (string & Complaint<'toggle() takes a key of the data whose value is a boolean.'>),
    label: string | ((on: boolean) => string),
    options?: After<boolean, M>,
  ) => Button;
  /** One of several values: "● English", "○ Deutsch". */
  readonly radio: <const K extends KeysWith<D, string | number>>(
    key:
      | K
      | (string & Complaint<'radio() takes a key of the data whose value is a text or a number.'>),
    values: Options<ValueOf<D, K> & (string | number)>,
    options?: Layout & After<ValueOf<D, K>, M>,
  ) => Block;
  /** Any of several values: "✓ News". */
  readonly multi: <const K extends KeysWith<D, readonly (string | number)[]>>(
    key:
      | K
      | (string &
          Complaint<'multi() takes a key of the data whose value is a list of texts or numbers.'>),
    values: Options<ItemOf<ValueOf<D, K>>>,
    options?: Layout & After<ValueOf<D, K>, M> & { readonly max?: number },
  ) => Block;
  /** "−", the value, "+", in one row. A missing value counts as `min`, or 0. */
  readonly counter: (
    key:
      | KeysWith<D, number>
      | (string & Complaint<'counter() takes a key of the data whose value is a number.'>),
    options?: After<number, M> & {
      readonly min?: number;
      readonly max?: number;
      /** Default 1. */
      readonly step?: number;
      readonly label?: (value: number) => string;
    },
  ) => Block;
  /** Finds the page of a list that is shown now, for the text; hand it to `pages` under the same id. */
  readonly page: <Item>(
    id: string,
    source: PageSource<Item>,
    options?: { readonly size?: number },
  ) => Promise<ShownPage<Item>>;
  /** A list page by page, from memory or from a loader; the page is kept with the frame, and `id` names it. */
  readonly pages: <Item>(
    id: string,
    source: PageSource<Item> | ShownPage<Item>,
    item: (item: NoInfer<Item>, index: number) => Button | Buttons | Falsy,
    options?: Layout & {
      /** Items per page. Default 10. */
      readonly size?: number;
      /** Label of the only button where the list is empty. */
      readonly empty?: string;
    },
  ) => Block;
  /** A month; the chosen day is kept as `"2026-11-28"`. */
  readonly calendar: (
    key:
      | TextKeys<D>
      | (string & Complaint<'calendar() takes a key of the data whose value is a text.'>),
    options?: After<string, M> & CalendarOptions,
  ) => Block;
  /** Buttons in rows of a fixed width. */
  readonly grid: (buttons: Buttons, columns: number) => Block;
}

/** Options of a calendar. */
export interface CalendarOptions {
  /** The first day, as `"2026-11-28"`. */
  readonly min?: string;
  /** The last day. */
  readonly max?: string;
  readonly disabled?: (day: string) => boolean;
  /** BCP 47. Default: the user's language. */
  readonly locale?: string;
}
