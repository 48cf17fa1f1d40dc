/** A raw update, and the narrow readers that trust nothing about the shape of its JSON. */

/** A raw update: what the Bot API sent, untouched. */
export interface RawUpdate {
  readonly update_id: number;
  readonly [field: string]: unknown;
}

/** Any JSON object of an update. */
export interface RawObject {
  readonly [field: string]: unknown;
}

/** Reads a field that should hold an object; anything else reads as absent. */
export function objectIn(holder: RawObject | undefined, field: string): RawObject | undefined {
  const value = holder?.[field];
  return typeof value === 'object' && value !== null ? (value as RawObject) : undefined;
}

/** Reads a field that should hold a list; anything else reads as an empty one. */
export function listIn(holder: RawObject | undefined, field: string): readonly unknown[] {
  const value = holder?.[field];
  return Array.isArray(value) ? value : [];
}

/** Reads a field that should hold text; anything else reads as absent. */
export function textIn(holder: RawObject | undefined, field: string): string | undefined {
  const value = holder?.[field];
  return typeof value === 'string' ? value : undefined;
}

/** Reads a field that should hold a number; anything else reads as absent. */
export function numberIn(holder: RawObject | undefined, field: string): number | undefined {
  const value = holder?.[field];
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined;
}

/**
 * Reads a field that should hold a whole number; anything else reads as absent.
 *
 * Text that looks like a number is rejected as well: an id is never guessed, because a wrong one is another user's conversation.
 */
export function wholeIn(holder: RawObject | undefined, field: string): number | undefined {
  return whole(holder?.[field]);
}

/** Reads the id of a query that has to be answered. */
export function queryIdIn(
  update: RawUpdate | undefined,
  field: 'callback_query' | 'pre_checkout_query',
): string | undefined {
  return textIn(objectIn(update, field), 'id');
}

/** Reads the `id` of the user or chat in a field. */
export function idIn(holder: RawObject | undefined, field: string): number | undefined {
  return idOf(holder?.[field]);
}

/** A value that should be a whole number; anything else reads as absent. */
export function whole(value: unknown): number | undefined {
  return Number.isSafeInteger(value) ? (value as number) : undefined;
}

/**
 * The `id` of a user or chat.
 *
 * Every update reads `idOf(message.from)` and not `idIn(message, 'from')`. A field that is named where it is read
 * is found several times faster than one that is passed as text.
 */
export function idOf(value: unknown): number | undefined {
  const id = typeof value === 'object' && value !== null ? (value as RawObject)['id'] : undefined;
  return Number.isSafeInteger(id) ? (id as number) : undefined;
}
