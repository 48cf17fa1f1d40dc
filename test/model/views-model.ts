/** A model of a bot with two views: which buttons are offered, and what each does. */

/** The user's view of the model. */
export interface Model {
  readonly at: 'main' | 'card' | 'nowhere';
  /** Counts the visits of the card. */
  readonly entry: number;
  readonly n: number;
  readonly on: boolean;
  readonly picked: number;
  readonly page: number;
}

export const items = [0, 1, 2, 3, 4, 5, 6];
export const pageSize = 3;
const lastPage = Math.ceil(items.length / pageSize) - 1;

/** A user who has just opened the main view. */
export const opened: Model = { at: 'main', entry: 0, n: 0, on: false, picked: -1, page: 0 };

/** The text of the message. */
export function textOf({ at, n, on, picked, page }: Model): string {
  return at === 'card' ? 'A card' : `n=${n} on=${on} picked=${picked} page=${page}`;
}

/** Ids of the buttons that are offered. */
export function offered({ at, on, page }: Model): readonly string[] {
  if (at === 'nowhere') return [];
  if (at === 'card') return ['ok'];
  const shown = items.slice(page * pageSize, page * pageSize + pageSize);
  return [
    'up',
    `on=${on ? 0 : 1}`,
    ...shown.map((item) => `item${item}`),
    ...(page > 0 ? [`items>${page - 1}`] : []),
    ...(page < lastPage ? [`items>${page + 1}`] : []),
    'quit',
  ];
}

/** The model after a press; an unoffered button changes nothing. */
export function pressed(model: Model, id: string): Model {
  if (!offered(model).includes(id)) return model;
  if (id === 'up') return { ...model, n: model.n + 1 };
  if (id === 'quit') return { ...model, at: 'nowhere' };
  if (id === 'ok') return { ...model, at: 'main' };
  const [, widget, value] = /^(on=|item|items>)(\d)$/.exec(id) ?? [];
  if (widget === 'on=') return { ...model, on: value === '1' };
  if (widget === 'items>') return { ...model, page: Number(value) };
  return { ...model, at: 'card', entry: model.entry + 1, picked: Number(value) };
}
