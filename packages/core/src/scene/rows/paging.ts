/** Lists that a view shows page by page. */

import { holds } from '../../base/holds.ts';
import type { JsonObject } from '../../base/json.ts';
import { invalidOption } from '../../base/rules.ts';
import { shown } from '../../base/shown.ts';
import { blank, button, moving } from './make-buttons.ts';
import type { Page, PageRequest } from './page.ts';
import type { PlainButton } from './rows.ts';
import type { PageSource, ShownPage } from './widget-types.ts';

/**
 * Loads the page on which a list is; the last one where the list has become shorter.
 *
 * @param id - of the list, for messages
 * @param at - the page that its frame notes
 * @throws FsmError `INVALID_OPTION` for what a loader must not return
 */
export async function loadPage<Item>(
  id: string,
  at: JsonObject[string] | undefined,
  source: PageSource<Item>,
  size: number,
): Promise<ShownPage<Item>> {
  const isSize = Number.isSafeInteger(size) && size > 0;
  if (!isSize)
    throw invalidOption(`size of the list '${id}'`, 'a whole number from 1', shown(size));
  const wanted = typeof at === 'number' ? at : 0;
  const first = await loaded(id, source, wanted, size);
  const pages = Math.max(1, Math.ceil(first.total / size));
  const page = Math.min(wanted, pages - 1);
  const { items, total } = page === wanted ? first : await loaded(id, source, page, size);
  return { items, total, page, size, offset: page * size, pages };
}

async function loaded<Item>(
  id: string,
  source: PageSource<Item>,
  page: number,
  size: number,
): Promise<Page<Item>> {
  const request: PageRequest = { page, size, offset: page * size };
  if (typeof source === 'function') {
    const found = await source(request);
    return checkedPage(found, id, size);
  }
  if (!Array.isArray(source)) {
    throw invalidOption(`the source of '${id}'`, 'a list or a loader', shown(source));
  }
  return { items: source.slice(request.offset, request.offset + size), total: source.length };
}

/** @throws FsmError `INVALID_OPTION` for what is no page, and for more than one */
function checkedPage<Item>(found: Page<Item> | object, id: string, size: number): Page<Item> {
  const loader = `the loader of '${id}'`;
  if (!holds(found, 'items') || !Array.isArray(found.items) || !holds(found, 'total')) {
    throw invalidOption(loader, 'it to return { items, total }', shown(found));
  }
  const { items, total } = found;
  if (!Number.isSafeInteger(total) || Number(total) < 0) {
    throw invalidOption(`total of ${loader}`, 'a whole number from 0', shown(total));
  }
  if (items.length > size) {
    const expected = `at most ${size}, those of the page`;
    throw invalidOption(`items of ${loader}`, expected, `${items.length} items`);
  }
  return found;
}

/** Whether a page was loaded already. */
export function isShown<Item>(
  source: PageSource<Item> | ShownPage<Item>,
): source is ShownPage<Item> {
  return holds(source, 'items');
}

/** "«", "2 / 5", "»". */
export function turning(id: string, { page, pages }: ShownPage<unknown>): readonly PlainButton[] {
  const turn = (label: string, to: number) =>
    to < 0 || to >= pages ? blank(' ') : button(`${id}>${to}`, label, moving(id, to));
  return [turn('«', page - 1), blank(`${page + 1} / ${pages}`), turn('»', page + 1)];
}
