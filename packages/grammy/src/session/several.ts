/** Several sessions in one object. */

import { type SessionMiddleware, type SessionValue, shownAt } from '@telefsm/core/adapter';
import type { Context, MiddlewareFn } from 'grammy';
import { absentSession } from './absent.ts';
import type { LooseOptions, SessionRecordOptions } from './options.ts';
import { reasonOf, runnerOf } from './runner.ts';

/** Makes the middleware of several sessions: one within the other. */
export function several({ type: _, ...options }: LooseOptions): MiddlewareFn {
  const shared: Record<string, unknown> = {};
  const parts: {
    readonly name: string;
    readonly run: SessionMiddleware<Context>;
    readonly show: (whole: object, value: SessionValue | undefined) => void;
  }[] = [];
  const showAll = shownAt('session', true);
  const isShared = ([name, value]: readonly [string, unknown]) =>
    recordOptionNames.has(name) && !isPart(value);
  for (const entry of Object.entries(options)) {
    if (isShared(entry)) shared[entry[0]] = entry[1];
  }
  for (const [name, value] of Object.entries(options)) {
    if (isShared([name, value])) continue;
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

/** Whether a value is the options of one session: a session may have the name of an option. */
function isPart(value: unknown): boolean {
  const given = Object(value);
  // a machine has a storage, too
  if ('~runtime' in given) return false;
  return ['initial', 'getSessionKey', 'prefix', 'storage'].some((name) => name in given);
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
