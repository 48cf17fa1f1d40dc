/** grammY's `session()` and `lazySession()`, inside the turn. */

import type { FsmStorage } from '@telefsm/core';
import {
  type AnyMachine,
  type OwnRecordOptions,
  type SessionMiddleware,
  type SessionValue,
  sessionMiddleware,
  shownAt,
} from '@telefsm/core/adapter';
import type {
  Context,
  SessionOptions as GrammySessionOptions,
  LazySessionFlavor,
  MiddlewareFn,
  SessionFlavor,
  StorageAdapter,
} from 'grammy';
import { grammy } from '../port.ts';
import { storeOf } from '../storage-adapter.ts';
import { absentSession, updateOf } from './absent.ts';

/** Where a session is kept, beside what grammY's `session()` accepts. */
export interface SessionRecordOptions extends Omit<OwnRecordOptions, 'strategy' | 'storage'> {
  /**
   * Keeps the session in the conversation's record of this machine, so that session and state are committed together. The machine is
   * installed first.
   *
   * A session with `getSessionKey` has a record of its own in the machine's storage. Sessions of an adapter of grammY as
   * `storage` are adopted with the first update of their user: moved, or copied if the session is that of a group.
   */
  readonly machine?: AnyMachine;
}

/** Options of {@link session} for one session. */
export type SessionOptions<S, C extends Context> = Omit<GrammySessionOptions<S, C>, 'storage'> &
  SessionRecordOptions & {
    /** A storage of telefsm. An adapter of grammY is bridged, with the guarantees that it can give. Default: the memory of this process. */
    // biome-ignore lint/suspicious/noExplicitAny: adapters are invariant, and any session may be in one
    readonly storage?: FsmStorage | StorageAdapter<any>;
  };

/** Options of {@link session} for several sessions in one object. */
export type MultiSessionOptions<S, C extends Context> = {
  readonly type: 'multi';
} & SessionRecordOptions & {
    readonly [K in keyof S]: SessionOptions<S[K], C>;
  };

/** Options of one session, whatever it holds. */
type LooseOptions = SessionOptions<unknown, never>;

/**
 * grammY's `session()` with the guarantees of a turn. Updates of one session are handled in order. Changes of handlers are written once and
 * only if they succeed, and a redelivered update changes nothing twice.
 *
 * A session is JSON: it is changed in place, and written if it has changed. With `machine` it is part of the conversation, and `clear()`
 * keeps it; otherwise it has a record of its own under grammY's key, which is the chat.
 *
 * @param options - grammY's own options, and where sessions are kept
 * @throws FsmError `INVALID_OPTION` if `storage` or `machine` is an object of another kind; with the first update `NOT_INSTALLED` if
 *   `machine` is not installed before
 *
 * @example
 * ```ts
 * import { fsm, type FsmFlavor } from '@telefsm/grammy';
 * import { session, type SessionFlavor } from '@telefsm/grammy/session';
 * import { Bot, type Context } from 'grammy';
 *
 * type MyContext = FsmFlavor<Context & SessionFlavor<{ visits: number }>>;
 * const bot = new Bot<MyContext>('12345:token');
 * const machine = fsm();
 * bot.use(machine);
 * bot.use(session({ initial: () => ({ visits: 0 }), machine }));
 * bot.use((ctx) => ctx.reply(`Visit ${++ctx.session.visits}`));
 * ```
 */
export function session<S, C extends Context>(
  options?: SessionOptions<S, C> | (S extends object ? MultiSessionOptions<S, C> : never),
): MiddlewareFn<C & SessionFlavor<S>> {
  const given = (options ?? {}) as LooseOptions;
  const { type }: { readonly type?: string | undefined } = given;
  const middleware = type === 'multi' ? several(given) : single(given, false);
  return middleware;
}

/**
 * grammY's `lazySession()`: `ctx.session` may be a promise.
 *
 * A bridged adapter is read when a handler first reads `ctx.session`. A session in a record is there already.
 *
 * @throws Error for `type: 'multi'`
 */
export function lazySession<S, C extends Context>(
  options: SessionOptions<S, C> = {},
): MiddlewareFn<C & LazySessionFlavor<S>> {
  const { type }: { readonly type?: string | undefined } = options;
  if (type !== undefined && type !== 'single') throw new Error('Cannot use lazy multi sessions!');
  return single(options, true);
}

function single(options: LooseOptions, lazy: boolean): MiddlewareFn {
  const run = runnerOf(options, undefined, lazy);
  const absent = absentSession(reasonOf(options));
  const show = shownAt('session', true);
  return (ctx, next) => run(ctx, next, (value) => show(ctx, value ?? absent));
}

function several({ type: _, ...options }: LooseOptions): MiddlewareFn {
  const shared: Record<string, unknown> = {};
  const parts: {
    readonly name: string;
    readonly run: SessionMiddleware<Context>;
    readonly show: (whole: object, value: SessionValue | undefined) => void;
  }[] = [];
  const showAll = shownAt('session', true);
  for (const [name, value] of Object.entries(options)) {
    if (recordOptionNames.has(name)) shared[name] = value;
  }
  for (const [name, value] of Object.entries(options)) {
    if (recordOptionNames.has(name)) continue;
    const own: LooseOptions = { ...shared, ...(value as object) };
    const absent = absentSession(reasonOf(own));
    const showPart = shownAt(name, true);
    const show = (whole: object, value: SessionValue | undefined) =>
      showPart(whole, value ?? absent);
    parts.push({ name, run: runnerOf(own, name, false), show });
  }
  return (ctx, next) => {
    let whole: object | null | undefined = {};
    const runFrom = (at: number): Promise<unknown> => {
      const part = parts[at];
      if (part === undefined) {
        const session = {
          get value(): unknown {
            return whole;
          },
          set value(value: unknown) {
            whole = assigned(whole, value, parts);
          },
        };
        showAll(ctx, session);
        return next();
      }
      const { run, show } = part;
      return run(
        ctx,
        () => runFrom(at + 1),
        (value) => show(whole as object, value),
      );
    };
    return runFrom(0);
  };
}

/** Assigning to all sessions at once assigns to each; nothing deletes them all. */
function assigned(
  whole: object | null | undefined,
  value: unknown,
  parts: readonly { readonly name: string }[],
): object | null | undefined {
  const given = Object(value ?? {});
  for (const { name } of parts) {
    if (whole != null) Reflect.set(whole, name, Reflect.get(given, name));
  }
  return value == null ? value : whole;
}

/** Options of where sessions are kept, which several sessions share. */
const recordOptionNames: ReadonlySet<string> = new Set<keyof SessionRecordOptions>([
  'machine',
  'namespace',
  'ttl',
  'waiting',
  'lease',
  'turn',
  'maxRecordBytes',
  'attempts',
  'clock',
]);

function runnerOf(
  options: LooseOptions,
  part: string | undefined,
  lazy: boolean,
): SessionMiddleware<Context> {
  const { initial, prefix = '', getSessionKey, storage, machine, type: _, ...own } = options;
  const adapter = isAdapter(storage) ? storage : undefined;
  const byKey = getSessionKey !== undefined || prefix !== '';
  const keyOf = getSessionKey as ((ctx: Context) => ReturnType<typeof defaultKey>) | undefined;
  return sessionMiddleware<Context>({
    property: 'session',
    part,
    byKey,
    keyOf: keyOf ?? defaultKey,
    prefix,
    ofConnections: true,
    initial,
    store: adapter && storeOf(adapter),
    storeOption: 'storage',
    machine,
    own: {
      ...own,
      ...(storage && adapter === undefined && { storage: storage as FsmStorage }),
    },
    ownDefaults: {
      namespace: part === undefined ? 'session' : `session-${part}`,
      strategy: 'chat',
    },
    shared: undefined,
    lazy,
    writesInitial: true,
    updateOf,
    portOf: ({ api, me }) => grammy.updatePortOf({ api, me: me ?? { id: 0 } } as Context),
  });
}

function reasonOf({ getSessionKey, machine }: LooseOptions): string {
  if (getSessionKey !== undefined) return '`getSessionKey` returned undefined for this update';
  if (machine === undefined) return 'this update does not belong to a chat';
  return 'this update has no conversation in the machine, or does not come from the chat of its conversation';
}

function isAdapter(
  storage: FsmStorage | StorageAdapter<unknown> | undefined,
): storage is StorageAdapter<unknown> {
  return storage !== undefined && 'read' in Object(storage);
}

/** grammY's own key: the chat. */
function defaultKey({ chatId }: Context): string | undefined {
  return chatId?.toString();
}
