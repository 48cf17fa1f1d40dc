/** The widgets: buttons that are bound to keys of data, each a few lines over `button`. */

import { checkOption, checkOptions } from '#option-checks';
import { holds } from '../../base/holds.ts';
import type { JsonObject } from '../../base/json.ts';
import { anyText, atLeast, callable, type Rule } from '../../base/rules.ts';
import { WithMoves } from '../transition.ts';
import { inRows } from './buttons.ts';
import { dayRule, firstMonth, monthOf } from './calendar.ts';
import {
  blank,
  block,
  button,
  type LooseAfter,
  moving,
  plain,
  pressOf,
  setting,
} from './make-buttons.ts';
import { isShown, loadPage, turning } from './paging.ts';
import type { Button, PlainButton, Press } from './rows.ts';
import type { CalendarOptions, Layout, Options, Widgets } from './widget-types.ts';

/** The data and the moves that the widgets of one render are bound to. */
export interface WidgetHost {
  /** The data whose keys they show. */
  readonly data: JsonObject;
  /** Pages of lists and months of calendars, by the widget's id. */
  readonly positions: JsonObject;
  /** Language of the user, as in `language_code`. */
  readonly language: string | undefined;
  readonly now: () => number;
}

// biome-ignore lint/suspicious/noExplicitAny: widgets of any data
type Loose = Widgets<any, never>;
type Value = string | number;

/** Makes widgets on demand; a class, since one is made for each render. Its members need no `this`. */
export abstract class WithWidgets extends WithMoves implements Loose {
  protected abstract readonly host: WidgetHost;

  get button(): Loose['button'] {
    return (id, label, press) => {
      checkOption(`label of the button '${id}'`, label, anyText);
      checkOption(`press of the button '${id}'`, press, pressable);
      return button(id, label, pressOf(press));
    };
  }

  get link(): Loose['link'] {
    return (label, url) => plain(label, { url });
  }

  get webApp(): Loose['webApp'] {
    return (label, url) => plain(label, { web_app: { url } });
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
    return (label, text) => plain(label, { copy_text: { text } });
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
      const chosen = this.host.data[key];
      const buttons = entriesOf(values).map(([value, label]) => {
        const text = `${value === chosen ? '●' : '○'} ${label}`;
        return button(`${key}=${value}`, text, setting(key, value, options));
      });
      return block(() => arranged(buttons, options));
    };
  }

  get multi(): Loose['multi'] {
    return (key, values, options: Layout & LooseAfter & { readonly max?: number } = {}) => {
      const { max = Number.POSITIVE_INFINITY } = options;
      const order = entriesOf(values).map(([value]) => value);
      const buttons = entriesOf(values).map(([value, label]) => {
        const isPicked = listIn(this.host.data, key).includes(value);
        const press: Press = (pressed) => {
          const others = listIn(pressed.data, key).filter((each) => each !== value);
          if (!isPicked && others.length >= max) return undefined;
          const picked = isPicked ? others : [...others, value];
          const sorted = order.filter((each) => picked.includes(each));
          return setting(key, sorted, options)(pressed);
        };
        const id = (picked: boolean) => `${key}${picked ? '+' : '-'}${value}`;
        const made = button(id(!isPicked), isPicked ? `✓ ${label}` : label, press);
        return { ...made, done: [id(isPicked)] };
      });
      return block(() => arranged(buttons, options));
    };
  }

  get counter(): Loose['counter'] {
    return (key, options = {}) => {
      const { min = Number.NEGATIVE_INFINITY, max = Number.POSITIVE_INFINITY } = options;
      const { step = 1, label = String } = options;
      const valueIn = (data: JsonObject): number =>
        typeof data[key] === 'number' ? data[key] : Math.min(Math.max(0, min), max);
      const by =
        (change: number): Press =>
        (pressed) => {
          const value = valueIn(pressed.data) + change;
          if (value < min || value > max) return undefined;
          return setting(key, value, options)(pressed);
        };
      const row = [
        button(`${key}-`, '−', by(-step)),
        blank(label(valueIn(this.host.data))),
        button(`${key}+`, '+', by(step)),
      ];
      return block(() => [row]);
    };
  }

  get page(): Loose['page'] {
    return (id, source, { size = 10 } = {}) => loadPage(id, this.host.positions[id], source, size);
  }

  get pages(): Loose['pages'] {
    return (id, source, item, options = {}) => {
      const { size = 10, empty } = options;
      checkOption(`pages '${id}' size`, size, atLeast(1));
      checkOption(`pages '${id}' item`, item, callable);
      return block(async () => {
        const shown = isShown(source)
          ? source
          : await loadPage(id, this.host.positions[id], source, size);
        const rows: (readonly PlainButton[])[] = [];
        const single: PlainButton[] = [];
        for (const [at, each] of shown.items.entries()) {
          const made = item(each, shown.offset + at);
          if (isList(made)) rows.push(made.map(plainButton));
          else single.push(plainButton(made));
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
      const { data, positions, language, now } = this.host;
      checkOptions(`calendar '${key}' `, options, { min: dayRule, max: dayRule }, calendarOptions);
      const chosen = typeof data[key] === 'string' ? data[key] : undefined;
      const at = positions[key] ?? firstMonth(chosen, now(), options);
      const locale = options.locale ?? language ?? 'en';
      const month = monthOf(String(at), { ...options, locale });
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
      checkOption('grid columns', columns, atLeast(1));
      return block(() => inRows(buttons.map(plainButton), columns));
    };
  }
}

const pressable: Rule = {
  expected: 'a transition or a handler',
  fits: (found) => typeof found === 'function' || holds(found, '~transition'),
};

const calendarOptions = 'disabled locale after';

function arranged(
  buttons: readonly PlainButton[],
  { columns }: Layout,
): readonly (readonly PlainButton[])[] {
  return inRows(buttons, columns);
}

function entriesOf(values: Options<Value>): readonly (readonly [value: Value, label: string])[] {
  if (!isList(values)) return Object.entries(values) as [string, string][];
  return values.map((entry) => (typeof entry === 'object' ? entry : [entry, String(entry)]));
}

function isList<T>(values: readonly T[] | object): values is readonly T[] {
  return Array.isArray(values);
}

/** A button as a widget has made it. */
function plainButton(made: Button): PlainButton {
  return made as PlainButton;
}

function listIn(data: JsonObject, key: string): readonly unknown[] {
  const list = data[key];
  return Array.isArray(list) ? list : [];
}
