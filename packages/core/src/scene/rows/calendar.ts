/** The calendar: a month as rows of buttons. Days are texts such as "2026-11-28", without a time zone. */

import { atOnce, type Rule } from '../../base/rules.ts';
import type { CalendarOptions } from './widget-types.ts';

/** Accepts a day. */
export const dayRule: Rule = {
  expected: "a day such as '2026-11-28'",
  fits: isDay,
};

/** Whether a value is a day of the calendar, as "2026-11-28". */
export function isDay(value: unknown): value is string {
  if (typeof value !== 'string' || !/^\d{4}-\d\d-\d\d$/.test(value)) return false;
  const date = new Date(`${value}T00:00:00Z`);
  // some engines take 31 February for a day in March
  return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(value);
}

/** A month as it is drawn. */
export interface Month {
  /** "November 2026". */
  readonly title: string;
  /** "Mon" to "Sun", or as the locale begins the week. */
  readonly weekdays: readonly string[];
  /** Weeks of seven; `undefined` for a day of another month. */
  readonly weeks: readonly (readonly (Day | undefined)[])[];
  /** The month before and the one behind, as "2026-10"; `undefined` where no day could be chosen. */
  readonly before: string | undefined;
  readonly after: string | undefined;
}

/** A day of a month. */
export interface Day {
  /** As "2026-11-28". */
  readonly day: string;
  readonly label: string;
  readonly isOpen: boolean;
}

/** The month that is shown first, as "2026-11": that of the chosen day, or of today, as far as days are offered there. */
export function firstMonth(
  chosen: string | undefined,
  now: number,
  { min, max }: CalendarOptions,
): string {
  const today = new Date(now).toISOString().slice(0, 10);
  const day = chosen ?? (min !== undefined && today < min ? min : today);
  return (max !== undefined && day > max ? max : day).slice(0, 7);
}

/**
 * Makes a month.
 *
 * @param month - as "2026-11"
 */
export function monthOf(
  month: string,
  { min = '0001-01-01', max = '9999-12-31', disabled, locale = 'en' }: CalendarOptions,
): Month {
  const known = knownLocale(locale);
  const first = firstDay(known);
  const start = utc(month, 1);
  const blanks = (start.getUTCDay() - first + 7) % 7;
  const last = new Date(start);
  last.setUTCMonth(start.getUTCMonth() + 1, 0);
  const days = Array.from({ length: last.getUTCDate() }, (_, at): Day => {
    const day = `${month}-${String(at + 1).padStart(2, '0')}`;
    const isOpen =
      day >= min && day <= max && atOnce('calendar disabled', disabled?.(day)) !== true;
    return { day, label: String(at + 1), isOpen };
  });
  const cells = [...new Array<undefined>(blanks).fill(undefined), ...days];
  while (cells.length % 7 > 0) cells.push(undefined);
  // the days that are stored are of this calendar, also where Intl would count by another one
  const calendar = { calendar: 'gregory', timeZone: 'UTC' } as const;
  const title = new Intl.DateTimeFormat(known, { ...calendar, month: 'long', year: 'numeric' });
  const weekday = new Intl.DateTimeFormat(known, { ...calendar, weekday: 'short' });
  return {
    title: title.format(start),
    // 4 January 1970 was a Sunday
    weekdays: Array.from({ length: 7 }, (_, at) =>
      weekday.format(new Date(Date.UTC(1970, 0, 4 + first + at))),
    ),
    weeks: Array.from({ length: cells.length / 7 }, (_, week) =>
      cells.slice(week * 7, week * 7 + 7),
    ),
    before: month > min.slice(0, 7) ? shifted(start, -1) : undefined,
    after: month < max.slice(0, 7) ? shifted(start, 1) : undefined,
  };
}

function utc(month: string, day: number): Date {
  return new Date(`${month}-${String(day).padStart(2, '0')}T00:00:00Z`);
}

function shifted(start: Date, by: number): string {
  // Date.UTC would take the year 1 for 1901
  const shown = new Date(start);
  shown.setUTCMonth(start.getUTCMonth() + by);
  return shown.toISOString().slice(0, 7);
}

/** The locale of a language code, or English where this runtime does not support it. */
function knownLocale(locale: string): string {
  try {
    return Intl.DateTimeFormat.supportedLocalesOf(locale)[0] ?? 'en';
  } catch {
    return 'en';
  }
}

/** The first day of the week, 0 for Sunday; Monday where the runtime cannot say. */
function firstDay(locale: string): number {
  const facts = new Intl.Locale(locale) as { getWeekInfo?(): Week; weekInfo?: Week };
  return ((facts.getWeekInfo?.() ?? facts.weekInfo)?.firstDay ?? 1) % 7;
}

interface Week {
  readonly firstDay: number;
}
