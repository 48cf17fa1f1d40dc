/** Long lists, one page at a time. */

/** Which page of a list is wanted. */
export interface PageRequest {
  /** Counted from 0. */
  readonly page: number;
  /** How many items a page has at most. */
  readonly size: number;
  /** How many items are before the page: `page * size`. */
  readonly offset: number;
}

/** One page of a longer list. */
export interface Page<Item> {
  readonly items: readonly Item[];
  /** Of the whole list. */
  readonly total: number;
}
