/** The kinds of input that a button of the reply keyboard shares. */

import { kindsIn } from '../../update/accepted-kinds.ts';
import type { Accept } from '../../update/input.ts';
import type { Shareable } from './question.ts';

const shareable: Readonly<Record<Shareable, true>> = {
  contact: true,
  own_contact: true,
  location: true,
  users_shared: true,
  chat_shared: true,
};

/** The kind that a question lets users share by a button; `undefined` if it takes none. */
export function sharedKind(accept: Accept | undefined): Shareable | undefined {
  return kindsIn(accept).find((kind): kind is Shareable => Object.hasOwn(shareable, kind));
}
