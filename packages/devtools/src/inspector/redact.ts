/** Values that nobody shall see: masked before they are kept or shown. */

import type { Mask } from '@telefsm/core/tools';

/** Names of values to mask at any depth, or what to show in their place. */
export type Redact = readonly string[] | ((name: string, value: unknown) => unknown);

const mask = '•••';
/** Characters of data that are kept of one side of a transition. */
const longest = 8192;

/** Makes of data what may be shown, as indented JSON. */
export function shownData(data: unknown, redact: Redact | undefined): string {
  const text = JSON.stringify(data, redact && replacer(redact), 2) ?? 'null';
  return text.length <= longest
    ? text
    : `${text.slice(0, longest)}\n… ${text.length - longest} more characters`;
}

/** Masks data before code of the bot gets it, so that nothing made of it shows what nobody shall see. */
export function maskOf(redact: Redact | undefined): Mask | undefined {
  if (redact === undefined) return undefined;
  return (data) => JSON.parse(JSON.stringify(data, replacer(redact)));
}

function replacer(redact: Redact): (name: string, value: unknown) => unknown {
  if (typeof redact !== 'function')
    return (name, value) => (name !== '' && redact.includes(name) ? mask : value);
  return (name, value) => (name === '' ? value : redact(name, value));
}
