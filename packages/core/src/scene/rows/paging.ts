/** Lists that a view shows page by page. */

import type { JsonObject } from '../../base/json.ts';
import type { Awaitable } from '../../base/type-tools.ts';
import { blank, button, moving } from './make-buttons.ts';
import type { Page, PageRequest } from './page.ts';
import type { PlainButton } from './rows.ts';
import type { PageSource, ShownPage } from './widget-types.ts';

/**
 * Loads the page on which a list is; the last one where the list has become shorter.
 *
 * @param at - the page that its frame notes
 */
export async function loadPage<Item>(
  at: JsonObject[string] | undefined,
  source: PageSource<Item>,
  size: number,
): Promise<ShownPage<Item>> {
  const wanted = typeof at === 'number' ? at : 0;
  const first = await loaded(source, wanted, size);
  const pages = Math.max(1, Math.ceil(first.total / size));
  const page = Math.min(wanted, pages - 1);
  const { items, total } = page === wanted ? first : await loaded(source, page, size);
  return { items, total, page, size, offset: page * size, pages };
}

function loaded<Item>(source: PageSource<Item>, page: number, size: number): Awaitable<Page<Item>> {
  const request: PageRequest = { page, size, offset: page * size };
  if (typeof source === 'function') return source(request);
  return { items: source.slice(request.offset, request.offset + size), total: source.length };
}

/** Whether a page was loaded already. */
export function isShown<Item>(
  source: PageSource<Item> | ShownPage<Item>,
): source is ShownPage<Item> {
  return typeof source === 'object' && 'items' in source;
}

/** "«", "2 / 5", "»". */
export function turning(id: string, { page, pages }: ShownPage<unknown>): readonly PlainButton[] {
  const turn = (label: string, to: number) =>
    to < 0 || to >= pages ? blank(' ') : button(`${id}>${to}`, label, moving(id, to));
  return [turn('«', page - 1), blank(`${page + 1} / ${pages}`), turn('»', page + 1)];
}
