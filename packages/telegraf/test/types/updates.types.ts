/** `turn.update` is typed without a framework, and as the framework's own types say. */

import type { Update } from '@telefsm/telegraf';
import type { Update as TelegrafUpdate } from 'telegraf/types';

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

declare const sent: TelegrafUpdate;
// every field that telefsm names has the type that Telegraf gives it
export const read: Bare<Update> = sent;
