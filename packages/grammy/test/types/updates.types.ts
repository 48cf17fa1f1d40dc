/** `turn.update` is typed without a framework, and as the framework's own types say. */

import { flow, scene, type Update } from '@telefsm/grammy';
import type { Update as GrammyUpdate } from 'grammy/types';

/** Without the index signatures, which the framework's interfaces do not have. */
type Bare<T> = T extends readonly (infer Each)[]
  ? readonly Bare<Each>[]
  : T extends object
    ? {
        readonly [K in keyof T as string extends K ? never : K]:
          | Bare<T[K]>
          | ({} extends Pick<T, K> ? undefined : never);
      }
    : T;

declare const sent: GrammyUpdate;
// every field that telefsm names has the type that grammY gives it
export const read: Bare<Update> = sent;

export const order = flow('order', { trigger: '/order' })
  .ask('size', {
    prompt: (_, { update }) => `From ${update?.message?.from?.first_name ?? 'nobody'}.`,
    when: (_, { update }) => update?.callback_query?.data !== 'default',
  })
  .done((_, turn) => {
    const photo = turn.update?.message?.photo?.at(-1)?.file_id;
    return photo === undefined ? 'No photo.' : { method: 'sendPhoto', payload: { photo } };
  });

export const votes = scene('votes', { accept: 'any' }).on({
  handle: ({ input, update, messages, stay }) => {
    const ids: readonly number[] = update?.poll_answer?.option_ids ?? [];
    const chosen: string | undefined = input.update.callback_query?.data;
    const text: string | undefined = messages[0]?.text;
    // an update without a type of its own here is unknown, and not any
    // @ts-expect-error unknown
    const boost: string = update?.['chat_boost'];
    void [ids, chosen, text, boost];
    return stay();
  },
});
