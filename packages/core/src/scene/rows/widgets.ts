/** The widgets: buttons that are bound to keys of data, each a few lines over `button`. */

import { checkOption, checkOptions } from '#option-checks';
import type { JsonObject } from '../../base/json.ts';
import { callable } from '../../base/rules.ts';
import type { AskTurn } from '../../conversation/turn.ts';
import { WithMoves } from '../transition.ts';
import { inRows } from './buttons.ts';
import { dayRule, firstMonth, isDay, monthOf } from './calendar.ts';
import {
  acting,
  blank,
  block,
  button,
  type LooseAfter,
  moving,
  plain,
  setting,
} from './make-buttons.ts';
import { isShown, loadPage, turning } from './paging.ts';
import { buttonsIn, isList, type PlainButton, type Press } from './rows.ts';
import { checkValues, copied, counterOptions, countRule, layout, visible } from './widget-rules.ts';
import type { CalendarOptions, Layout, Options, Widgets } from './widget-types.ts';

/** The data and the moves that the widgets of one render are bound to. */
export interface WidgetHost {
  /** The data whose keys they show. */
  readonly data: JsonObject;
  /** Pages of lists and months of calendars, by the widget's id. */
  readonly positions: JsonObject;
  /** The turn, for the language of the user and the time. */
  readonly turn: Pick<AskTurn, 'language' | 'now'>;
}

// biome-ignore lint/suspicious/noExplicitAny: widgets of any data
type Loose = Widgets<any, never>;
type Value = string | number;

/** Makes widgets on demand; a class, since one is made for each render. Its members need no `this`. */
export abstract class WithWidgets extends WithMoves implements Loose {
  protected abstract readonly host: WidgetHost;

  get button(): Loose['button'] {
    return acting;
  }

  get link(): Loose['link'] {
    return (label, url) => {
      checkOption('address of the button', url, visible, label);
      return plain(label, { url });
    };
  }

  get webApp(): Loose['webApp'] {
    return (label, url) => {
      checkOption('address of the button', url, visible, label);
      return plain(label, { web_app: { url } });
    };
  }

  get switchInline(): Loose['switchInline'] {
    return (label, query, where = 'anywhere') =>
      plain(
        label,
        where === 'here'
          ? { switch_inline_query_current_chat: query }
          : { switch_inline_query: query },
      );
  }

  get copyText(): Loose['copyText'] {
    return (label, text) => {
      checkOption('text of the button', text, copied, label);
      return plain(label, { copy_text: { text } });
    };
  }

  get toggle(): Loose['toggle'] {
    return (key, label, options = {}) => {
      const on = this.host.data[key] === true;
      const text = typeof label === 'function' ? label(on) : on ? `✓ ${label}` : label;
      const id = (value: boolean) => `${key}=${Number(value)}`;
      return { ...button(id(!on), text, setting(key, !on, options)), done: [id(on)] };
    };
  }

  get radio(): Loose['radio'] {
    return (key, values, options = {}) => {
      checkValues('radio', key, values, options);
      const chosen = this.host.data[key];
      const made = (value: Value, label: string) => {
        const text = (value === chosen ? '● ' : '○ ') + label;
        return button(`${key}=${value}`, text, setting(key, value, options));
      };
      return block(() => arranged(eachOf(values, made), options));
    };
  }

  get multi(): Loose['multi'] {
    return (key, values, options: Layout & LooseAfter & { readonly max?: number } = {}) => {
      checkValues('multi', key, values, options);
      const { max = Number.POSITIVE_INFINITY } = options;
      const order = eachOf(values, (value) => value);
      const made = (value: Value, label: string) => {
        const isPicked = listIn(this.host.data, key).includes(value);
        const press: Press = (pressed) => {
          const before = listIn(pressed.data, key);
          // without values that are no longer offered
          const others = order.filter((each) => each !== value && before.includes(each));
          if (!isPicked && others.length >= max) return undefined;
          const picked = order.filter((each) =>
            each === value ? !isPicked : others.includes(each),
          );
          return setting(key, picked, options)(pressed);
        };
        const id = (picked: boolean) => `${key}${picked ? '+' : '-'}${value}`;
        const shown = isPicked ? `✓ ${label}` : label;
        return { ...button(id(!isPicked), shown, press), done: [id(isPicked)] };
      };
      return block(() => arranged(eachOf(values, made), options));
    };
  }

  get counter(): Loose['counter'] {
    return (key, options = {}) => {
      checkOptions(`counter '${key}' `, options, counterOptions, 'after');
      const { min = Number.NEGATIVE_INFINITY, max = Number.POSITIVE_INFINITY } = options;
      const { step = 1, label = String } = options;
      const within = (value: number) => Math.min(Math.max(value, min), max);
      const valueIn = (data: JsonObject): number =>
        typeof data[key] === 'number' ? data[key] : within(0);
      const by =
        (change: number): Press =>
        (pressed) => {
          const before = valueIn(pressed.data);
          const sum = before + change;
          // fifteen digits: 0.1 and 0.2 are 0.3
          const next = Number.isInteger(sum) ? sum : Number(sum.toPrecision(15));
          // limits may have moved since
          const value = within(before) === before ? next : within(before);
          if (value < min || value > max) return undefined;
          return setting(key, value, options)(pressed);
        };
      return block(() => [
        [
          button(`${key}-`, '−', by(-step)),
          blank(label(valueIn(this.host.data))),
          button(`${key}+`, '+', by(step)),
        ],
      ]);
    };
  }

  get page(): Loose['page'] {
    return (id, source, { size = 10 } = {}) => loadPage(id, this.host.positions[id], source, size);
  }

  get pages(): Loose['pages'] {
    return (id, source, item, options = {}) => {
      const { size = 10, empty } = options;
      checkOptions(`pages '${id}' `, options, layout, 'size empty');
      checkOption(`pages '${id}' item`, item, callable);
      return block(async (where) => {
        const shown = isShown(source)
          ? source
          : await loadPage(id, this.host.positions[id], source, size);
        const rows: (readonly PlainButton[])[] = [];
        const single: PlainButton[] = [];
        for (const [at, each] of shown.items.entries()) {
          const made = item(each, shown.offset + at);
          if (isList(made)) rows.push(buttonsIn(made, where));
          else single.push(...buttonsIn([made], where));
        }
        const all = [...rows, ...arranged(single, options)];
        if (all.length === 0 && empty !== undefined) all.push([blank(empty)]);
        if (shown.pages > 1) all.push(turning(id, shown));
        return all;
      });
    };
  }

  get calendar(): Loose['calendar'] {
    return (key, options: CalendarOptions & LooseAfter = {}) => {
      const { data, positions, turn: shown } = this.host;
      checkOptions(`calendar '${key}' `, options, { min: dayRule, max: dayRule }, calendarOptions);
      const chosen = isDay(data[key]) ? data[key] : undefined;
      // a list with the same name may have noted its page here
      const noted = positions[key];
      const at = typeof noted === 'string' ? noted : firstMonth(chosen, shown.now(), options);
      const locale = options.locale ?? shown.language ?? 'en';
      const month = monthOf(at, { ...options, locale });
      const turn = (label: string, to: string | undefined) =>
        to === undefined ? blank(' ') : button(`${key}>${to}`, label, moving(key, to));
      const rows = month.weeks.map((week) =>
        week.map((day) => {
          if (day === undefined) return blank(' ');
          if (!day.isOpen) return blank('·');
          const label = day.day === chosen ? `[${day.label}]` : day.label;
          return button(`${key}=${day.day}`, label, setting(key, day.day, options));
        }),
      );
      return block(() => [
        [turn('«', month.before), blank(month.title), turn('»', month.after)],
        month.weekdays.map(blank),
        ...rows,
      ]);
    };
  }

  get grid(): Loose['grid'] {
    return (buttons, columns) => {
      checkOption('grid columns', columns, countRule);
      return block((where) => inRows(buttonsIn(buttons, where), columns));
    };
  }
}

const calendarOptions = 'disabled locale after';

function arranged(
  buttons: readonly PlainButton[],
  { columns }: Layout,
): readonly (readonly PlainButton[])[] {
  return inRows(buttons, columns);
}

/** Makes something of each value and its label. */
function eachOf<T>(values: Options<Value>, make: (value: Value, label: string) => T): readonly T[] {
  const entries = isList(values) ? values : Object.entries(values);
  return entries.map((entry) => {
    if (typeof entry !== 'object') return make(entry, String(entry));
    const [value, label = String(value)] = entry;
    return make(value, label);
  });
}

function listIn(data: JsonObject, key: string): readonly unknown[] {
  const list = data[key];
  return Array.isArray(list) ? list : [];
}
